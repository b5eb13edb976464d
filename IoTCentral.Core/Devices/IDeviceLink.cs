using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Devices;

/// <summary>
/// Reaches a device's session wherever its connection lives (ARCHITECTURE: one of the three seams that cross
/// machines). In-process for now.
/// </summary>
public interface IDeviceLink
{
    /// <summary>Ends the device's connection, if it has one, with a reason for its connection log.</summary>
    ValueTask DropAsync(TenantId tenant, long deviceKey, string reason, CancellationToken ct);

    /// <summary>Pushes a desired-properties patch (with its <c>$version</c>) if connected and subscribed; true if sent.</summary>
    ValueTask<bool> PushDesiredAsync(
        TenantId tenant,
        long deviceKey,
        ReadOnlyMemory<byte> patch,
        long version,
        CancellationToken ct
    );

    /// <summary>Calls a direct method and waits for the device's answer.</summary>
    Task<MethodAnswer> CallAsync(TenantId tenant, long deviceKey, MethodCall call, CancellationToken ct);

    /// <summary>A message waits for the device: it is given it at once when it is connected.</summary>
    void CloudMessageWaits(TenantId tenant, long deviceKey);
}
