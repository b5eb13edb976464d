using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Outbox;

/// <summary>A message whose time has come.</summary>
public sealed record DueMessage
{
    public required TenantId TenantId { get; init; }
    public required Guid Id { get; init; }
    public required OutboxKind Kind { get; init; }
    public required string Target { get; init; }
}

/// <summary>What is waiting in all tenants together.</summary>
public sealed record OutboxBacklog
{
    public static OutboxBacklog Empty { get; } = new();
    public long Pending { get; init; }

    /// <summary>When the oldest waiting message was written; null: none waits.</summary>
    public DateTimeOffset? Oldest { get; init; }
}

/// <summary>Narrowing of the list of messages; null members do not narrow.</summary>
public sealed record OutboxFilter
{
    public Guid? AlertId { get; init; }
    public OutboxStatus? Status { get; init; }
}

/// <summary>Messages that must leave.</summary>
public interface IOutboxStore
{
    /// <summary>Adds those whose key is not there yet.</summary>
    Task AddAsync(TenantId tenant, IReadOnlyList<OutboxMessage> messages, CancellationToken ct);

    /// <summary>
    /// Of all tenants, fairly: at most <paramref name="perTarget"/> of each tenant and target, tenants in turn.
    /// </summary>
    Task<IReadOnlyList<DueMessage>> DueAsync(DateTimeOffset now, int perTarget, int limit, CancellationToken ct);

    /// <summary>
    /// Takes the message for one attempt, counted at once; it is nobody else's until <paramref name="until"/>, when a
    /// crash in between lets it be tried again. Null: somebody else was quicker.
    /// </summary>
    Task<OutboxMessage?> ClaimAsync(
        TenantId tenant,
        Guid id,
        DateTimeOffset now,
        DateTimeOffset until,
        CancellationToken ct
    );

    /// <summary>Writes how the attempt ended: status, next attempt, error.</summary>
    Task EndAttemptAsync(OutboxMessage message, CancellationToken ct);

    Task<OutboxBacklog> BacklogAsync(CancellationToken ct);

    /// <summary>Newest first; <paramref name="after"/> is the last page's <see cref="Page{T}.Next"/>.</summary>
    Task<Page<OutboxMessage>> ListAsync(
        TenantId tenant,
        OutboxFilter filter,
        string? after,
        int limit,
        CancellationToken ct
    );

    /// <summary>Deletes what ended before this time, in all tenants; how many.</summary>
    Task<int> SweepAsync(DateTimeOffset before, CancellationToken ct);
}
