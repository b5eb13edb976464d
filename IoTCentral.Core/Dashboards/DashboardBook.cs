using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Dashboards;

/// <summary>What people do with dashboards.</summary>
public sealed class DashboardBook(
    IDashboardStore store,
    IPropertyValues properties,
    ChangeFeed changes,
    TimeProvider time
)
{
    // A picker with more entries is searched, not scrolled; 1,000 stores are a large chain.
    private const int MaxScopeValues = 1_000;

    public Task<IReadOnlyList<Dashboard>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permission.ViewDashboards);
        return store.ListAsync(caller.Tenant, ct);
    }

    /// <exception cref="NotFoundException"><c>dashboard.unknown</c>.</exception>
    public async Task<Dashboard> GetAsync(Caller caller, string id, CancellationToken ct)
    {
        caller.Demand(Permission.ViewDashboards);
        return await store.FindAsync(caller.Tenant, id, ct) ?? throw Unknown(id);
    }

    /// <summary>Values of the dashboard's scope property, for its picker.</summary>
    public async Task<IReadOnlyList<string>> ScopesAsync(Caller caller, Dashboard dashboard, CancellationToken ct)
    {
        caller.Demand(Permission.ViewDashboards);
        return dashboard.ScopeProperty is { } name
            ? await properties.DistinctAsync(caller.Tenant, name, MaxScopeValues, ct)
            : [];
    }

    public async Task<Dashboard> AddAsync(Caller caller, Dashboard dashboard, CancellationToken ct)
    {
        caller.Demand(Permission.ManageDashboards);
        Demand(dashboard);
        var now = time.GetUtcNow();
        var added = await store.AddAsync(
            caller.Tenant,
            dashboard with
            {
                CreatedAt = now,
                UpdatedAt = now,
            },
            caller.Audit("dashboard.create", dashboard.Id, dashboard.Name),
            ct
        );
        Tell(caller, dashboard.Id);
        return added;
    }

    /// <exception cref="StaleEditException">Somebody else saved in between.</exception>
    public async Task<Dashboard> UpdateAsync(Caller caller, Dashboard dashboard, CancellationToken ct)
    {
        caller.Demand(Permission.ManageDashboards);
        Demand(dashboard);
        var saved = await store.UpdateAsync(
            caller.Tenant,
            dashboard with
            {
                UpdatedAt = time.GetUtcNow(),
            },
            caller.Audit("dashboard.update", dashboard.Id, dashboard.Name),
            ct
        );
        Tell(caller, dashboard.Id);
        return saved;
    }

    public async Task DeleteAsync(Caller caller, string id, CancellationToken ct)
    {
        caller.Demand(Permission.ManageDashboards);
        if (!await store.DeleteAsync(caller.Tenant, id, caller.Audit("dashboard.delete", id), ct))
            throw Unknown(id);
        Tell(caller, id);
    }

    private static void Demand(Dashboard dashboard)
    {
        if (DashboardRules.Check(dashboard) is { Count: > 0 } faults)
            throw new InvalidRequestException("dashboard.invalid", faults);
    }

    private void Tell(Caller caller, string id) => changes.Publish(new(caller.Tenant, ChangeKind.Dashboard, Id: id));

    private static NotFoundException Unknown(string id) =>
        new("dashboard.unknown", $"There is no dashboard with the id '{id}'.");
}
