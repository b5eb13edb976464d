namespace IoTCentral.Core.Telemetry.Chunks;

/// <summary>Bytes that are no chunk or pack: a fault of the storage, or of a newer version.</summary>
public sealed class ChunkFormatException(string fault) : Exception($"Sealed data cannot be read: {fault}.")
{
    internal static ChunkFormatException TooShort() => new("it ends too early");
}
