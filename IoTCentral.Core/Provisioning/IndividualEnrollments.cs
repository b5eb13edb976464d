using System.Text.Json;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Provisioning;

/// <summary>Registrations of single devices with keys of their own.</summary>
public sealed class IndividualEnrollments(
    IEnrollmentStore store,
    IAuditLog log,
    KeyBox box,
    ChangeFeed changes,
    TimeProvider time
)
{
    /// <summary>Null: the device registers through a group.</summary>
    public Task<IndividualEnrollment?> FindAsync(Caller caller, string registrationId, CancellationToken ct)
    {
        caller.Demand(Permission.ViewConnectivity);
        return store.FindIndividualAsync(caller.Tenant, Lower(registrationId), ct);
    }

    /// <summary>Its keys, null when it has certificates; that they were read is audited, since who has them can speak for the device.</summary>
    public async Task<KeyPair?> KeysAsync(Caller caller, string registrationId, CancellationToken ct)
    {
        if (await FindAsync(caller, registrationId, ct) is not { Keys: { } wrapped } enrollment)
            return null;
        var keys = box.Unwrap(wrapped, KeyBox.PlaceOfIndividual(caller.Tenant, enrollment.RegistrationId));
        await log.AddAsync(caller.Tenant, caller.Audit("enrollment.show-keys", enrollment.DeviceId), ct);
        return keys;
    }

    /// <summary>Creates or replaces it. The device of that id, if there is one, signs with these keys from now on.</summary>
    /// <param name="deviceId">The device it registers as; null: the registration id as given.</param>
    /// <param name="keys">Null: made at random.</param>
    public Task<IndividualEnrollment> PutAsync(
        Caller caller,
        string registrationId,
        string? deviceId,
        KeyPair? keys,
        CancellationToken ct
    ) =>
        PutAsync(
            caller,
            registrationId,
            deviceId,
            wanted =>
                wanted with
                {
                    Keys = box.Wrap(
                        keys ?? KeyPair.New(),
                        KeyBox.PlaceOfIndividual(caller.Tenant, wanted.RegistrationId)
                    ),
                },
            ct
        );

    /// <summary>Creates or replaces it with certificates. The device of that id shows them from now on.</summary>
    /// <inheritdoc cref="PutAsync(Caller, string, string?, KeyPair?, CancellationToken)"/>
    public Task<IndividualEnrollment> PutAsync(
        Caller caller,
        string registrationId,
        string? deviceId,
        OwnCertificates certificates,
        CancellationToken ct
    ) => PutAsync(caller, registrationId, deviceId, wanted => wanted with { Certificates = certificates }, ct);

    private async Task<IndividualEnrollment> PutAsync(
        Caller caller,
        string registrationId,
        string? deviceId,
        Func<IndividualEnrollment, IndividualEnrollment> attest,
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
        var wanted = attest(
            new IndividualEnrollment
            {
                TenantId = caller.Tenant,
                RegistrationId = id,
                DeviceId = deviceId,
                Version = current?.Version ?? 0,
                CreatedAt = current?.CreatedAt ?? time.GetUtcNow(),
            }
        );
        var audit = caller.Audit(
            current is null ? "enrollment.create" : "enrollment.update",
            deviceId,
            before: current is null ? null : Describe(current),
            after: Describe(wanted, newKeys: true)
        );
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
        var known = await store.FindIndividualAsync(caller.Tenant, id, ct) ?? throw NotFound(registrationId);
        var audit = caller.Audit("enrollment.delete", known.DeviceId, before: Describe(known));
        if (!await store.DeleteIndividualAsync(caller.Tenant, id, audit, ct))
            throw NotFound(registrationId);
        changes.Publish(new Change(caller.Tenant, ChangeKind.Keys, Id: known.DeviceId));
    }

    private static string Describe(IndividualEnrollment enrollment, bool newKeys = false) =>
        JsonSerializer.Serialize(
            new
            {
                registrationId = enrollment.RegistrationId,
                device = enrollment.DeviceId,
                enabled = enrollment.IsEnabled,
                keys = newKeys && enrollment.Keys is not null ? "new" : null,
                certificates = enrollment.Certificates is { } own ? new[] { own.Primary, own.Secondary } : null,
            }
        );

    private static NotFoundException NotFound(string registrationId) =>
        new("enrollment.not-found", $"There is no individual enrollment for '{registrationId}'.");

#pragma warning disable CA1308 // lower case is the registration id's own normal form (contract §3)
    internal static string Lower(string registrationId) => registrationId.ToLowerInvariant();
#pragma warning restore CA1308
}
