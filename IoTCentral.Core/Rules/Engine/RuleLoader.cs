using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Rules.Engine;

/// <summary>Where judging stands: what is new is brought up to here.</summary>
/// <param name="Position">Last message judged.</param>
/// <param name="Clock">How far timers have been run.</param>
/// <param name="ListeningSince">From here on silence counts.</param>
internal sealed record Standpoint(long Position, DateTimeOffset Clock, DateTimeOffset ListeningSince);

/// <summary>
/// Brings rules and devices from storage into memory and keeps them in step. What no longer concerns a device is handed
/// back as a write that ends it.
/// </summary>
internal sealed class RuleLoader(
    LiveRules live,
    ITenantStore tenants,
    IRuleStore rules,
    TemplateCatalog templates,
    IRuleDeviceSource devices,
    IRuleJournal journal,
    RuleMemory memory
)
{
    /// <summary>Reads an application's rules and devices again; pairs of rules that did not change stay as they are.</summary>
    public async Task<IReadOnlyList<RuleWrite>> LoadAsync(TenantId id, Standpoint at, CancellationToken ct)
    {
        var application = await tenants.FindAsync(id, ct);
        if (application is null || application.IsSuspended)
        {
            Forget(id);
            return [];
        }

        var listed = (await rules.ListAsync(id, ct)).Select(r => r.Rule).ToList();
        var page = await journal.LoadAsync(id, ct);
        var tenant = live.Tenants.GetValueOrDefault(id) ?? new LiveTenant(application);
        tenant.Application = application;
        tenant.Rules = await ReadRulesAsync(tenant, listed, ct);
        tenant.PropertyNames = LiveTenant.NamesIn(tenant.Rules.Values);
        if (tenant.Rules.Count == 0)
        {
            Forget(id);
            return Endings(tenant, page, listed, [], at);
        }

        live.Tenants[id] = tenant;
        var templateIds = tenant.Rules.Values.Select(r => r.Rule.TemplateId).Distinct().ToList();
        var facts = await devices.ListAsync(id, templateIds, tenant.PropertyNames, ct);
        var matched = Match(tenant, facts, tenant.Devices.Keys.Except(facts.Select(f => f.Key)).ToList(), at);
        await memory.PrimeAsync(id, matched.Fresh, at, ct);
        Restore(matched.Fresh, page);
        Begin(matched.Fresh, at);
        var living = tenant.Devices.Values.SelectMany(d => d.Pairs).Select(p => (p.Rule.Rule.Id, p.Device.Facts.Key));
        return
        [
            .. matched.Ended,
            .. Endings(tenant, page, listed, [.. living, .. matched.Ended.Select(e => (e.RuleId, e.DeviceKey))], at),
        ];
    }

    /// <summary>Reads these devices again, or for the first time.</summary>
    public async Task<IReadOnlyList<RuleWrite>> RefreshAsync(
        LiveTenant tenant,
        IReadOnlyCollection<long> keys,
        Standpoint at,
        CancellationToken ct
    )
    {
        var facts = await devices.FindAsync(tenant.Id, keys, tenant.PropertyNames, ct);
        var matched = Match(tenant, facts, keys.Except(facts.Select(f => f.Key)).ToList(), at);
        await memory.PrimeAsync(tenant.Id, matched.Fresh, at, ct);
        Begin(matched.Fresh, at);
        return matched.Ended;
    }

    /// <summary>The pair's stored state is another than ours: takes it over.</summary>
    public async Task AdoptAsync(RulePair pair, CancellationToken ct)
    {
        var key = pair.Device.Facts.Key;
        var state = await journal.FindStateAsync(pair.Tenant.Id, pair.Rule.Rule.Id, key, ct);
        pair.StoredVersion = state?.Version ?? 0;
        if (pair.AlertId != state?.AlertId)
            pair.AlertFacts = null;
        live.SetAlert(pair, state?.AlertId);
        pair.WrittenChanges = pair.Evaluator.Changes;
        pair.Evaluator.TakeTransitions();
        var phase = state?.Phase ?? RulePhase.Rest;
        var since = state?.Since ?? pair.Evaluator.Since;
        live.Do(pair, (phase, since), static (p, s) => p.Evaluator.Adopt(s.phase, s.since));
    }

    private async Task<Dictionary<string, LiveRule>> ReadRulesAsync(
        LiveTenant tenant,
        List<Rule> listed,
        CancellationToken ct
    )
    {
        var zone = ZoneOf(tenant.Application);
        var read = new Dictionary<string, LiveRule>(StringComparer.Ordinal);
        foreach (var rule in listed.Where(r => r.IsRunning))
        {
            var vocabulary = new RuleVocabulary(await templates.FindAsync(tenant.Id, rule.TemplateId, ct));
            var known = tenant.Rules.GetValueOrDefault(rule.Id);
            var isSame = known is { IsStopped: false } && known.Rule.Version == rule.Version && known.Zone.Equals(zone);
            if (isSame)
                known!.Vocabulary = vocabulary;
            if ((isSame ? known : TryMake(rule, vocabulary, zone)) is { } made)
                read[rule.Id] = made;
        }

        return read;
    }

    /// <summary>Null: the rule is none that can be judged, which its saving should have refused.</summary>
    private LiveRule? TryMake(Rule rule, RuleVocabulary vocabulary, TimeZoneInfo zone)
    {
        try
        {
            return new LiveRule(rule, vocabulary, zone);
        }
        catch (Exception e)
        {
            live.Failed.Add(new(rule, e));
            return null;
        }
    }

    private Matched Match(LiveTenant tenant, IReadOnlyList<DeviceFacts> facts, IReadOnlyList<long> gone, Standpoint at)
    {
        var matched = new Matched([], []);
        foreach (var fact in facts)
        {
            if (!tenant.Devices.TryGetValue(fact.Key, out var device))
                tenant.Devices[fact.Key] = device = new LiveDevice(fact);
            Match(tenant, device, fact, matched, at);
        }

        foreach (var key in gone)
        {
            if (!tenant.Devices.TryGetValue(key, out var device))
                // Remembered as one without rules, so that its messages ask no more.
                tenant.Devices[key] = device = new LiveDevice(Nobody(tenant.Id, key));
            Match(tenant, device, Nobody(tenant.Id, key), matched, at);
        }

        return matched;
    }

    private void Match(LiveTenant tenant, LiveDevice device, DeviceFacts fact, Matched matched, Standpoint at)
    {
        var before = device.Facts;
        device.Facts = fact;
        var pairs = new List<RulePair>();
        foreach (var rule in tenant.Rules.Values.Where(r => !r.IsStopped && r.Concerns(fact)))
        {
            if (Array.Find(device.Pairs, p => p.Rule == rule) is { } known)
            {
                Tell(known, before, fact, at.Clock);
                pairs.Add(known);
            }
            else if (live.TryPair(tenant, rule, device) is { } made)
            {
                matched.Fresh.Add(made);
                pairs.Add(made);
            }
        }

        foreach (var pair in device.Pairs.Except(pairs))
        {
            if (live.Remove(pair) is { } ending && tenant.Rules.ContainsValue(pair.Rule))
                matched.Ended.Add(ending with { Ended = [.. ending.Ended.Select(e => e with { At = at.Clock })] });
        }

        device.Pairs = [.. pairs];
    }

    private void Tell(RulePair pair, DeviceFacts before, DeviceFacts now, DateTimeOffset at)
    {
        if (!SameProperties(before.Properties, now.Properties))
            live.Do(pair, (now.Properties, at), static (p, c) => p.Evaluator.OnProperties(c.Properties, c.at));
        if (before.DisconnectedAt != now.DisconnectedAt)
            live.Do(pair, (now.DisconnectedAt, at), static (p, c) => p.Evaluator.OnConnection(c.DisconnectedAt, c.at));
    }

    private void Restore(IReadOnlyList<RulePair> fresh, JournalPage page)
    {
        var states = page.States.ToDictionary(s => (s.RuleId, s.DeviceKey));
        var alerts = page.Alerts.ToDictionary(a => (a.RuleId, a.DeviceKey));
        foreach (var pair in fresh)
        {
            var key = (pair.Rule.Rule.Id, pair.Device.Facts.Key);
            var alert = alerts.GetValueOrDefault(key);
            if (states.TryGetValue(key, out var state))
            {
                pair.StoredVersion = state.Version;
                live.SetAlert(pair, state.AlertId);
                live.Do(pair, state, static (p, s) => p.Evaluator.Restore(s.Phase, s.Since, s.Detail));
            }
            else if (alert is not null)
            {
                // An alert whose state was lost: it is open until the conditions say otherwise.
                live.SetAlert(pair, alert.Id);
                live.Do(pair, alert.OpenedAt, static (p, since) => p.Evaluator.Restore(RulePhase.Firing, since, []));
            }

            if (alert is not null)
                (pair.AlertFacts, pair.OpenedAt) = (alert.Facts, alert.OpenedAt);
        }
    }

    /// <summary>What is known when a rule begins is judged at once; after a restart that changes nothing.</summary>
    private void Begin(IReadOnlyList<RulePair> fresh, Standpoint at)
    {
        foreach (var pair in fresh)
        {
            pair.WrittenChanges = pair.Evaluator.Changes;
            pair.Evaluator.NotSilentBefore(at.ListeningSince);
            live.Do(
                pair,
                (pair.Device.Facts.Properties, at.Clock),
                static (p, c) => p.Evaluator.OnProperties(c.Properties, c.Clock)
            );
        }
    }

    /// <summary>Ends stored states and alerts that nothing goes on with.</summary>
    private static List<RuleWrite> Endings(
        LiveTenant tenant,
        JournalPage page,
        List<Rule> listed,
        HashSet<(string RuleId, long DeviceKey)> handled,
        Standpoint at
    )
    {
        // A rule that was set aside keeps its alerts as they are: nobody knows whether they still hold.
        var asleep = listed.Where(r => r.IsEnabled && !tenant.Rules.ContainsKey(r.Id)).Select(r => r.Id).ToHashSet();
        var alerts = page.Alerts.ToDictionary(a => (a.RuleId, a.DeviceKey), a => a.Id);
        var states = page.States.ToDictionary(s => (s.RuleId, s.DeviceKey), s => s.Version);
        return
        [
            .. states
                .Keys.Union(alerts.Keys)
                .Where(k => !handled.Contains(k) && !asleep.Contains(k.RuleId))
                .Select(k => new RuleWrite
                {
                    TenantId = tenant.Id,
                    RuleId = k.RuleId,
                    DeviceKey = k.DeviceKey,
                    ExpectedVersion = states.GetValueOrDefault(k),
                    Ended = alerts.TryGetValue(k, out var alert)
                        ? [new(alert, at.Clock, WhyEnded(tenant, k.RuleId), null)]
                        : [],
                }),
        ];
    }

    private static AlertEnd WhyEnded(LiveTenant tenant, string ruleId) =>
        tenant.Rules.ContainsKey(ruleId) ? AlertEnd.DeviceRemoved : AlertEnd.RuleChanged;

    private void Forget(TenantId id)
    {
        if (!live.Tenants.Remove(id, out var tenant))
            return;
        foreach (var pair in tenant.Devices.Values.SelectMany(d => d.Pairs))
            live.Remove(pair);
    }

    private static bool SameProperties(
        IReadOnlyDictionary<PropertyKey, string> a,
        IReadOnlyDictionary<PropertyKey, string> b
    ) => a.Count == b.Count && a.All(p => b.TryGetValue(p.Key, out var value) && value == p.Value);

    private static DeviceFacts Nobody(TenantId tenant, long key) =>
        new()
        {
            TenantId = tenant,
            Key = key,
            Id = "",
            Name = "",
        };

    internal static TimeZoneInfo ZoneOf(Application application) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(application.TimeZone, out var zone) ? zone : TimeZoneInfo.Utc;

    private sealed record Matched(List<RulePair> Fresh, List<RuleWrite> Ended);
}
