using System.Globalization;
using IoTCentral.Core.Common;
using IoTCentral.Core.Outbox;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Outbox;

internal sealed class OutboxStore(TenantDb db, SystemDb system) : IOutboxStore
{
    private const string Columns =
        "tenant_id, id, key, kind, target, payload, secret, alert_id, status, attempts, next_attempt_at, last_error, created_at, sent_at";

    static OutboxStore()
    {
        EnumText<OutboxKind>.Register();
        EnumText<OutboxStatus>.Register();
    }

    public Task AddAsync(TenantId tenant, IReadOnlyList<OutboxMessage> messages, CancellationToken ct) =>
        db.TransactionAsync(tenant, t => AddAsync(t, messages), ct);

    /// <summary>In the transaction that decides them.</summary>
    public static Task AddAsync(TenantTransaction t, IReadOnlyList<OutboxMessage> messages) =>
        messages.Count == 0
            ? Task.CompletedTask
            : t.ExecuteAsync(
                """
                insert into outbox (id, key, kind, target, payload, secret, alert_id, status, last_error, next_attempt_at, created_at)
                select id, key, kind, target, payload, secret, alert_id, status, last_error, created_at, created_at
                from unnest(@ids, @keys, @kinds, @targets, @payloads, @secrets, @alerts, @statuses, @errors, @times)
                  as m (id, key, kind, target, payload, secret, alert_id, status, last_error, created_at)
                on conflict (tenant_id, key) do nothing
                """,
                new
                {
                    ids = messages.Select(m => m.Id).ToArray(),
                    keys = messages.Select(m => m.Key).ToArray(),
                    kinds = messages.Select(m => EnumText<OutboxKind>.Text(m.Kind)).ToArray(),
                    targets = messages.Select(m => m.Target).ToArray(),
                    payloads = messages.Select(m => m.Payload).ToArray(),
                    secrets = messages.Select(m => m.Secret).ToArray(),
                    alerts = messages.Select(m => m.AlertId).ToArray(),
                    statuses = messages.Select(m => EnumText<OutboxStatus>.Text(m.Status)).ToArray(),
                    errors = messages.Select(m => m.LastError).ToArray(),
                    times = messages.Select(m => m.CreatedAt.UtcDateTime).ToArray(),
                }
            );

    public Task<IReadOnlyList<DueMessage>> DueAsync(
        DateTimeOffset now,
        int perTarget,
        int limit,
        CancellationToken ct
    ) =>
        // All mail goes the same way, so there a tenant is what takes turns.
        system.QueryAsync<DueMessage>(
            """
            select tenant_id, id, kind, target
            from (
              select tenant_id, id, kind, target, next_attempt_at,
                row_number() over (
                  partition by tenant_id, kind, case when kind = 'email' then '' else target end
                  order by next_attempt_at
                ) as turn
              from outbox
              where status = 'pending' and next_attempt_at <= @now
            ) due
            where turn <= @perTarget
            order by turn, next_attempt_at
            limit @limit
            """,
            new
            {
                now = now.UtcDateTime,
                perTarget,
                limit,
            },
            ct
        );

    public Task<OutboxMessage?> ClaimAsync(
        TenantId tenant,
        Guid id,
        DateTimeOffset now,
        DateTimeOffset until,
        CancellationToken ct
    ) =>
        db.FindAsync<OutboxMessage>(
            tenant,
            $"""
            update outbox
            set attempts = attempts + 1, next_attempt_at = @until
            where id = @id and status = 'pending' and next_attempt_at <= @now
            returning {Columns}
            """,
            new
            {
                id,
                now = now.UtcDateTime,
                until = until.UtcDateTime,
            },
            ct
        );

    public Task EndAttemptAsync(OutboxMessage message, CancellationToken ct) =>
        db.ExecuteAsync(
            message.TenantId,
            """
            update outbox
            set status = @status, next_attempt_at = @next, last_error = @LastError, sent_at = @sent
            where id = @Id and status = 'pending'
            """,
            new
            {
                message.Id,
                status = EnumText<OutboxStatus>.Text(message.Status),
                next = message.NextAttemptAt.UtcDateTime,
                message.LastError,
                sent = message.SentAt?.UtcDateTime,
            },
            ct
        );

    public async Task<OutboxBacklog> BacklogAsync(CancellationToken ct) =>
        // of all tenants: a number for the metrics, no tenant's data
        await system.FindAsync<OutboxBacklog>(
            """
            select count(tenant_id) as pending, min(created_at) as oldest
            from outbox
            where status = 'pending'
            """,
            null,
            ct
        ) ?? OutboxBacklog.Empty;

    public async Task<Page<OutboxMessage>> ListAsync(
        TenantId tenant,
        OutboxFilter filter,
        string? after,
        int limit,
        CancellationToken ct
    )
    {
        var (beforeTime, beforeId) = TimeKey.Parse(after);
        var rows = await db.QueryAsync<OutboxMessage>(
            tenant,
            $"""
            select {Columns}
            from outbox
            where (created_at, id) < (@beforeTime, @beforeId)
              and (@AlertId::uuid is null or alert_id = @AlertId)
              and (@status::text is null or status = @status)
            order by created_at desc, id desc
            limit @take
            """,
            new
            {
                beforeTime,
                beforeId,
                filter.AlertId,
                status = filter.Status is { } status ? EnumText<OutboxStatus>.Text(status) : null,
                take = limit + 1,
            },
            ct
        );
        return TimeKey.Page(rows, limit, m => (m.CreatedAt, m.Id));
    }

    public Task<int> SweepAsync(DateTimeOffset before, CancellationToken ct) =>
        system.ExecuteAsync(
            """
            delete from outbox
            where (tenant_id, id) in (
              select tenant_id, id from outbox where status <> 'pending' and created_at < @before limit 10000
            )
            """,
            new { before = before.UtcDateTime },
            ct
        );
}
