using IoTCentral.Core.Access;

namespace IoTCentral.Core.Provisioning;

/// <summary>Which devices belong to which device connection group.</summary>
public sealed class GroupDevices(IEnrollmentStore store)
{
    /// <summary>By group; one without devices is not there.</summary>
    public Task<IReadOnlyDictionary<string, long>> CountAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permission.ViewConnectivity);
        return store.CountDevicesAsync(caller.Tenant, ct);
    }

    /// <summary>By device key: the enrollment that each of these devices came through.</summary>
    public Task<IReadOnlyDictionary<long, CredentialSource>> SourcesAsync(
        Caller caller,
        IReadOnlyCollection<long> deviceKeys,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewConnectivity);
        return store.FindSourcesAsync(caller.Tenant, deviceKeys, ct);
    }
}
