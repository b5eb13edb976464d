using System.Text.Json;
using IoTCentral.Core.Common;
using IoTCentral.Core.Outbox;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using IoTCentral.Data.Outbox;

namespace IoTCentral.Data.Rules;

internal sealed class AlertStore(TenantDb db) : IAlertStore
{
    private const string Columns = """
        tenant_id, id, rule_id, rule_name, device_key, device_id, device_name, organization_id, severity, status,
          opened_at, acknowledged_at, acknowledged_by, resolved_at, resolved_by, resolved_reason, facts::text as facts_json, version
        """;

    static AlertStore()
    {
        EnumText<AlertStatus>.Register();
        EnumText<AlertEnd>.Register();
        EnumText<Severity>.Register();
    }

    public async Task<Page<Alert>> ListAsync(
        TenantId tenant,
        AlertFilter filter,
        string? after,
        int limit,
        CancellationToken ct
    )
    {
        var (beforeTime, beforeId) = TimeKey.Parse(after);
        var rows = await db.QueryAsync<AlertRow>(
            tenant,
            $"""
            select {Columns}
            from alert
            where (opened_at, id) < (@beforeTime, @beforeId)
              and (@status::text is null or status = @status)
              and (not @OnlyUnresolved or status <> 'resolved')
              and (@severity::text is null or severity = @severity)
              and (@DeviceKey::bigint is null or device_key = @DeviceKey)
              and (@RuleId::text is null or rule_id = @RuleId)
              and (@from::timestamptz is null or opened_at >= @from)
              and (@to::timestamptz is null or opened_at < @to)
              and (@activeFrom::timestamptz is null or resolved_at is null or resolved_at >= @activeFrom)
            order by opened_at desc, id desc
            limit @take
            """,
            new
            {
                beforeTime,
                beforeId,
                status = filter.Status is { } status ? EnumText<AlertStatus>.Text(status) : null,
                filter.OnlyUnresolved,
                severity = filter.Severity is { } severity ? EnumText<Severity>.Text(severity) : null,
                filter.DeviceKey,
                filter.RuleId,
                from = filter.From?.UtcDateTime,
                to = filter.To?.UtcDateTime,
                activeFrom = filter.ActiveFrom?.UtcDateTime,
                take = limit + 1,
            },
            ct
        );
        var page = TimeKey.Page(rows, limit, r => (r.OpenedAt, r.Id));
        return new([.. page.Items.Select(r => r.ToAlert())], page.Next);
    }

    public Task<long> CountUnresolvedAsync(TenantId tenant, CancellationToken ct) =>
        db.FindAsync<long>(tenant, "select count(*) from alert where status <> 'resolved'", null, ct);

    public async Task<Alert?> FindAsync(TenantId tenant, Guid id, CancellationToken ct) =>
        (
            await db.FindAsync<AlertRow>(tenant, $"select {Columns} from alert where id = @id", new { id }, ct)
        )?.ToAlert();

    public Task<IReadOnlyList<AlertEvent>> EventsAsync(TenantId tenant, Guid id, CancellationToken ct) =>
        db.QueryAsync<AlertEvent>(
            tenant,
            "select id, at, kind, actor_name, note from alert_event where alert_id = @id order by at, id",
            new { id },
            ct
        );

    public Task AddPastAsync(TenantId tenant, IReadOnlyList<Alert> alerts, CancellationToken ct) =>
        db.TransactionAsync(tenant, t => RuleJournalPage.InsertAsync(t, alerts), ct);

