using System.Text.RegularExpressions;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Devices;

/// <summary>A device is behind a gateway.</summary>
/// <param name="Id">Of this gateway's relationships, chosen by who makes it.</param>
/// <param name="Source">The gateway's id.</param>
/// <param name="Target">The id of the device behind it.</param>
public sealed record DeviceRelationship(string Id, string Source, string Target);

/// <summary>The relationships of one application's devices.</summary>
public interface IRelationshipStore
{
    /// <summary>Those the device is in, as gateway or behind one; its own gateway first, then by id.</summary>
    Task<IReadOnlyList<DeviceRelationship>> ListAsync(TenantId tenant, long deviceKey, CancellationToken ct);

    /// <summary>
    /// Puts the target behind the source under this id; what the source had under it makes way, and so does
    /// <paramref name="replaced"/> – for a device only when it made that itself.
    /// </summary>
    /// <exception cref="ConflictException"><c>relationship.has-gateway</c>; <c>relationship.circle</c>: the gateway is behind it.</exception>
    Task PutAsync(
        (TenantId Tenant, long SourceKey, long TargetKey) of,
        DeviceRelationship relationship,
        DeviceRelationship? replaced,
        (AuditEntry Entry, DateTimeOffset Now) audit,
        CancellationToken ct
    );

    /// <summary>False: was not there.</summary>
    Task<bool> DeleteAsync(TenantId tenant, DeviceRelationship relationship, AuditEntry audit, CancellationToken ct);
}

/// <summary>Which devices are behind which gateway.</summary>
public sealed partial class DeviceRelationships(
    IDeviceStore devices,
    IRelationshipStore store,
    ChangeFeed changes,
    TimeProvider time
)
{
    /// <summary>Those the device is in, its own gateway first.</summary>
    /// <exception cref="NotFoundException"><c>device.not-found</c>.</exception>
    public async Task<IReadOnlyList<DeviceRelationship>> ListAsync(Caller caller, string deviceId, CancellationToken ct)
    {
        caller.Demand(Permission.ViewDevices);
        var device = await devices.GetAsync(caller.Tenant, deviceId, ct);
        return await store.ListAsync(caller.Tenant, device.Key, ct);
    }

    /// <exception cref="NotFoundException"><c>device.not-found</c>, <c>relationship.not-found</c>.</exception>
    public async Task<DeviceRelationship> GetAsync(Caller caller, string deviceId, string id, CancellationToken ct) =>
        (await ListAsync(caller, deviceId, ct)).FirstOrDefault(r => r.Id == id)
        ?? throw new NotFoundException(
            "relationship.not-found",
            $"The device '{deviceId}' has no relationship '{id}'."
        );

    /// <summary>Puts a device behind a gateway.</summary>
    /// <exception cref="NotFoundException"><c>device.not-found</c>: one of the two.</exception>
    /// <exception cref="InvalidRequestException"><c>relationship.invalid</c>.</exception>
    /// <exception cref="ConflictException"><c>relationship.has-gateway</c>, <c>relationship.circle</c>.</exception>
    public Task<DeviceRelationship> PutAsync(Caller caller, DeviceRelationship relationship, CancellationToken ct) =>
        ReplaceAsync(caller, null, relationship, ct);

    /// <summary>Puts a device behind a gateway in place of a relationship that there is, or leaves that as it is.</summary>
    /// <inheritdoc cref="PutAsync"/>
    public async Task<DeviceRelationship> ReplaceAsync(
        Caller caller,
        DeviceRelationship? replaced,
        DeviceRelationship relationship,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.UpdateDevices);
        if (!LegalId().IsMatch(relationship.Id))
            throw Invalid("id", "A relationship id has 1 to 255 letters, digits, hyphens and underscores.");
        if (relationship.Source == relationship.Target)
            throw Invalid("target", "A device cannot be behind itself.");
        var source = await devices.GetAsync(caller.Tenant, relationship.Source, ct);
        var target = await devices.GetAsync(caller.Tenant, relationship.Target, ct);
        var before = replaced is null ? null : Describe(replaced);
        var audit = caller.Audit("device.attach", target.Id, target.Name, before, Describe(relationship));
        var of = (caller.Tenant, source.Key, target.Key);
        await store.PutAsync(of, relationship, replaced, (audit, time.GetUtcNow()), ct);
        Tell(source);
        Tell(target);
        if (replaced is not null)
            await TellEndsAsync(caller.Tenant, replaced, ct);
        return relationship;
    }

    /// <summary>
    /// A device has named its gateway itself, when it registered. An unknown one is left alone, and so is the gateway
    /// that people put it behind.
    /// </summary>
    public async Task<bool> AttachAsync(Device device, string gatewayId, CancellationToken ct)
    {
        if (gatewayId == device.Id || await devices.FindAsync(device.TenantId, gatewayId, ct) is not { } gateway)
            return false;
        var known = await store.ListAsync(device.TenantId, device.Key, ct);
        var before = known.FirstOrDefault(r => r.Target == device.Id);
        if (before?.Source == gateway.Id)
            return true;
        var relationship = new DeviceRelationship($"gateway-{device.Key}", gateway.Id, device.Id);
        var actor = new AuditActor("device", device.Id, device.Id);
        var audit = new AuditEntry
        {
            Actor = actor,
            Action = "device.attach",
            TargetId = device.Id,
            After = Describe(relationship),
        };
        try
        {
            var of = (device.TenantId, gateway.Key, device.Key);
            var own = before?.Id == relationship.Id ? before : null;
            await store.PutAsync(of, relationship, own, (audit, time.GetUtcNow()), ct);
        }
        catch (ConflictException)
        {
            return false; // the gateway is behind it, or people have chosen another one
        }

        Tell(gateway);
        Tell(device);
        return true;
    }

    /// <exception cref="NotFoundException"><c>device.not-found</c>, <c>relationship.not-found</c>.</exception>
    public async Task DeleteAsync(Caller caller, string deviceId, string id, CancellationToken ct)
    {
        caller.Demand(Permission.UpdateDevices);
        var known = await GetAsync(caller, deviceId, id, ct);
        var audit = caller.Audit("device.detach", known.Target, before: Describe(known));
        if (!await store.DeleteAsync(caller.Tenant, known, audit, ct))
            throw new NotFoundException(
                "relationship.not-found",
                $"The device '{deviceId}' has no relationship '{id}'."
            );
        await TellEndsAsync(caller.Tenant, known, ct);
    }

    private async Task TellEndsAsync(TenantId tenant, DeviceRelationship relationship, CancellationToken ct)
    {
        foreach (var end in new[] { relationship.Source, relationship.Target })
        {
            if (await devices.FindAsync(tenant, end, ct) is { } device)
                Tell(device);
        }
    }

    private void Tell(Device device) =>
        changes.Publish(new Change(device.TenantId, ChangeKind.Device, device.Key, device.Id));

    private static string Describe(DeviceRelationship relationship) =>
        System.Text.Json.JsonSerializer.Serialize(new { id = relationship.Id, gateway = relationship.Source });

    private static InvalidRequestException Invalid(string field, string message) =>
        new("relationship.invalid", [new Fault(field, message)]);

    [GeneratedRegex("^[A-Za-z0-9_-]{1,255}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex LegalId();
}
