using System.Text.Json.Nodes;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Twins;

/// <summary>Twins for people and programs: read, wish for something, note what only we know.</summary>
public sealed class TwinRegistry(
    Identities identities,
    ITwinStore store,
    IDeviceLink link,
    ChangeFeed changes,
    TimeProvider time
) : IDisposable
{
    // A desired patch is stored and pushed under one lock per device (by stripe), so that pushes leave in version order.
    private readonly SemaphoreSlim[] _order = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    /// <exception cref="NotFoundException"><c>device.not-found</c>.</exception>
    public async Task<Twin> GetAsync(Caller caller, IdentityId id, CancellationToken ct)
    {
        caller.Demand(Permission.ViewDevices);
        var device = await identities.GetAsync(caller.Tenant, id, ct);
        return await store.FindAsync(caller.Tenant, device.Key, ct) ?? throw Identities.NotFound(id);
    }

    /// <summary>Merges cloud properties; null deletes one. Last write wins.</summary>
    /// <exception cref="InvalidRequestException"><c>twin.invalid</c>.</exception>
    public Task<Twin> PatchCloudAsync(Caller caller, IdentityId id, JsonObject patch, CancellationToken ct) =>
        PatchCloudAsync(caller, id, patch, expectedVersion: null, ct);

    /// <param name="expectedVersion">The <see cref="Twin.CloudVersion"/> that was read before; null: any.</param>
    /// <inheritdoc cref="PatchCloudAsync(Caller, IdentityId, JsonObject, CancellationToken)"/>
    /// <exception cref="StaleEditException">Somebody else saved in between.</exception>
    public async Task<Twin> PatchCloudAsync(
        Caller caller,
        IdentityId id,
        JsonObject patch,
        int? expectedVersion,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.UpdateDevices);
        Check(patch);
        var device = await identities.GetAsync(caller.Tenant, id, ct);
        var sides = new TwinSides(Desired: null, patch);
        var now = time.GetUtcNow();
        var saved = await store.ChangeAsync(
            caller.Tenant,
            device.Key,
            twin => Sized(Expected(twin, expectedVersion).Annotate(patch, now), t => t.Cloud),
            twin => Audit(caller, device, sides, twin),
            ct
        );
        changes.Publish(new Change(caller.Tenant, ChangeKind.CloudProperties, device.DeviceKey, id.Device));
        return saved ?? throw Identities.NotFound(id);
    }

    /// <summary>
    /// Merges desired properties and pushes them when the device is connected; else it finds them when it next reads
    /// its twin. Members of a component need its <c>__t</c> marker beside them.
    /// </summary>
    /// <exception cref="InvalidRequestException"><c>twin.invalid</c>.</exception>
    public Task<Twin> PatchDesiredAsync(Caller caller, IdentityId id, JsonObject patch, CancellationToken ct) =>
        PatchAsync(caller, id, new(patch, Cloud: null), ct);

    /// <summary>Merges both sides, or neither when one is refused; see the methods for one side.</summary>
    /// <exception cref="InvalidRequestException"><c>twin.invalid</c>.</exception>
    public async Task<Twin> PatchAsync(Caller caller, IdentityId id, TwinSides patch, CancellationToken ct)
    {
        if (patch.Desired is null)
            return await PatchCloudAsync(caller, id, patch.Cloud ?? [], ct);
        caller.Demand(Permission.UpdateDevices);
        Check(patch.Desired);
        Check(patch.Cloud ?? []);
        var device = await identities.GetAsync(caller.Tenant, id, ct);
        var now = time.GetUtcNow();
        var order = _order[(int)(device.Key % _order.Length)];
        await order.WaitAsync(ct);
        try
        {
            var saved =
                await store.ChangeAsync(
                    caller.Tenant,
                    device.Key,
                    twin => Merge(twin, patch, now),
                    twin => Audit(caller, device, patch, twin),
                    ct
                ) ?? throw Identities.NotFound(id);
            var notification = TwinJson.Notification(patch.Desired, saved.DesiredVersion);
            await link.PushDesiredAsync(caller.Tenant, device.Key, notification, saved.DesiredVersion, ct);
            changes.Publish(new Change(caller.Tenant, ChangeKind.Twin, device.DeviceKey, id.Device));
            if (patch.Cloud is not null)
                changes.Publish(new Change(caller.Tenant, ChangeKind.CloudProperties, device.DeviceKey, id.Device));
            return saved;
        }
        finally
        {
            order.Release();
        }
    }

    public void Dispose()
    {
        foreach (var semaphore in _order)
            semaphore.Dispose();
    }

    private static AuditEntry Audit(Caller caller, Identity device, TwinSides patch, Twin before) =>
        caller.Audit(
            patch switch
            {
                { Desired: null } => "device.cloud-properties",
                { Cloud: null } => "device.desired-properties",
                _ => "device.properties",
            },
            device.Id.ToString(),
            device.Name,
            patch.Before(before).Describe(),
            patch.Describe()
        );

    private static Twin Merge(Twin twin, TwinSides patch, DateTimeOffset now)
    {
        if (patch.Desired is { } desired)
            twin = Sized(twin.Desire(desired, now), t => t.Desired);
        if (patch.Cloud is { } cloud)
            twin = Sized(twin.Annotate(cloud, now), t => t.Cloud);
        return twin;
    }

    private static void Check(JsonObject patch)
    {
        var json = System.Text.Encoding.UTF8.GetBytes(patch.ToJsonString());
        if (!TwinPatch.TryRead(json, out _, out var fault))
            throw new InvalidRequestException("twin.invalid", [fault.Fault]);
    }

    private static Twin Expected(Twin twin, int? version) =>
        version is null || version == twin.CloudVersion
            ? twin
            : throw new StaleEditException(
                "Somebody else changed these properties in the meantime. Look at them again."
            );

    private static Twin Sized(Twin twin, Func<Twin, JsonObject> side) =>
        TwinPatch.CheckSize(side(twin)) is { } fault
            ? throw new InvalidRequestException("twin.invalid", [fault.Fault])
            : twin;
}
