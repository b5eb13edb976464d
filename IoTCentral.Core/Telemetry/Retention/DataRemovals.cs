using IoTCentral.Core.Access;
using IoTCentral.Core.Common;

namespace IoTCentral.Core.Telemetry.Retention;

/// <summary>Deletes what a device has sent, whether the device is there or not, and proves that it did.</summary>
public sealed class DataRemovals(IDataRemovalStore store, TimeProvider time)
{
    private const int MostListed = 100;

    /// <summary>
    /// Asks for all messages, values and last values of a device to go; it is done within minutes, and what the device
    /// sends afterwards stays.
    /// </summary>
    /// <exception cref="NotFoundException">There is no such device, and there was none.</exception>
    /// <exception cref="ConflictException">A legal hold keeps it.</exception>
    public async Task<DataRemoval> RequestAsync(Caller caller, string deviceId, CancellationToken ct)
    {
        caller.Demand(Permission.ManageApplication);
        var keys = await store.KeysAsync(caller.Tenant, deviceId, ct);
        if (keys.Count == 0)
            throw new NotFoundException(
                "data-removal.no-device",
                $"There is no device '{deviceId}', and none with this id was deleted."
            );
        if (await store.IsHeldAsync(caller.Tenant, keys, ct))
            throw new ConflictException(
                "data-removal.held",
                "A legal hold keeps what this device has sent. It can be deleted once the hold is lifted."
            );
        var removal = new DataRemoval(
            Guid.CreateVersion7(),
            deviceId,
            time.GetUtcNow(),
            caller.Actor.Name,
            Removed: null
        );
        await store.AddAsync(caller.Tenant, removal, keys, caller.Audit("data-removal.request", deviceId), ct);
        return removal;
    }

    /// <summary>The newest ones first.</summary>
    public Task<IReadOnlyList<DataRemoval>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permission.ManageApplication);
        return store.ListAsync(caller.Tenant, MostListed, ct);
    }

    public Task<DataRemoval?> FindAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permission.ManageApplication);
        return store.FindAsync(caller.Tenant, id, ct);
    }
}
