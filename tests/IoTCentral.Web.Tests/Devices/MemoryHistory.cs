using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;
using IoTCentral.Core.Twins;

namespace IoTCentral.Web.Tests.Devices;

/// <summary>Who changed a twin, by whichever address it is asked for.</summary>
internal sealed class MemoryHistory : ITwinHistoryStore
{
    public List<TwinChange> All { get; } = [];

    public Task<IReadOnlyList<TwinChange>> ListAsync(
        TenantId tenant,
        IdentityId id,
        DateTimeOffset since,
        long? before,
        int limit,
        CancellationToken ct
    ) => Task.FromResult<IReadOnlyList<TwinChange>>([.. All.Where(c => c.Id < (before ?? 99)).Take(limit)]);

    public List<ReportedChange> Reports { get; } = [];

    public Task<IReadOnlyList<ReportedChange>> ReportsAsync(
        TenantId tenant,
        long deviceKey,
        long? before,
        int limit,
        CancellationToken ct
    ) =>
        Task.FromResult<IReadOnlyList<ReportedChange>>([.. Reports.Where(c => c.Version < (before ?? 99)).Take(limit)]);
}
