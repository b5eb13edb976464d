using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Rules;

/// <summary>One line of the list of rules.</summary>
public sealed record RuleListItem(Rule Rule, long UnresolvedAlerts);

/// <summary>The rules of one application.</summary>
public interface IRuleStore
{
    /// <summary>All rules, by name then id. One whose definition cannot be read comes as stopped, with the reason.</summary>
    Task<IReadOnlyList<RuleListItem>> ListAsync(TenantId tenant, CancellationToken ct);

    Task<Rule?> FindAsync(TenantId tenant, string id, CancellationToken ct);

    /// <exception cref="ConflictException"><c>rule.id-taken</c>.</exception>
    Task<Rule> AddAsync(Rule rule, AuditEntry audit, CancellationToken ct);

    /// <summary>Saves it as the next version and clears what stopped it.</summary>
    /// <param name="endAlerts">Its alerts end as "rule changed", and judging begins anew.</param>
    /// <exception cref="StaleEditException">The stored version is another.</exception>
    /// <exception cref="NotFoundException">It is gone.</exception>
    Task<Rule> UpdateAsync(Rule rule, bool endAlerts, AuditEntry audit, CancellationToken ct);

    /// <summary>Deletes it; its alerts end as "rule changed". False: it was not there.</summary>
    Task<bool> DeleteAsync(TenantId tenant, string id, DateTimeOffset at, AuditEntry audit, CancellationToken ct);

    /// <summary>The program sets the rule aside; nothing happens when it has been saved since.</summary>
    Task StopAsync(TenantId tenant, string id, int version, string reason, DateTimeOffset at, CancellationToken ct);
}