    public Task<bool> AcknowledgeAsync(TenantId tenant, AlertAct act, CancellationToken ct) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                var was = await t.FindAsync<string>(
                    "select status from alert where id = @AlertId and status <> 'resolved' for update",
                    new { act.AlertId }
                );
                if (was is null)
                    return false;
                await t.ExecuteAsync(
                    """
                    update alert
                    set status = 'acknowledged', acknowledged_at = @at, acknowledged_by = @ActorName, version = version + 1
                    where id = @AlertId and status = 'open'
                    """,
                    Values(act)
                );
                await AddEventAsync(t, act, was == "open" ? "acknowledged" : "note");
                await t.AuditAsync(act.Audit);
                return true;
            },
            ct
        );

    public Task<bool> ResolveAsync(
        TenantId tenant,
        AlertAct act,
        IReadOnlyList<OutboxMessage> notices,
        CancellationToken ct
    ) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                // The state first, then the alert: the order in which the engine writes them.
                var stillTrue = await t.ExecuteAsync(
                    """
                    update rule_state s
                    set phase = 'muted', since = @at, due_at = null, version = s.version + 1
                    from alert a
                    where a.id = @AlertId and a.status <> 'resolved'
                      and s.rule_id = a.rule_id and s.device_key = a.device_key
                      and s.alert_id = a.id and s.phase = 'firing'
                    """,
                    Values(act)
                );
                if (stillTrue > 0 && act.Note.Trim().Length == 0)
                    throw new InvalidRequestException(
                        "alert.reason-needed",
                        [new Fault("note", "The alert's conditions are still true. Say why it is resolved.")]
                    );
                var resolved = await t.ExecuteAsync(
                    """
                    update alert
                    set status = 'resolved', resolved_at = @at, resolved_by = 'person', resolved_reason = @Note,
                      version = version + 1
                    where id = @AlertId and status <> 'resolved'
                    """,
                    Values(act)
                );
                if (resolved == 0)
                    return false;
                await AddEventAsync(t, act, "resolved");
                await OutboxStore.AddAsync(t, notices);
                await t.AuditAsync(act.Audit);
                return true;
            },
            ct
        );

    private static Task AddEventAsync(TenantTransaction t, AlertAct act, string kind) =>
        t.ExecuteAsync(
            """
            insert into alert_event (alert_id, at, kind, actor_name, note)
            values (@AlertId, @at, @kind, @ActorName, @Note)
            """,
            new
            {
                act.AlertId,
                at = act.At.UtcDateTime,
                kind,
                act.ActorName,
                act.Note,
            }
        );

    private static object Values(AlertAct act) =>
        new
        {
            act.AlertId,
            at = act.At.UtcDateTime,
            act.ActorName,
            act.Note,
        };
}

/// <summary>An alert as stored.</summary>
internal sealed record AlertRow
{
    public TenantId TenantId { get; init; }
    public Guid Id { get; init; }
    public required string RuleId { get; init; }
    public required string RuleName { get; init; }
    public long DeviceKey { get; init; }
    public required string DeviceId { get; init; }
    public required string DeviceName { get; init; }
    public int OrganizationId { get; init; }
    public Severity Severity { get; init; }
    public AlertStatus Status { get; init; }
    public DateTimeOffset OpenedAt { get; init; }
    public DateTimeOffset? AcknowledgedAt { get; init; }
    public string? AcknowledgedBy { get; init; }
    public DateTimeOffset? ResolvedAt { get; init; }
    public AlertEnd? ResolvedBy { get; init; }
    public string? ResolvedReason { get; init; }
    public required string FactsJson { get; init; }
    public int Version { get; init; }

    public Alert ToAlert() =>
        new()
        {
            TenantId = TenantId,
            Id = Id,
            RuleId = RuleId,
            RuleName = RuleName,
            DeviceKey = DeviceKey,
            DeviceId = DeviceId,
            DeviceName = DeviceName,
            OrganizationId = OrganizationId,
            Severity = Severity,
            Status = Status,
            OpenedAt = OpenedAt,
            AcknowledgedAt = AcknowledgedAt,
            AcknowledgedBy = AcknowledgedBy,
            ResolvedAt = ResolvedAt,
            ResolvedBy = ResolvedBy,
            ResolvedReason = ResolvedReason,
            Facts = Facts.Read(FactsJson),
            Version = Version,
        };
}

/// <summary>What alerts and states saw, as JSON.</summary>
internal static class Facts
{
    public static string Write(AlertFacts facts) => JsonSerializer.Serialize(facts, RuleJson.Options);

    public static AlertFacts Read(string json) =>
        JsonSerializer.Deserialize<AlertFacts>(json, RuleJson.Options) ?? new AlertFacts();

    public static string Write(IReadOnlyList<Observation> detail) => JsonSerializer.Serialize(detail, RuleJson.Options);

    public static IReadOnlyList<Observation> ReadDetail(string json) =>
        JsonSerializer.Deserialize<List<Observation>>(json, RuleJson.Options) ?? [];
}
