using IoTCentral.Core.Common;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Devices;

/// <summary>
/// What belongs to a device or a module, whichever the key is of, has no foreign key: this holds the identity until the
/// transaction is over, so that nothing is left of one that is gone.
/// </summary>
internal static class IdentityLock
{
    /// <exception cref="NotFoundException"><c>device.not-found</c>: it was deleted meanwhile.</exception>
    public static async Task DemandIdentityAsync(this TenantTransaction t, long key)
    {
        var found =
            await t.FindAsync<int?>("select 1 from device where device_key = @key for no key update", new { key })
            ?? await t.FindAsync<int?>(
                "select 1 from device_module where module_key = @key for no key update",
                new { key }
            );
        if (found is null)
            throw new NotFoundException("device.not-found", "The device was deleted meanwhile.");
    }
}
