using IoTCentral.Core.Outbox;
using IoTCentral.Core.Rules.Notices;

namespace IoTCentral.Core.Rules.Engine;

/// <summary>Turns what evaluators decided into what is stored: states, alerts, and the notices that go out.</summary>
internal sealed class AlertScribe(LiveRules live, IRuleDeviceSource devices, AlertNotices notices)
{
    /// <summary>Pairs whose decisions cannot be put into words are missing; their rules are among the stopped.</summary>
    public async Task<IReadOnlyList<(RulePair Pair, RuleWrite Write)>> WriteAsync(
        IReadOnlyList<RulePair> pairs,
        CancellationToken ct
    )
    {
        if (pairs.Count == 0)
            return [];
        var drafts = new List<Draft>();
        foreach (var pair in pairs)
            live.Do(pair, drafts, (p, into) => into.Add(Take(p)));
        var details = await DetailsAsync(drafts, ct);
        var told = drafts
            .SelectMany(d => d.Notices)
            .Select(n => n with { Device = details.GetValueOrDefault(n.Alert.DeviceKey, n.Device) })
            .ToList();
        var messages = told.Count == 0 ? [] : await notices.ComposeAsync(told, ct);
        var byAlert = messages.ToLookup(m => m.AlertId);
        return [.. drafts.Select(d => (d.Pair, WithNotices(d, byAlert)))];
    }

    private static RuleWrite WithNotices(Draft draft, ILookup<Guid?, OutboxMessage> byAlert) =>
        draft.Notices.Count == 0
            ? draft.Write
            : draft.Write with
            {
                Notices = [.. draft.Notices.Select(n => n.Alert.Id).Distinct().SelectMany(id => byAlert[id])],
            };

    private async Task<Dictionary<long, DeviceDetail>> DetailsAsync(List<Draft> drafts, CancellationToken ct)
    {
        var details = new Dictionary<long, DeviceDetail>();
        foreach (var tenant in drafts.SelectMany(d => d.Notices).GroupBy(n => n.Application.TenantId))
        {
            var keys = tenant.Select(n => n.Alert.DeviceKey).Distinct().ToList();
            foreach (var (key, detail) in await devices.DetailsAsync(tenant.Key, keys, ct))
                details[key] = detail;
        }

        return details;
    }

    private Draft Take(RulePair pair)
    {
        var opened = new List<Alert>();
        var ended = new List<AlertEnding>();
        var told = new List<AlertNotice>();
        foreach (var transition in pair.Evaluator.TakeTransitions())
        {
            if (transition.IsOpen)
                Open(pair, transition, opened, told);
            else
                End(pair, transition, opened, ended, told);
        }

        // A muted rule that has been false once has nothing to do with that alert any more.
        if (pair.Evaluator.Phase is RulePhase.Rest or RulePhase.Holding)
            live.SetAlert(pair, null);
        pair.WrittenChanges = pair.Evaluator.Changes;
        return new(pair, Write(pair, opened, ended), told);
    }

    private void Open(RulePair pair, RuleTransition transition, List<Alert> opened, List<AlertNotice> told)
    {
        var (rule, device) = (pair.Rule.Rule, pair.Device.Facts);
        var alert = new Alert
        {
            TenantId = pair.Tenant.Id,
            Id = AlertIds.Of(pair.Tenant.Id, rule.Id, device.Key, transition.At),
            RuleId = rule.Id,
            RuleName = rule.Name,
            DeviceKey = device.Key,
            DeviceId = device.Id,
            DeviceName = device.Name,
            OrganizationId = device.OrganizationId,
            Severity = rule.Definition.Severity,
            OpenedAt = transition.At,
            Facts = FactWriter.Write(rule.Definition, pair.Rule.Vocabulary, transition.Observations),
        };
        live.SetAlert(pair, alert.Id);
        pair.AlertFacts = alert.Facts;
        pair.OpenedAt = alert.OpenedAt;
        opened.Add(alert);
        if (rule.Definition.Actions.Count > 0)
            told.Add(Notice(pair, alert, AlertMoment.Opened, transition));
    }

