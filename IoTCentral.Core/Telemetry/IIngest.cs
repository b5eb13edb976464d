namespace IoTCentral.Core.Telemetry;

/// <summary>Takes messages that wait for storage.</summary>
public interface IIngest
{
    /// <summary>
    /// Queues the message. Completes at once while the tenant's byte budget lasts, else when there is room again: the
    /// caller stops reading its socket meanwhile. After the commit <see cref="DeviceMessage.Origin"/> is told.
    /// </summary>
    ValueTask EnqueueAsync(DeviceMessage message, CancellationToken ct);
}
