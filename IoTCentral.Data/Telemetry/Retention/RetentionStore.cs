using IoTCentral.Core.Audit;
using IoTCentral.Core.Telemetry.Retention;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Telemetry.Retention;

internal sealed class RetentionStore(TenantDb db, TimeProvider time) : IRetentionStore
{
    public async Task<IReadOnlyDictionary<string, RetentionRule>> RulesAsync(TenantId tenant, CancellationToken ct) =>
        (
            await db.QueryAsync<RuleRow>(
                tenant,
                "select template_id, message_days, point_days, rollup_days from retention_rule",
                null,
                ct
            )
        ).ToDictionary(r => r.TemplateId, r => new RetentionRule(r.MessageDays, r.PointDays, r.RollupDays));

    public Task SaveAsync(
        TenantId tenant,
        string template,
        RetentionRule rule,
        AuditEntry audit,
        CancellationToken ct
    ) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                if (rule == RetentionRule.None)
                    await t.ExecuteAsync("delete from retention_rule where template_id = @template", new { template });
                else
                    await t.ExecuteAsync(
                        """
                        insert into retention_rule
                          (template_id, message_days, point_days, rollup_days, updated_at, updated_by)
                        values (@template, @MessageDays, @PointDays, @RollupDays, @at, @by)
                        on conflict (tenant_id, template_id) do update
                        set message_days = excluded.message_days, point_days = excluded.point_days,
                          rollup_days = excluded.rollup_days, updated_at = excluded.updated_at, updated_by = excluded.updated_by
                        """,
                        new
                        {
                            template,
                            rule.MessageDays,
                            rule.PointDays,
                            rule.RollupDays,
                            at = time.GetUtcNow().UtcDateTime,
                            by = audit.Actor.Name,
                        }
                    );
                await t.AuditAsync(audit);
            },
            ct
        );

    public async Task<IReadOnlyList<LegalHold>> HoldsAsync(TenantId tenant, CancellationToken ct) =>
        [
            .. (
                await db.QueryAsync<HoldRow>(
                    tenant,
                    "select id, device_id, reason, placed_at, placed_by from legal_hold order by placed_at desc, id desc",
                    null,
                    ct
                )
            ).Select(h => new LegalHold(h.Id, h.DeviceId, h.Reason, h.PlacedAt, h.PlacedBy)),
        ];

    public Task PlaceAsync(TenantId tenant, LegalHold hold, long? deviceKey, AuditEntry audit, CancellationToken ct) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                await t.ExecuteAsync(
                    """
                    insert into legal_hold (id, device_key, device_id, reason, placed_at, placed_by)
                    values (@Id, @deviceKey, @DeviceId, @Reason, @at, @PlacedBy)
                    """,
                    new
                    {
                        hold.Id,
                        deviceKey,
                        hold.DeviceId,
                        hold.Reason,
                        at = hold.PlacedAt.UtcDateTime,
                        hold.PlacedBy,
                    }
                );
                await t.AuditAsync(audit);
            },
            ct
        );

    public Task<bool> LiftAsync(TenantId tenant, Guid id, AuditEntry audit, CancellationToken ct) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                var lifted = await t.ExecuteAsync("delete from legal_hold where id = @id", new { id });
                if (lifted > 0)
                    await t.AuditAsync(audit);
                return lifted > 0;
            },
            ct
        );

    public async Task<StorageUse?> FindUseAsync(TenantId tenant, CancellationToken ct) =>
        await db.FindAsync<UseRow>(
            tenant,
            "select counted_at, messages, message_bytes, points, point_bytes, oldest_point from storage_use",
            null,
            ct
        )
            is { } row
            ? new(row.CountedAt, row.Messages, row.MessageBytes, row.Points, row.PointBytes, row.OldestPoint)
            : null;

    private sealed record RuleRow
    {
        public string TemplateId { get; init; } = "";
        public int? MessageDays { get; init; }
        public int? PointDays { get; init; }
        public int? RollupDays { get; init; }
    }

    private sealed record HoldRow
    {
        public Guid Id { get; init; }
        public string? DeviceId { get; init; }
        public string Reason { get; init; } = "";
        public DateTimeOffset PlacedAt { get; init; }
        public string PlacedBy { get; init; } = "";
    }

    private sealed record UseRow
    {
        public DateTimeOffset CountedAt { get; init; }
        public long Messages { get; init; }
        public long MessageBytes { get; init; }
        public long Points { get; init; }
        public long PointBytes { get; init; }
        public DateTimeOffset? OldestPoint { get; init; }
    }
}
