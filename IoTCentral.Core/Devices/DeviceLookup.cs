using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Devices;

/// <summary>Devices that have to be there.</summary>
public static class DeviceLookup
{
    /// <exception cref="NotFoundException"><c>device.not-found</c>.</exception>
    public static async Task<Device> GetAsync(
        this IDeviceStore devices,
        TenantId tenant,
        string id,
        CancellationToken ct
    ) => await devices.FindAsync(tenant, id, ct) ?? throw NotFound(id);

    /// <summary>Another application's device is told like one that does not exist.</summary>
    public static NotFoundException NotFound(string id) =>
        new("device.not-found", $"There is no device with the id '{id}' in this application.");
}
