using IoTCentral.Core.Access;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Simulation.Demo;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Demo;

/// <summary>The alerts that the demo's rules would have raised in its past week, as the back-test finds them.</summary>
public sealed class DemoAlerts(RuleBook rules, BackTest backTest, IAlertStore alerts)
{
    public async Task MakeAsync(Application application, CancellationToken ct)
    {
        var caller = Caller.System(application.TenantId);
        foreach (var item in await rules.ListAsync(caller, ct))
        {
            var result = await backTest.RunAsync(
                caller,
                new BackTestQuery
                {
                    Rule = item.Rule,
                    From = application.CreatedAt - DemoContent.History,
                    To = application.CreatedAt,
                },
                ct
            );
            // One that is still open is for the live rule to find.
            var past = result.Episodes.Where(e => e.To is not null).Select(e => Alert(item.Rule, e));
            await alerts.AddPastAsync(application.TenantId, [.. past], ct);
        }
    }

    private static Alert Alert(Rule rule, BackTestEpisode episode) =>
        new()
        {
            TenantId = rule.TenantId,
            Id = AlertIds.Of(rule.TenantId, rule.Id, episode.DeviceKey, episode.From),
            RuleId = rule.Id,
            RuleName = rule.Name,
            DeviceKey = episode.DeviceKey,
            DeviceId = episode.DeviceId,
            DeviceName = episode.DeviceName,
            Severity = rule.Definition.Severity,
            Status = AlertStatus.Resolved,
            OpenedAt = episode.From,
            ResolvedAt = episode.To,
            ResolvedBy = AlertEnd.Condition,
            Facts = episode.Facts,
        };
}
