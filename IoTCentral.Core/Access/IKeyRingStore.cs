namespace IoTCentral.Core.Access;

/// <summary>
/// Keys that sign-in cookies are protected with, each wrapped by the master key. Synchronous, since the framework reads
/// its key ring that way.
/// </summary>
public interface IKeyRingStore
{
    IReadOnlyList<WrappedKey> List();
    void Add(WrappedKey key, DateTimeOffset createdAt);
}

/// <summary>One key of the ring as it is stored.</summary>
public sealed record WrappedKey(string Name, byte[] Wrapped);
