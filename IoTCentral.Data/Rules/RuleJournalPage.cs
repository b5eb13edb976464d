using IoTCentral.Core.Rules;
using IoTCentral.Data.Common;
using IoTCentral.Data.Outbox;

namespace IoTCentral.Data.Rules;

/// <summary>One tenant's decisions, written set by set inside the engine's transaction.</summary>
internal static class RuleJournalPage
{
    /// <summary>
    /// First each write must win its state (nobody else has written it since it was read), then its effects are stored.
    /// Answers those that did not win.
    /// </summary>
    public static async Task<IReadOnlyList<RuleWrite>> WriteAsync(TenantTransaction t, IReadOnlyList<RuleWrite> writes)
    {
        var current = await LockRulesAsync(t, writes);
        var valid = writes
            .Where(w => w.RuleVersion is not { } version || current.GetValueOrDefault(w.RuleId) == version)
            .ToList();
        var won = new HashSet<(string, long, int, bool)>();
        await ClearAsync(t, [.. valid.Where(w => w is { Phase: RulePhase.Rest, ExpectedVersion: > 0 })], won);
        await ChangeAsync(t, [.. valid.Where(w => w is { Phase: not RulePhase.Rest, ExpectedVersion: > 0 })], won);
        await AddAsync(t, [.. valid.Where(w => w is { Phase: not RulePhase.Rest, ExpectedVersion: 0 })], won);
        var winners = valid
            .Where(w => w is { Phase: RulePhase.Rest, ExpectedVersion: 0 } || won.Contains(KeyOf(w)))
            .ToList();
        await EndAsync(t, [.. winners.SelectMany(w => w.Ended)]);
        await WorsenAsync(t, winners);
        var opened = winners.SelectMany(w => w.Opened).ToList();
        if (opened.Count > 0)
            await SupersedeAsync(t, opened);
        await InsertAsync(t, opened);
        await OutboxStore.AddAsync(t, [.. winners.SelectMany(w => w.Notices)]);
        return [.. writes.Except(winners, ReferenceEqualityComparer.Instance).Cast<RuleWrite>()];
    }

    private static (string, long, int, bool) KeyOf(RuleWrite w) =>
        (w.RuleId, w.DeviceKey, w.ExpectedVersion, w.Phase == RulePhase.Rest);

    // Whoever saves the rule waits for us, or we see what was saved.
    private static async Task<Dictionary<string, int>> LockRulesAsync(
        TenantTransaction t,
        IReadOnlyList<RuleWrite> writes
    )
    {
        var ids = writes.Where(w => w.RuleVersion is not null).Select(w => w.RuleId).Distinct().Order().ToArray();
        if (ids.Length == 0)
            return [];
        var rows = await t.QueryAsync<RuleVersionRow>(
            "select id, version from rule where id = any(@ids) and is_enabled order by id for share",
            new { ids }
        );
        return rows.ToDictionary(r => r.Id, r => r.Version);
    }

    private static async Task ClearAsync(
        TenantTransaction t,
        List<RuleWrite> writes,
        HashSet<(string, long, int, bool)> won
    )
    {
        if (writes.Count == 0)
            return;
        var rows = await t.QueryAsync<StateKeyRow>(
            """
            delete from rule_state s
            using unnest(@rules, @devices, @versions) as w (rule_id, device_key, version)
            where s.rule_id = w.rule_id and s.device_key = w.device_key and s.version = w.version
            returning s.rule_id, s.device_key, s.version
            """,
            Keys(writes)
        );
        won.UnionWith(rows.Select(r => (r.RuleId, r.DeviceKey, r.Version, true)));
    }

