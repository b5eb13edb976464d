using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;

namespace IoTCentral.Core.Provisioning;

/// <summary>
/// Keys of a single device's own, in place of those its group yields: its individual enrollment, under the id the device
/// registers with.
/// </summary>
public sealed class DeviceAttestation(IDeviceStore devices, IndividualEnrollments enrollments)
{
    /// <summary>The device's own keys; that they were read is audited.</summary>
    /// <exception cref="NotFoundException"><c>device.not-found</c>, <c>enrollment.not-found</c>.</exception>
    public async Task<KeyPair> GetAsync(Caller caller, string deviceId, CancellationToken ct)
    {
        caller.Demand(Permission.ViewConnectivity);
        await devices.GetAsync(caller.Tenant, deviceId, ct);
        await DemandOwnAsync(caller, deviceId, ct);
        return await enrollments.KeysAsync(caller, deviceId, ct) ?? throw None(deviceId);
    }

    /// <summary>The device signs with these keys from now on.</summary>
    /// <param name="primary">Base64; null: made at random.</param>
    /// <param name="secondary">Base64; null: made at random.</param>
    /// <exception cref="ConflictException"><c>enrollment.id-taken</c>: a device whose id differs only in case has it.</exception>
    /// <exception cref="InvalidRequestException"><c>enrollment.invalid</c>: a key is none.</exception>
    public async Task PutAsync(Caller caller, string deviceId, string? primary, string? secondary, CancellationToken ct)
    {
        caller.Demand(Permission.ManageConnectivity);
        await devices.GetAsync(caller.Tenant, deviceId, ct);
        if (await enrollments.FindAsync(caller, deviceId, ct) is { } known && known.DeviceId != deviceId)
            throw new ConflictException(
                "enrollment.id-taken",
                $"The device '{known.DeviceId}' has this enrollment: registration ids know no upper and lower case."
            );
        var keys = new KeyPair(primary ?? DeviceKey.New(), secondary ?? DeviceKey.New());
        await enrollments.PutAsync(caller, deviceId, deviceId, keys, ct);
    }

    /// <summary>Changes the keys that are given.</summary>
    /// <exception cref="NotFoundException"><c>device.not-found</c>; <c>enrollment.not-found</c>.</exception>
    /// <inheritdoc cref="PutAsync"/>
    public async Task PatchAsync(
        Caller caller,
        string deviceId,
        string? primary,
        string? secondary,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ManageConnectivity);
        var keys = await GetAsync(caller, deviceId, ct);
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
        await DemandOwnAsync(caller, deviceId, ct);
        await enrollments.DeleteAsync(caller, deviceId, ct);
    }

    private async Task DemandOwnAsync(Caller caller, string id, CancellationToken ct)
    {
        if ((await enrollments.FindAsync(caller, id, ct))?.DeviceId != id)
            throw None(id);
    }

    private static NotFoundException None(string id) =>
        new(
            "enrollment.not-found",
            $"The device '{id}' has no keys of its own: it uses those of its connection group."
        );
}
