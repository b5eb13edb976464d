using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;

namespace IoTCentral.Core.Provisioning;

/// <summary>How a single device shows who it is, in place of what its group says: one of the two.</summary>
public sealed record OwnAttestation(KeyPair? Keys, OwnCertificates? Certificates)
{
    /// <summary>Keeps keys out of logs.</summary>
    public override string ToString() => nameof(OwnAttestation);
}

/// <summary>
/// Keys or certificates of a single device's own, in place of those of its group: its individual enrollment, under the
/// id the device registers with.
/// </summary>
public sealed class DeviceAttestation(IDeviceStore devices, IndividualEnrollments enrollments)
{
    /// <summary>The device's own keys, whose reading is audited, or its certificates.</summary>
    /// <exception cref="NotFoundException"><c>device.not-found</c>, <c>enrollment.not-found</c>.</exception>
    public async Task<OwnAttestation> GetAsync(Caller caller, string deviceId, CancellationToken ct)
    {
        caller.Demand(Permission.ViewConnectivity);
        await devices.GetAsync(caller.Tenant, deviceId, ct);
        var own = await GetOwnAsync(caller, deviceId, ct);
        return own.Certificates is { } certificates
            ? new(null, certificates)
            : new(await enrollments.KeysAsync(caller, deviceId, ct) ?? throw None(deviceId), null);
    }

    /// <summary>The device signs with these keys from now on.</summary>
    /// <param name="primary">Base64; null: made at random.</param>
    /// <param name="secondary">Base64; null: made at random.</param>
    /// <exception cref="ConflictException"><c>enrollment.id-taken</c>: a device whose id differs only in case has it.</exception>
    /// <exception cref="InvalidRequestException"><c>enrollment.invalid</c>: a key is none.</exception>
    public async Task PutAsync(Caller caller, string deviceId, string? primary, string? secondary, CancellationToken ct)
    {
        await DemandFreeAsync(caller, deviceId, ct);
        var keys = new KeyPair(primary ?? DeviceKey.New(), secondary ?? DeviceKey.New());
        await enrollments.PutAsync(caller, deviceId, deviceId, keys, ct);
    }

    /// <summary>The device shows one of these certificates from now on.</summary>
    /// <exception cref="ConflictException"><c>enrollment.id-taken</c>: a device whose id differs only in case has it.</exception>
    public async Task PutAsync(Caller caller, string deviceId, OwnCertificates certificates, CancellationToken ct)
    {
        await DemandFreeAsync(caller, deviceId, ct);
        await enrollments.PutAsync(caller, deviceId, deviceId, certificates, ct);
    }

    /// <summary>Changes the keys that are given.</summary>
    /// <exception cref="NotFoundException"><c>device.not-found</c>; <c>enrollment.not-found</c>, also when it has certificates.</exception>
    /// <inheritdoc cref="PutAsync(Caller, string, string?, string?, CancellationToken)"/>
    public async Task PatchAsync(
        Caller caller,
        string deviceId,
        string? primary,
        string? secondary,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ManageConnectivity);
        var keys = (await GetAsync(caller, deviceId, ct)).Keys ?? throw None(deviceId);
        if ((primary ?? secondary) is not null)
            await PutAsync(caller, deviceId, primary ?? keys.Primary, secondary ?? keys.Secondary, ct);
    }

    /// <summary>The device falls back to the keys of the default group.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public async Task DeleteAsync(Caller caller, string deviceId, CancellationToken ct)
    {
        caller.Demand(Permission.ManageConnectivity);
        // also of a device that is deleted, or nobody could take its right to register
        if (await enrollments.FindAsync(caller, deviceId, ct) is null)
            await devices.GetAsync(caller.Tenant, deviceId, ct);
        await GetOwnAsync(caller, deviceId, ct);
        await enrollments.DeleteAsync(caller, deviceId, ct);
    }

    private async Task DemandFreeAsync(Caller caller, string deviceId, CancellationToken ct)
    {
        caller.Demand(Permission.ManageConnectivity);
        await devices.GetAsync(caller.Tenant, deviceId, ct);
        if (await enrollments.FindAsync(caller, deviceId, ct) is { } known && known.DeviceId != deviceId)
            throw new ConflictException(
                "enrollment.id-taken",
                $"The device '{known.DeviceId}' has this enrollment: registration ids know no upper and lower case."
            );
    }

    private async Task<IndividualEnrollment> GetOwnAsync(Caller caller, string id, CancellationToken ct) =>
        await enrollments.FindAsync(caller, id, ct) is { } own && own.DeviceId == id ? own : throw None(id);

    private static NotFoundException None(string id) =>
        new(
            "enrollment.not-found",
            $"The device '{id}' has no keys and no certificate of its own: it uses those of its connection group."
        );
}
