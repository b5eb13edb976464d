using System.Text.Json;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Devices;

/// <summary>
/// The devices of an application, for people and programs: every change is permitted, audited and told to pages, and a
/// device that may no longer talk is cut off at once.
/// </summary>
public sealed class DeviceRegistry(IDeviceStore store, IDeviceLink link, ChangeFeed changes, TimeProvider time)
{
    public Task<Device?> FindAsync(Caller caller, string id, CancellationToken ct)
    {
        caller.Demand(Permission.ViewDevices);
        return store.FindAsync(caller.Tenant, id, ct);
    }

    /// <exception cref="NotFoundException"><c>device.not-found</c>.</exception>
    public async Task<Device> GetAsync(Caller caller, string id, CancellationToken ct) =>
        await FindAsync(caller, id, ct) ?? throw DeviceLookup.NotFound(id);

    /// <summary>By name then id; <paramref name="after"/> is the last page's <see cref="Page{T}.Next"/>.</summary>
    public Task<Page<Device>> ListAsync(
        Caller caller,
        DeviceFilter filter,
        string? after,
        int limit,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewDevices);
        return store.ListAsync(caller.Tenant, filter, after, limit, ct);
    }

    public Task<long> CountAsync(Caller caller, DeviceFilter filter, CancellationToken ct)
    {
        caller.Demand(Permission.ViewDevices);
        return store.CountAsync(caller.Tenant, filter, ct);
    }

    /// <summary>Makes the device with an empty twin; its keys are those its application's default group yields.</summary>
    /// <exception cref="ConflictException"><c>device.id-taken</c>.</exception>
    /// <exception cref="InvalidRequestException"><c>device.invalid</c>: id, name, template or organization.</exception>
    public async Task<Device> AddAsync(Caller caller, NewDevice device, CancellationToken ct)
    {
        caller.Demand(Permission.CreateDevices);
        var made = device.Make(caller.Tenant, time.GetUtcNow());
        var audit = caller.Audit("device.create", made.Id, made.Name, after: Describe(made));
        return Tell(await store.AddAsync(made, audit, ct));
    }

    /// <summary>Creates the device, or replaces what people may edit of it (the client chooses the id).</summary>
    /// <param name="expectedVersion">Refused as stale when the stored version is another; null: last write wins.</param>
    public async Task<Device> PutAsync(Caller caller, NewDevice device, int? expectedVersion, CancellationToken ct)
    {
        var current = await store.FindAsync(caller.Tenant, device.Id, ct);
        if (current is null)
            return await AddAsync(caller, device, ct);
        var wanted = device.Make(caller.Tenant, current.CreatedAt);
        return await SaveAsync(
            caller,
            current,
            current with
            {
                Name = wanted.Name,
                TemplateId = wanted.TemplateId,
                IsBlocked = wanted.IsBlocked,
                IsSimulated = wanted.IsSimulated,
                OrganizationId = wanted.OrganizationId,
                Version = expectedVersion ?? current.Version,
            },
            ct
        );
    }

    /// <summary>Saves name, template, organization, blocked and simulated of a device that was read before.</summary>
    /// <exception cref="StaleEditException">Somebody else saved in between.</exception>
    /// <exception cref="ConflictException"><c>device.provisioned</c>: it has a history, so real stays real and simulated simulated.</exception>
    public async Task<Device> UpdateAsync(Caller caller, Device changed, CancellationToken ct) =>
        await SaveAsync(caller, await GetForUpdateAsync(caller, changed.Id, ct), changed, ct);

    /// <summary>The device can no longer connect; an open connection ends at once.</summary>
    public async Task<Device> BlockAsync(Caller caller, string id, CancellationToken ct)
    {
        var current = await GetForUpdateAsync(caller, id, ct);
        return await SaveAsync(caller, current, current.Block(), ct);
    }

    public async Task<Device> UnblockAsync(Caller caller, string id, CancellationToken ct)
    {
        var current = await GetForUpdateAsync(caller, id, ct);
        return await SaveAsync(caller, current, current.Unblock(), ct);
    }

    /// <summary>A device that waits for it may register and connect from now on; of another nothing changes.</summary>
    /// <exception cref="NotFoundException"><c>device.not-found</c>.</exception>
    public async Task<Device> ApproveAsync(Caller caller, string id, CancellationToken ct)
    {
        var current = await GetForUpdateAsync(caller, id, ct);
        if (current.Status != ProvisioningStatus.Waiting)
            return current;
        var audit = caller.Audit("device.approve", current.Id, current.Name);
        return Tell(await store.ApproveAsync(caller.Tenant, current.Key, audit, ct) ?? throw DeviceLookup.NotFound(id));
    }

    /// <summary>A device that waits for approval is turned away: it stays known, and blocked.</summary>
    /// <exception cref="NotFoundException"><c>device.not-found</c>.</exception>
    public Task<Device> RejectAsync(Caller caller, string id, CancellationToken ct) => BlockAsync(caller, id, ct);

    /// <summary>Deletes identity, twin and keys; its history stays until retention ends. The same id made again is another device.</summary>
    /// <exception cref="NotFoundException"><c>device.not-found</c>.</exception>
    public async Task DeleteAsync(Caller caller, string id, CancellationToken ct)
    {
        caller.Demand(Permission.DeleteDevices);
        var current = await store.GetAsync(caller.Tenant, id, ct);
        var audit = caller.Audit("device.delete", id, current.Name, before: Describe(current));
        if (!await store.DeleteAsync(caller.Tenant, id, audit, ct))
            throw DeviceLookup.NotFound(id);
        await link.DropAsync(caller.Tenant, current.Key, ConnectionCode.Deleted, ct);
        Tell(current);
    }

    private async Task<Device> GetForUpdateAsync(Caller caller, string id, CancellationToken ct)
    {
        caller.Demand(Permission.UpdateDevices);
        return await store.GetAsync(caller.Tenant, id, ct);
    }

    private async Task<Device> SaveAsync(Caller caller, Device current, Device changed, CancellationToken ct)
    {
        caller.Demand(Permission.UpdateDevices);
        if (changed == current)
            return current;
        NewDevice.Check(changed.Id, changed.Name);
        DemandSameKind(current, changed);
        // Compared with what the asker read, not with what is there: the store refuses another version.
        changed = changed with
        {
            TenantId = caller.Tenant,
            Key = current.Key,
        };
        var action =
            changed.IsBlocked == current.IsBlocked ? "device.update"
            : changed.IsBlocked ? "device.block"
            : "device.unblock";
        var audit = caller.Audit(action, current.Id, changed.Name, Describe(current), Describe(changed));
        var saved = await store.UpdateAsync(changed, audit, ct);
        if (saved.IsBlocked)
            await link.DropAsync(caller.Tenant, saved.Key, ConnectionCode.Blocked, ct);
        return Tell(saved);
    }

    /// <summary>What a device measured and what a simulation invented must never stand in one history.</summary>
    private static void DemandSameKind(Device current, Device changed)
    {
        // what was read before another's change is stale, which the store says
        if (changed.IsSimulated == current.IsSimulated || changed.Version != current.Version || !current.HasHistory)
            return;
        throw new ConflictException(
            "device.provisioned",
            current.IsSimulated
                ? $"The device '{current.Id}' has been simulated and its history is invented. Create another device for the real one."
                : $"The device '{current.Id}' has been connected and its history is real. Create another device to simulate."
        );
    }

    private Device Tell(Device device)
    {
        changes.Publish(new Change(device.TenantId, ChangeKind.Device, device.Key, device.Id));
        return device;
    }

    private static string Describe(Device device) =>
        JsonSerializer.Serialize(
            new
            {
                name = device.Name,
                template = device.TemplateId,
                blocked = device.IsBlocked,
                simulated = device.IsSimulated,
                organization = device.OrganizationId,
            }
        );
}