    private void End(
        RulePair pair,
        RuleTransition transition,
        List<Alert> opened,
        List<AlertEnding> ended,
        List<AlertNotice> told
    )
    {
        if (pair.AlertId is not { } id)
            return;
        var facts = pair.AlertFacts is null ? null : FactWriter.Update(pair.AlertFacts, transition.Observations);
        var at = opened.FindIndex(a => a.Id == id);
        if (at >= 0)
            opened[at] = opened[at] with
            {
                Status = AlertStatus.Resolved,
                ResolvedAt = transition.At,
                ResolvedBy = AlertEnd.Condition,
                Facts = facts ?? opened[at].Facts,
            };
        else
            ended.Add(new(id, transition.At, AlertEnd.Condition, facts));
        if (pair.Rule.Rule.Definition.Actions.Any(a => a.OnResolve))
            told.Add(Notice(pair, Ended(pair, id, transition, facts), AlertMoment.Resolved, transition));
        live.SetAlert(pair, null);
        pair.AlertFacts = null;
    }

    private static Alert Ended(RulePair pair, Guid id, RuleTransition transition, AlertFacts? facts)
    {
        var (rule, device) = (pair.Rule.Rule, pair.Device.Facts);
        return new()
        {
            TenantId = pair.Tenant.Id,
            Id = id,
            RuleId = rule.Id,
            RuleName = rule.Name,
            DeviceKey = device.Key,
            DeviceId = device.Id,
            DeviceName = device.Name,
            OrganizationId = device.OrganizationId,
            Severity = rule.Definition.Severity,
            Status = AlertStatus.Resolved,
            OpenedAt = pair.OpenedAt,
            ResolvedAt = transition.At,
            ResolvedBy = AlertEnd.Condition,
            Facts = facts ?? FactWriter.Write(rule.Definition, pair.Rule.Vocabulary, transition.Observations),
        };
    }

    private static AlertNotice Notice(RulePair pair, Alert alert, AlertMoment moment, RuleTransition transition) =>
        new()
        {
            Application = pair.Tenant.Application,
            Rule = pair.Rule.Rule,
            TemplateName = pair.Rule.Vocabulary.TemplateName,
            Alert = alert,
            Moment = moment,
            Message = transition.Message,
            Device = new() { Facts = pair.Device.Facts },
        };

    private static RuleWrite Write(RulePair pair, List<Alert> opened, List<AlertEnding> ended)
    {
        var evaluator = pair.Evaluator;
        var observations = evaluator.Phase == RulePhase.Rest ? [] : evaluator.Observe();
        var isOlderAlert = pair.AlertId is { } id && opened.All(a => a.Id != id);
        if (evaluator.Phase == RulePhase.Firing && pair.AlertFacts is { } facts)
            pair.AlertFacts = FactWriter.Update(facts, observations);
        return new()
        {
            TenantId = pair.Tenant.Id,
            RuleId = pair.Rule.Rule.Id,
            DeviceKey = pair.Device.Facts.Key,
            RuleVersion = pair.Rule.Rule.Version,
            ExpectedVersion = pair.StoredVersion,
            Phase = evaluator.Phase,
            Since = evaluator.Since,
            DueAt = evaluator.Due,
            AlertId = pair.AlertId,
            Detail =
            [
                .. observations.Select(o =>
                    o with
                    {
                        Value = FactWriter.Storable(o.Value),
                        Limit = FactWriter.Storable(o.Limit),
                    }
                ),
            ],
            Opened = opened,
            Ended = ended,
            Worsened = isOlderAlert && evaluator.Phase == RulePhase.Firing ? pair.AlertFacts : null,
        };
    }

    private sealed record Draft(RulePair Pair, RuleWrite Write, IReadOnlyList<AlertNotice> Notices);
}
