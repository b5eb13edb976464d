using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Provisioning;

/// <summary>All that a device needs to connect.</summary>
/// <param name="GroupId">The enrollment group its keys derive from; null: keys of its own.</param>
public sealed record Credentials(string IdScope, string DeviceId, string HostName, KeyPair Keys, string? GroupId)
{
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
    KeyBox box,
    HubNames names
)
{
    /// <exception cref="NotFoundException"><c>device.not-found</c>; <c>device.no-keys</c> when its enrollment is gone.</exception>
    public async Task<Credentials> GetAsync(Caller caller, string deviceId, CancellationToken ct)
    {
        caller.Demand(Permission.ViewConnectivity);
        var device =
            await devices.FindAsync(caller.Tenant, deviceId, ct)
            ?? throw new NotFoundException(
                "device.not-found",
                $"There is no device with the id '{deviceId}' in this application."
            );
        var application =
            await tenants.FindAsync(caller.Tenant, ct)
            ?? throw new NotFoundException("application.unknown", "There is no such application.");
        var source = await enrollments.FindSourceAsync(caller.Tenant, device.Key, ct) ?? throw NoKeys(deviceId);
        var keys = await KeysAsync(caller.Tenant, source, ct) ?? throw NoKeys(deviceId);
        return new(application.IdScope, device.Id, names.HostOf(application), keys, source.GroupId);
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
