namespace IoTCentral.Core.Access;

/// <summary>
/// Keys that sign-in cookies are protected with, each wrapped by the master key. Synchronous, since the framework reads
/// its key ring that way.
/// </summary>
public interface IKeyRingStore
{
    IReadOnlyList<byte[]> List();
    void Add(string name, byte[] wrapped, DateTimeOffset createdAt);
}
