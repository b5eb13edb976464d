using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Provisioning;

/// <summary>Registrations of single devices with keys of their own.</summary>
public sealed class IndividualEnrollments(IEnrollmentStore store, KeyBox box, ChangeFeed changes, TimeProvider time)
{
    /// <summary>Null: the device registers through a group.</summary>
    public Task<IndividualEnrollment?> FindAsync(Caller caller, string registrationId, CancellationToken ct)
    {
        caller.Demand(Permission.ViewConnectivity);
        return store.FindIndividualAsync(caller.Tenant, Lower(registrationId), ct);
    }

    public async Task<KeyPair?> KeysAsync(Caller caller, string registrationId, CancellationToken ct)
    {
        var enrollment = await FindAsync(caller, registrationId, ct);
        return enrollment is null
            ? null
            : box.Unwrap(enrollment.Keys, KeyBox.PlaceOfIndividual(caller.Tenant, enrollment.RegistrationId));
    }

    /// <summary>Creates or replaces it. The device of that id, if there is one, signs with these keys from now on.</summary>
    /// <param name="deviceId">The device it registers as; null: the registration id as given.</param>
    /// <param name="keys">Null: made at random.</param>
    public async Task<IndividualEnrollment> PutAsync(
        Caller caller,
        string registrationId,
        string? deviceId,
        KeyPair? keys,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ManageConnectivity);
        deviceId ??= registrationId;
        if (!DeviceId.IsLegal(registrationId) || !DeviceId.IsLegal(deviceId))
            throw new InvalidRequestException(
                "enrollment.invalid",
                "Registration and device id must be legal device ids."
            );
        var id = Lower(registrationId);
        var current = await store.FindIndividualAsync(caller.Tenant, id, ct);
        var wanted = new IndividualEnrollment
        {
            TenantId = caller.Tenant,
            RegistrationId = id,
            DeviceId = deviceId,
            Keys = box.Wrap(keys ?? KeyPair.New(), KeyBox.PlaceOfIndividual(caller.Tenant, id)),
            Version = current?.Version ?? 0,
            CreatedAt = current?.CreatedAt ?? time.GetUtcNow(),
        };
        var audit = caller.Audit(current is null ? "enrollment.create" : "enrollment.update", deviceId);
        var saved = await store.PutIndividualAsync(wanted, audit, ct);
        changes.Publish(new Change(caller.Tenant, ChangeKind.Keys, Id: deviceId));
        return saved;
    }

    /// <summary>The device falls back to the default group's keys.</summary>
    /// <exception cref="NotFoundException"><c>enrollment.not-found</c>.</exception>
    public async Task DeleteAsync(Caller caller, string registrationId, CancellationToken ct)
    {
        caller.Demand(Permission.ManageConnectivity);
        var id = Lower(registrationId);
        if (!await store.DeleteIndividualAsync(caller.Tenant, id, caller.Audit("enrollment.delete", id), ct))
            throw new NotFoundException(
                "enrollment.not-found",
                $"There is no individual enrollment for '{registrationId}'."
            );
        changes.Publish(new Change(caller.Tenant, ChangeKind.Keys, Id: registrationId));
    }

#pragma warning disable CA1308 // lower case is the registration id's own normal form (contract §3)
    internal static string Lower(string registrationId) => registrationId.ToLowerInvariant();
#pragma warning restore CA1308
}
