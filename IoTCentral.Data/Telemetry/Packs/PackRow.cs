namespace IoTCentral.Data.Telemetry.Packs;

/// <summary>A row of <c>message_pack</c>.</summary>
/// <param name="First">Smallest message time, UTC.</param>
/// <param name="Last">Largest message time, UTC.</param>
/// <param name="Received">When the last of them was received, UTC.</param>
/// <param name="Position">Of its last message.</param>
internal sealed record PackRow(
    int TenantId,
    long DeviceKey,
    DateTime First,
    DateTime Last,
    DateTime Received,
    long Position,
    int Count,
    byte[] Data
);
