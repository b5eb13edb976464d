using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Web.Tests.Rules;

/// <summary>Rules in memory.</summary>
internal sealed class MemoryRules : IRuleStore
{
    public List<Rule> All { get; } = [];

    /// <summary>Unresolved alerts by rule id.</summary>
    public Dictionary<string, long> Alerts { get; } = [];

    public Task<IReadOnlyList<RuleListItem>> ListAsync(TenantId tenant, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<RuleListItem>>([
            .. All.Select(r => new RuleListItem(r, Alerts.GetValueOrDefault(r.Id))),
        ]);

    public Task<Rule?> FindAsync(TenantId tenant, string id, CancellationToken ct) =>
        Task.FromResult(All.Find(r => r.Id == id));

    public Task<Rule> AddAsync(Rule rule, AuditEntry audit, CancellationToken ct)
    {
        All.Add(rule);
        return Task.FromResult(rule);
    }

    public Task<Rule> UpdateAsync(Rule rule, bool endAlerts, AuditEntry audit, CancellationToken ct)
    {
        var at = All.FindIndex(r => r.Id == rule.Id);
        if (All[at].Version != rule.Version)
            throw new StaleEditException("Somebody else saved in between.");
        return Task.FromResult(All[at] = rule with { Version = rule.Version + 1 });
    }

    public Task<bool> DeleteAsync(
        TenantId tenant,
        string id,
        DateTimeOffset at,
        AuditEntry audit,
        CancellationToken ct
    ) => Task.FromResult(All.RemoveAll(r => r.Id == id) > 0);

    public Task StopAsync(
        TenantId tenant,
        string id,
        int version,
        string reason,
        DateTimeOffset at,
        CancellationToken ct
    ) => throw new NotSupportedException();
}

/// <summary>Devices as rules see them, in memory.</summary>
internal sealed class MemoryRuleDevices : IRuleDeviceSource
{
    public List<DeviceFacts> All { get; } = [];

    public Task<IReadOnlyList<DeviceFacts>> ListAsync(
        TenantId tenant,
        IReadOnlyCollection<string> templateIds,
        IReadOnlyCollection<string> propertyNames,
        CancellationToken ct
    ) => Task.FromResult<IReadOnlyList<DeviceFacts>>([.. All.Where(d => templateIds.Contains(d.TemplateId))]);

    public Task<IReadOnlyList<DeviceFacts>> FindAsync(
        TenantId tenant,
        IReadOnlyCollection<long> keys,
        IReadOnlyCollection<string> propertyNames,
        CancellationToken ct
    ) => Task.FromResult<IReadOnlyList<DeviceFacts>>([.. All.Where(d => keys.Contains(d.Key))]);

    public Task<IReadOnlyDictionary<long, DeviceDetail>> DetailsAsync(
        TenantId tenant,
        IReadOnlyCollection<long> keys,
        CancellationToken ct
    ) => Task.FromResult<IReadOnlyDictionary<long, DeviceDetail>>(new Dictionary<long, DeviceDetail>());

    public Task<IReadOnlyList<ConnectionNews>> ConnectionsAsync(
        TenantId tenant,
        IReadOnlyCollection<string> deviceIds,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken ct
    ) => Task.FromResult<IReadOnlyList<ConnectionNews>>([]);
}
