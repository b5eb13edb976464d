using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Provisioning;

/// <summary>Where a device connects and as what; nothing of it is secret.</summary>
/// <param name="GroupId">The enrollment group its keys or certificate come from; null: its own.</param>
public sealed record ConnectionFacts(string IdScope, string DeviceId, string HostName, string? GroupId)
{
    /// <summary>Whether it signs with keys or shows a certificate.</summary>
    public Attestation Attestation { get; init; }

    /// <summary>Certificates that are enrolled for it alone.</summary>
    public OwnCertificates? Certificates { get; init; }
}

/// <summary>All that a device needs to connect.</summary>
/// <param name="OwnKeys">Null: it has a certificate, of which the private key is the device's secret.</param>
public sealed record Credentials(ConnectionFacts Facts, KeyPair? OwnKeys)
{
    /// <exception cref="InvalidOperationException">It has a certificate; see <see cref="OwnKeys"/>.</exception>
    public KeyPair Keys => OwnKeys ?? throw new InvalidOperationException("This device has a certificate.");

    public string IdScope => Facts.IdScope;
    public string DeviceId => Facts.DeviceId;
    public string HostName => Facts.HostName;

    /// <summary>For connecting straight to the hub, without registering.</summary>
    public string ConnectionString =>
        OwnKeys is null
            ? $"HostName={HostName};DeviceId={DeviceId};x509=true"
            : $"HostName={HostName};DeviceId={DeviceId};SharedAccessKey={OwnKeys.Primary}";

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
        if (facts.Attestation == Attestation.X509)
            return new(facts, null);
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
        var facts = new ConnectionFacts(application.IdScope, device.Id, names.HostOf(application), source.GroupId);
        if (source.GroupId is { } id)
        {
            var group = await enrollments.FindGroupAsync(caller.Tenant, id, ct) ?? throw NoKeys(deviceId);
            return (facts with { Attestation = group.Attestation }, source);
        }

        var own = await FindOwnAsync(caller.Tenant, source, ct) ?? throw NoKeys(deviceId);
        return (facts with { Attestation = own.Attestation, Certificates = own.Certificates }, source);
    }

    private Task<IndividualEnrollment?> FindOwnAsync(TenantId tenant, CredentialSource source, CancellationToken ct) =>
        enrollments.FindIndividualAsync(tenant, IndividualEnrollments.Lower(source.RegistrationId), ct);

    private async Task<KeyPair?> KeysAsync(TenantId tenant, CredentialSource source, CancellationToken ct)
    {
        if (source.GroupId is null)
        {
            return await FindOwnAsync(tenant, source, ct) is { Keys: { } own } individual
                ? box.Unwrap(own, KeyBox.PlaceOfIndividual(tenant, individual.RegistrationId))
                : null;
        }

        var group = await enrollments.FindGroupAsync(tenant, source.GroupId, ct);
        return group?.Keys is { } keys
            ? DeviceKey.Derive(box.Unwrap(keys, KeyBox.PlaceOfGroup(tenant, group.Id)), source.RegistrationId)
            : null;
    }

    private static NotFoundException NoKeys(string id) =>
        new("device.no-keys", $"The device '{id}' has no keys: the enrollment they came from is gone.");
}
