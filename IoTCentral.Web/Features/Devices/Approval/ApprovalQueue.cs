using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;

namespace IoTCentral.Web.Features.Devices.Approval;

/// <summary>Devices that wait for approval, and what they came through.</summary>
public sealed class ApprovalQueue(DeviceRegistry registry, GroupDevices members, EnrollmentGroups groups)
{
    private static readonly DeviceFilter Waiting = new() { IsWaiting = true };

    internal Task<long> CountAsync(Caller caller, CancellationToken ct) => registry.CountAsync(caller, Waiting, ct);

    /// <summary>By device key: the connection group; null: an enrollment of its own. Empty for who may not know.</summary>
    internal async Task<IReadOnlyDictionary<long, EnrollmentGroup?>> GroupsAsync(
        Caller caller,
        IEnumerable<Device> devices,
        CancellationToken ct
    )
    {
        if (!caller.May(Permission.ViewConnectivity))
            return new Dictionary<long, EnrollmentGroup?>();
        var sources = await members.SourcesAsync(caller, [.. devices.Select(d => d.Key)], ct);
        var all = (await groups.ListAsync(caller, ct)).ToDictionary(g => g.Id, StringComparer.Ordinal);
        return sources.ToDictionary(s => s.Key, s => s.Value.GroupId is { } id ? all.GetValueOrDefault(id) : null);
    }
}
