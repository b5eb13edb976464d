using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Outbox;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Rules;

/// <summary>Narrowing of the list of alerts; null members do not narrow.</summary>
public sealed record AlertFilter
{
    public AlertStatus? Status { get; init; }

    /// <summary>Open and acknowledged ones only.</summary>
    public bool OnlyUnresolved { get; init; }
    public Severity? Severity { get; init; }
    public long? DeviceKey { get; init; }
    public string? RuleId { get; init; }

    /// <summary>Opened at or after this time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Not resolved before this time.</summary>
    public DateTimeOffset? ActiveFrom { get; init; }

    /// <summary>Opened before this time.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>A person's decision about an alert.</summary>
public sealed record AlertAct
{
    public required Guid AlertId { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>What was done, or why; may be empty where no reason is needed.</summary>
    public string Note { get; init; } = "";
    public required string ActorName { get; init; }
    public required AuditEntry Audit { get; init; }
}

/// <summary>The alerts of one application.</summary>
public interface IAlertStore
{
    /// <summary>Newest first; <paramref name="after"/> is the last page's <see cref="Page{T}.Next"/>.</summary>
    Task<Page<Alert>> ListAsync(TenantId tenant, AlertFilter filter, string? after, int limit, CancellationToken ct);

    /// <summary>Open and acknowledged ones.</summary>
    Task<long> CountUnresolvedAsync(TenantId tenant, CancellationToken ct);
    Task<Alert?> FindAsync(TenantId tenant, Guid id, CancellationToken ct);

    /// <summary>Oldest first.</summary>
    Task<IReadOnlyList<AlertEvent>> EventsAsync(TenantId tenant, Guid id, CancellationToken ct);

    /// <summary>Alerts that have ended already, as a back-test found them; those that are known stay as they are.</summary>
    Task AddPastAsync(TenantId tenant, IReadOnlyList<Alert> alerts, CancellationToken ct);

    /// <summary>Acknowledges an open alert, or adds a note to an acknowledged one. False: it is resolved, or not there.</summary>
    Task<bool> AcknowledgeAsync(TenantId tenant, AlertAct act, CancellationToken ct);

    /// <summary>
    /// Resolves it; the rule stays silent on the device until its conditions have been false once. False: it is resolved
    /// already, or not there.
    /// </summary>
    /// <param name="notices">What goes out because of it, in the same transaction.</param>
    /// <exception cref="InvalidRequestException"><c>alert.reason-needed</c>: it is still true and there is no note.</exception>
    Task<bool> ResolveAsync(TenantId tenant, AlertAct act, IReadOnlyList<OutboxMessage> notices, CancellationToken ct);
}
