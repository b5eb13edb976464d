using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Provisioning;

/// <summary>Where a device connects and as what; nothing of it is secret.</summary>
/// <param name="GroupId">The enrollment group its keys derive from; null: keys of its own.</param>
public sealed record ConnectionFacts(string IdScope, string DeviceId, string HostName, string? GroupId);

/// <summary>All that a device needs to connect.</summary>
public sealed record Credentials(ConnectionFacts Facts, KeyPair Keys)
{
    public string IdScope => Facts.IdScope;
    public string DeviceId => Facts.DeviceId;
    public string HostName => Facts.HostName;

    /// <summary>For connecting straight to the hub, without registering.</summary>
    public string ConnectionString => $"HostName={HostName};DeviceId={DeviceId};SharedAccessKey={Keys.Primary}";

    /// <summary>Keeps keys out of logs.</summary>
    public override string ToString() => nameof(Credentials);
}

/// <summary>The credentials of a device, the same for the connect panel, REST and what registering yields.</summary>
public sealed class DeviceCredentials(
    IDeviceStore devices,
    IEnrollmentStore enrollments,
    ITenantStore tenants,
    IAuditLog audit,
    KeyBox box,
    HubNames names
)
{
    /// <summary>What may be shown to everybody who sees the device.</summary>
    /// <exception cref="NotFoundException"><c>device.not-found</c>; <c>device.no-keys</c> when its enrollment is gone.</exception>
    public async Task<ConnectionFacts> DescribeAsync(Caller caller, string deviceId, CancellationToken ct)
    {
        caller.Demand(Permission.ViewConnectivity);
        return (await FindAsync(caller, deviceId, ct)).Facts;
    }

    /// <summary>With its keys; that they were read is audited, since who has them can speak for the device.</summary>
    /// <exception cref="NotFoundException"><c>device.not-found</c>; <c>device.no-keys</c> when its enrollment is gone.</exception>
    public async Task<Credentials> GetAsync(Caller caller, string deviceId, CancellationToken ct)
    {
        caller.Demand(Permission.ViewConnectivity);
        var (facts, source) = await FindAsync(caller, deviceId, ct);
        var keys = await KeysAsync(caller.Tenant, source, ct) ?? throw NoKeys(deviceId);
        await audit.AddAsync(caller.Tenant, caller.Audit("device.show-keys", facts.DeviceId), ct);
        return new(facts, keys);
    }

    private async Task<(ConnectionFacts Facts, CredentialSource Source)> FindAsync(
        Caller caller,
        string deviceId,
        CancellationToken ct
    )
    {
        var device = await devices.GetAsync(caller.Tenant, deviceId, ct);
        var application =
            await tenants.FindAsync(caller.Tenant, ct)
            ?? throw new NotFoundException("application.unknown", "There is no such application.");
        var source = await enrollments.FindSourceAsync(caller.Tenant, device.Key, ct) ?? throw NoKeys(deviceId);
        return (new(application.IdScope, device.Id, names.HostOf(application), source.GroupId), source);
    }

    private async Task<KeyPair?> KeysAsync(TenantId tenant, CredentialSource source, CancellationToken ct)
    {
        if (source.GroupId is null)
        {
            var id = IndividualEnrollments.Lower(source.RegistrationId);
            var individual = await enrollments.FindIndividualAsync(tenant, id, ct);
            return individual is null ? null : box.Unwrap(individual.Keys, KeyBox.PlaceOfIndividual(tenant, id));
        }

        var group = await enrollments.FindGroupAsync(tenant, source.GroupId, ct);
        return group is null
            ? null
            : DeviceKey.Derive(box.Unwrap(group.Keys, KeyBox.PlaceOfGroup(tenant, group.Id)), source.RegistrationId);
    }

    private static NotFoundException NoKeys(string id) =>
        new("device.no-keys", $"The device '{id}' has no keys: the enrollment they came from is gone.");
}
