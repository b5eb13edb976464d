using IoTCentral.Core.Installation;
using IoTCentral.Core.Telemetry.Retention;
using IoTCentral.Data.Common;
using IoTCentral.Data.Telemetry.Chunks;

namespace IoTCentral.Data.Telemetry.Retention;

/// <summary>Which rows a rule is about: a condition on <c>c</c>, which names the tenant.</summary>
internal sealed record RetentionScope(string Condition, object Args);

/// <summary>
/// Deletes what is past its time: whole chunks and packs, application by application where it has rules or holds of its
/// own, and all the others at once.
/// </summary>
internal sealed class RetentionSweep(SystemDb db, RollupPass rollups, InstallationOptions options, TimeProvider time)
{
    // Points of a time long past or yet to come, as a wrong clock tells it, stay as long as others.
    private const string ChunksPast =
        $"c.written < @before::date and ({ChunkPlace.EndInSql} <= @before or c.start > @today)";
    private const string PacksPast = "c.written < @before::date and (c.last < @before or c.last > @today)";
    private const string RollupsPast = $"c.start + interval '{ChunkPlace.MonthInSql}' <= @before";
    private const string RejectedPast = "c.received < @before";

    private DateOnly Today => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    /// <summary>How many days of the log may be dropped although they are not sealed: as long as the longest rule; null: none.</summary>
    public async Task<int?> SweepAsync(CancellationToken ct)
    {
        var days = options.Storage.MessageLogDays;
        if (days <= 0)
            return null;
        var plans = await PlansAsync(ct);
        var special = plans.Select(p => p.Tenant).ToArray();
        var others = new RetentionScope("c.tenant_id <> all(@special)", new { special });
        await DeleteAsync(others, RetentionRule.Of(options.Storage), ct);
        foreach (var plan in plans.Where(p => !p.IsHeld))
        {
            foreach (var (scope, rule) in plan.Scopes())
                await DeleteAsync(scope, rule, ct);
        }
        return Longest(plans, days);
    }

    private async Task DeleteAsync(RetentionScope scope, RetentionRule rule, CancellationToken ct)
    {
        if (rule.PointDays is > 0 and var points)
        {
            if (rule.HasRollups)
                await rollups.RunAsync(scope, Today.AddDays(-points), ct);
            await DeleteAsync("chunk", ChunksPast, scope, points, ct);
        }
        if (rule.RollupDays is > 0 and var sums)
            await DeleteAsync("rollup", RollupsPast, scope, sums, ct);
        if (rule.MessageDays is not (> 0 and var messages))
            return;
        await DeleteAsync("message_pack", PacksPast, scope, messages, ct);
        await DeleteAsync("message_rejected", RejectedPast, scope, messages, ct);
    }

    private Task DeleteAsync(string table, string past, RetentionScope scope, int days, CancellationToken ct)
    {
        var args = new Dapper.DynamicParameters(scope.Args);
        args.Add("before", Today.AddDays(-days).ToDateTime(default, DateTimeKind.Utc));
        args.Add("today", Today.ToDateTime(default, DateTimeKind.Utc));
        return db.ExecuteAsync($"delete from {table} c where {past} and {scope.Condition}", args, ct);
    }

    private async Task<List<TenantPlan>> PlansAsync(CancellationToken ct)
    {
        var rules = await db.QueryAsync<RuleRow>(
            "select tenant_id, template_id, message_days, point_days, rollup_days from retention_rule",
            null,
            ct
        );
        var holds = await db.QueryAsync<HoldRow>("select tenant_id, device_key from legal_hold", null, ct);
        return
        [
            .. rules
                .Select(r => r.TenantId)
                .Concat(holds.Select(h => h.TenantId))
                .Distinct()
                .Select(t => new TenantPlan(
                    t,
                    RetentionRule.Of(options.Storage),
                    rules
                        .Where(r => r.TenantId == t)
                        .ToDictionary(
                            r => r.TemplateId,
                            r => new RetentionRule(r.MessageDays, r.PointDays, r.RollupDays)
                        ),
                    [.. holds.Where(h => h.TenantId == t).Select(h => h.DeviceKey)]
                )),
        ];
    }

    private static int? Longest(List<TenantPlan> plans, int days)
    {
        var longest = days;
        foreach (var plan in plans)
        {
            if (plan.HoldsAny)
                return null;
            foreach (var (_, rule) in plan.Scopes())
            {
                if (rule.MessageDays is not > 0 || rule.PointDays is not > 0)
                    return null;
                longest = Math.Max(longest, Math.Max(rule.MessageDays.Value, rule.PointDays.Value));
            }
        }
        return longest;
    }

    private sealed record TenantPlan(
        int Tenant,
        RetentionRule Installation,
        IReadOnlyDictionary<string, RetentionRule> Rules,
        IReadOnlyList<long?> Held
    )
    {
        public bool HoldsAny => Held.Count > 0;

        /// <summary>All of it.</summary>
        public bool IsHeld => Held.Contains(null);

        public IEnumerable<(RetentionScope Scope, RetentionRule Rule)> Scopes()
        {
            const string own = "c.tenant_id = @tenant and c.device_key <> all(@held)";
            const string devices = "select d.device_key from device d where d.tenant_id = @tenant and d.template_id";
            var held = Held.OfType<long>().ToArray();
            var general = Rules.GetValueOrDefault("", RetentionRule.None).Over(Installation);
            var templates = Rules.Keys.Where(t => t.Length > 0).ToArray();
            yield return (
                // devices that are deleted are of no template
                new(
                    $"{own} and c.device_key not in ({devices} = any(@templates))",
                    new
                    {
                        tenant = Tenant,
                        held,
                        templates,
                    }
                ),
                general
            );
            foreach (var template in templates)
                yield return (
                    new(
                        $"{own} and c.device_key in ({devices} = @template)",
                        new
                        {
                            tenant = Tenant,
                            held,
                            template,
                        }
                    ),
                    Rules[template].Over(general)
                );
        }
    }

    private sealed record RuleRow
    {
        public int TenantId { get; init; }
        public string TemplateId { get; init; } = "";
        public int? MessageDays { get; init; }
        public int? PointDays { get; init; }
        public int? RollupDays { get; init; }
    }

    private sealed record HoldRow
    {
        public int TenantId { get; init; }
        public long? DeviceKey { get; init; }
    }
}