    private static async Task ChangeAsync(
        TenantTransaction t,
        List<RuleWrite> writes,
        HashSet<(string, long, int, bool)> won
    )
    {
        if (writes.Count == 0)
            return;
        var rows = await t.QueryAsync<StateKeyRow>(
            """
            update rule_state s
            set phase = w.phase, since = w.since, due_at = w.due_at, alert_id = w.alert_id, detail = w.detail::jsonb,
              version = s.version + 1
            from unnest(@rules, @devices, @versions, @phases, @since, @due, @alerts, @details)
              as w (rule_id, device_key, version, phase, since, due_at, alert_id, detail)
            where s.rule_id = w.rule_id and s.device_key = w.device_key and s.version = w.version
            returning s.rule_id, s.device_key, s.version - 1 as version
            """,
            States(writes)
        );
        won.UnionWith(rows.Select(r => (r.RuleId, r.DeviceKey, r.Version, false)));
    }

    private static async Task AddAsync(
        TenantTransaction t,
        List<RuleWrite> writes,
        HashSet<(string, long, int, bool)> won
    )
    {
        if (writes.Count == 0)
            return;
        var rows = await t.QueryAsync<StateKeyRow>(
            """
            insert into rule_state (rule_id, device_key, phase, since, due_at, alert_id, detail)
            select rule_id, device_key, phase, since, due_at, alert_id, detail::jsonb
            from unnest(@rules, @devices, @phases, @since, @due, @alerts, @details)
              as w (rule_id, device_key, phase, since, due_at, alert_id, detail)
            on conflict do nothing
            returning rule_id, device_key, 0 as version
            """,
            States(writes)
        );
        won.UnionWith(rows.Select(r => (r.RuleId, r.DeviceKey, r.Version, false)));
    }

    private static async Task EndAsync(TenantTransaction t, List<AlertEnding> endings)
    {
        if (endings.Count == 0)
            return;
        await t.ExecuteAsync(
            """
            with ended as (
              update alert a
              set status = 'resolved', resolved_at = e.at, resolved_by = e.ended_by,
                facts = coalesce(e.facts::jsonb, a.facts), version = a.version + 1
              from unnest(@ids, @ats, @bys, @facts) as e (id, at, ended_by, facts)
              where a.id = e.id and a.status <> 'resolved'
              returning a.id, a.resolved_at
            )
            insert into alert_event (alert_id, at, kind, actor_name)
            select id, resolved_at, 'resolved', '' from ended
            """,
            new
            {
                ids = endings.Select(e => e.AlertId).ToArray(),
                ats = endings.Select(e => e.At.UtcDateTime).ToArray(),
                bys = endings.Select(e => EnumText<AlertEnd>.Text(e.By)).ToArray(),
                facts = endings.Select(e => e.Facts is null ? null : Facts.Write(e.Facts)).ToArray(),
            }
        );
    }

    private static Task WorsenAsync(TenantTransaction t, List<RuleWrite> writes)
    {
        var worsened = writes.Where(w => w is { Worsened: not null, AlertId: not null }).ToList();
        return worsened.Count == 0
            ? Task.CompletedTask
            : t.ExecuteAsync(
                """
                update alert a
                set facts = w.facts::jsonb, version = a.version + 1
                from unnest(@ids, @facts) as w (id, facts)
                where a.id = w.id and a.status <> 'resolved'
                """,
                new
                {
                    ids = worsened.Select(w => w.AlertId!.Value).ToArray(),
                    facts = worsened.Select(w => Facts.Write(w.Worsened!)).ToArray(),
                }
            );
    }

