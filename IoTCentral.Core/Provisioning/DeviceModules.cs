using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Provisioning;

/// <summary>The modules of devices: make them, give out their keys, take them away.</summary>
public sealed class DeviceModules(
    IDeviceStore devices,
    IModuleStore store,
    ITenantStore tenants,
    IAuditLog log,
    KeyBox box,
    HubNames names,
    IDeviceLink link,
    ChangeFeed changes,
    TimeProvider time
)
{
    /// <summary>More a device does not have, as in IoT Hub.</summary>
    public const int Most = 50;

    /// <summary>By id.</summary>
    /// <exception cref="NotFoundException"><c>device.not-found</c>.</exception>
    public async Task<IReadOnlyList<DeviceModule>> ListAsync(Caller caller, string deviceId, CancellationToken ct)
    {
        caller.Demand(Permission.ViewDevices);
        var device = await devices.GetAsync(caller.Tenant, deviceId, ct);
        return await store.ListAsync(caller.Tenant, device.Key, ct);
    }

    /// <exception cref="NotFoundException"><c>device.not-found</c>, <c>module.not-found</c>.</exception>
    public async Task<DeviceModule> GetAsync(Caller caller, IdentityId id, CancellationToken ct)
    {
        caller.Demand(Permission.ViewDevices);
        await devices.GetAsync(caller.Tenant, id.Device, ct);
        return await store.FindAsync(caller.Tenant, id.Device, id.Module ?? "", ct) ?? throw Identities.NotFound(id);
    }

    /// <param name="keys">Null: made at random.</param>
    /// <exception cref="InvalidRequestException"><c>module.invalid</c>: its id; <c>enrollment.invalid</c>: a key is none.</exception>
    /// <exception cref="ConflictException"><c>module.id-taken</c>, <c>module.too-many</c>.</exception>
    public async Task<DeviceModule> AddAsync(Caller caller, IdentityId id, KeyPair? keys, CancellationToken ct)
    {
        caller.Demand(Permission.ManageConnectivity);
        if (id.Module is not { } name || !DeviceId.IsLegal(name))
            throw new InvalidRequestException(
                "module.invalid",
                [new Fault("id", "A module id has 1 to 128 letters, digits and - . + % _ # * ? ! ( ) , : = @ $ '.")]
            );
        var device = await devices.GetAsync(caller.Tenant, id.Device, ct);
        var wanted = new DeviceModule
        {
            TenantId = caller.Tenant,
            DeviceKey = device.Key,
            DeviceId = device.Id,
            Id = name,
            CreatedAt = time.GetUtcNow(),
        };
        var wrapped = box.Wrap(keys ?? KeyPair.New(), KeyBox.PlaceOfModule(caller.Tenant, device.Key, name));
        var audit = caller.Audit("module.create", id.ToString(), device.Name);
        var added = await store.AddAsync(wanted, (wrapped.Primary, wrapped.Secondary), Most, audit, ct);
        if (added is null)
            throw await store.FindAsync(caller.Tenant, device.Id, name, ct) is null
                ? new ConflictException("module.too-many", $"A device has at most {Most} modules.")
                : new ConflictException("module.id-taken", $"The device has a module '{name}' already.");
        return Tell(added);
    }

    /// <summary>What the module needs to connect; that it was read is audited.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public async Task<ModuleCredentials> CredentialsAsync(Caller caller, IdentityId id, CancellationToken ct)
    {
        caller.Demand(Permission.ViewConnectivity);
        var module = await GetAsync(caller, id, ct);
        var keys = await store.KeysAsync(caller.Tenant, module.Key, ct) ?? throw Identities.NotFound(id);
        var application =
            await tenants.FindAsync(caller.Tenant, ct)
            ?? throw new NotFoundException("application.unknown", "There is no such application.");
        await log.AddAsync(caller.Tenant, caller.Audit("module.show-keys", id.ToString()), ct);
        return new(
            names.HostOf(application),
            id,
            box.Unwrap(new WrappedKeys(keys.Primary, keys.Secondary), PlaceOf(module))
        );
    }

    /// <summary>Makes a new key in place of one; who signs with the old one is refused at the next connection.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public async Task RollAsync(Caller caller, IdentityId id, bool primary, CancellationToken ct)
    {
        caller.Demand(Permission.ManageConnectivity);
        var module = await GetAsync(caller, id, ct);
        var keys = await store.KeysAsync(caller.Tenant, module.Key, ct) ?? throw Identities.NotFound(id);
        var now = box.Unwrap(new WrappedKeys(keys.Primary, keys.Secondary), PlaceOf(module));
        var next = primary ? now with { Primary = DeviceKey.New() } : now with { Secondary = DeviceKey.New() };
        var wrapped = box.Wrap(next, PlaceOf(module));
        var audit = caller.Audit("module.roll-key", id.ToString());
        await store.ReplaceKeysAsync(module, (wrapped.Primary, wrapped.Secondary), audit, ct);
        Tell(module);
    }

    /// <summary>Deletes the module with its twin and queue; its connection ends at once.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public async Task DeleteAsync(Caller caller, IdentityId id, CancellationToken ct)
    {
        caller.Demand(Permission.ManageConnectivity);
        var module = await GetAsync(caller, id, ct);
        var audit = caller.Audit("module.delete", id.ToString());
        if (!await store.DeleteAsync(caller.Tenant, module.Key, audit, ct))
            throw Identities.NotFound(id);
        await link.DropAsync(caller.Tenant, module.Key, ConnectionCode.Deleted, ct);
        Tell(module);
    }

    private static string PlaceOf(DeviceModule module) =>
        KeyBox.PlaceOfModule(module.TenantId, module.DeviceKey, module.Id);

    private DeviceModule Tell(DeviceModule module)
    {
        changes.Publish(new Change(module.TenantId, ChangeKind.Device, module.DeviceKey, module.DeviceId));
        return module;
    }
}

/// <summary>All that a module needs to connect.</summary>
public sealed record ModuleCredentials(string HostName, IdentityId Id, KeyPair Keys)
{
    public string ConnectionString =>
        $"HostName={HostName};DeviceId={Id.Device};ModuleId={Id.Module};SharedAccessKey={Keys.Primary}";

    /// <summary>Keeps keys out of logs.</summary>
    public override string ToString() => nameof(ModuleCredentials);
}