    /// <summary>Alerts with the events that made them so; those that are known already stay as they are.</summary>
    public static async Task InsertAsync(TenantTransaction t, IReadOnlyList<Alert> alerts)
    {
        if (alerts.Count == 0)
            return;
        await t.ExecuteAsync(
            """
            with opened as (
              insert into alert (id, rule_id, rule_name, device_key, device_id, device_name, organization_id, severity,
                status, opened_at, resolved_at, resolved_by, facts)
              select id, rule_id, rule_name, device_key, device_id, device_name, organization_id, severity,
                status, opened_at, resolved_at, resolved_by, facts::jsonb
              from unnest(@ids, @ruleIds, @ruleNames, @deviceKeys, @deviceIds, @deviceNames, @organizations, @severities,
                @statuses, @openedAts, @resolvedAts, @resolvedBys, @facts)
                as a (id, rule_id, rule_name, device_key, device_id, device_name, organization_id, severity,
                  status, opened_at, resolved_at, resolved_by, facts)
              on conflict do nothing
              returning id, opened_at, resolved_at
            )
            insert into alert_event (alert_id, at, kind, actor_name)
            select id, opened_at, 'opened', '' from opened
            union all
            select id, resolved_at, 'resolved', '' from opened where resolved_at is not null
            """,
            new
            {
                ids = alerts.Select(a => a.Id).ToArray(),
                ruleIds = alerts.Select(a => a.RuleId).ToArray(),
                ruleNames = alerts.Select(a => a.RuleName).ToArray(),
                deviceKeys = alerts.Select(a => a.DeviceKey).ToArray(),
                deviceIds = alerts.Select(a => a.DeviceId).ToArray(),
                deviceNames = alerts.Select(a => a.DeviceName).ToArray(),
                organizations = alerts.Select(a => a.OrganizationId).ToArray(),
                severities = alerts.Select(a => EnumText<Severity>.Text(a.Severity)).ToArray(),
                statuses = alerts.Select(a => EnumText<AlertStatus>.Text(a.Status)).ToArray(),
                openedAts = alerts.Select(a => a.OpenedAt.UtcDateTime).ToArray(),
                resolvedAts = alerts.Select(a => a.ResolvedAt?.UtcDateTime).ToArray(),
                resolvedBys = alerts.Select(a => a.ResolvedBy is { } by ? EnumText<AlertEnd>.Text(by) : null).ToArray(),
                facts = alerts.Select(a => Facts.Write(a.Facts)).ToArray(),
            }
        );
    }

    /// <summary>A new episode ends what an older one has left open, whatever went wrong with it.</summary>
    private static Task SupersedeAsync(TenantTransaction t, List<Alert> alerts) =>
        t.ExecuteAsync(
            """
            update alert a
            set status = 'resolved', resolved_at = n.opened_at, resolved_by = 'condition', version = a.version + 1
            from unnest(@ids, @ruleIds, @deviceKeys, @openedAts) as n (id, rule_id, device_key, opened_at)
            where a.rule_id = n.rule_id and a.device_key = n.device_key and a.status <> 'resolved' and a.id <> n.id
            """,
            new
            {
                ids = alerts.Select(a => a.Id).ToArray(),
                ruleIds = alerts.Select(a => a.RuleId).ToArray(),
                deviceKeys = alerts.Select(a => a.DeviceKey).ToArray(),
                openedAts = alerts.Select(a => a.OpenedAt.UtcDateTime).ToArray(),
            }
        );

    private static object Keys(List<RuleWrite> writes) =>
        new
        {
            rules = writes.Select(w => w.RuleId).ToArray(),
            devices = writes.Select(w => w.DeviceKey).ToArray(),
            versions = writes.Select(w => w.ExpectedVersion).ToArray(),
        };

    private static object States(List<RuleWrite> writes) =>
        new
        {
            rules = writes.Select(w => w.RuleId).ToArray(),
            devices = writes.Select(w => w.DeviceKey).ToArray(),
            versions = writes.Select(w => w.ExpectedVersion).ToArray(),
            phases = writes.Select(w => EnumText<RulePhase>.Text(w.Phase)).ToArray(),
            since = writes.Select(w => w.Since.UtcDateTime).ToArray(),
            due = writes.Select(w => w.DueAt?.UtcDateTime).ToArray(),
            alerts = writes.Select(w => w.AlertId).ToArray(),
            details = writes.Select(w => Facts.Write(w.Detail)).ToArray(),
        };

    private sealed record RuleVersionRow
    {
        public required string Id { get; init; }
        public int Version { get; init; }
    }

    private sealed record StateKeyRow
    {
        public required string RuleId { get; init; }
        public long DeviceKey { get; init; }
        public int Version { get; init; }
    }
}
