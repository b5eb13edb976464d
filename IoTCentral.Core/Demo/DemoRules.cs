using IoTCentral.Core.Access;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Simulation.Demo;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Demo;

/// <summary>The demo's three rules: each device's own limit with a hold time, silence, and an average over a window.</summary>
public sealed class DemoRules(RuleBook rules)
{
    private static readonly EmailAction TellManager = new()
    {
        To = ["{storeManagerEmail}"],
        Note = "Check the cabinet and move the goods if they are warm.",
        OnResolve = true,
    };

    /// <summary>Adds what is missing; what a person has changed stays.</summary>
    public async Task MakeAsync(Caller caller, CancellationToken ct)
    {
        var known = (await rules.ListAsync(caller, ct)).Select(r => r.Rule.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var rule in All(caller.Tenant).Where(r => !known.Contains(r.Id)))
            await rules.AddAsync(caller, rule, ct);
    }

    private static IEnumerable<Rule> All(TenantId tenant)
    {
        yield return Rule(
            tenant,
            "fridge-too-warm",
            "Fridge too warm",
            DemoContent.Refrigerator.Id,
            new()
            {
                Conditions =
                [
                    new TelemetryCondition
                    {
                        Name = "temperature",
                        Operator = RuleOperator.GreaterThan,
                        LimitProperty = "temperatureLimit",
                    },
                ],
                Hold = TimeSpan.FromMinutes(5),
                Hysteresis = 0.5,
                Severity = Severity.Critical,
                Actions = [TellManager],
            }
        );
        yield return Rule(
            tenant,
            "fridge-silent",
            "Fridge is silent",
            DemoContent.Refrigerator.Id,
            new() { Conditions = [new SilenceCondition { For = TimeSpan.FromMinutes(15) }], Actions = [TellManager] }
        );
        yield return Rule(
            tenant,
            "store-too-warm",
            "Store too warm for comfort",
            DemoContent.StoreMeter.Id,
            new()
            {
                Conditions =
                [
                    new TelemetryCondition
                    {
                        Name = "indoorTemperature",
                        Operator = RuleOperator.GreaterThan,
                        LimitProperty = "comfortLimit",
                        Aggregate = Aggregate.Average,
                    },
                ],
                Window = TimeSpan.FromMinutes(30),
                Severity = Severity.Information,
                Actions = [TellManager with { Note = "Is the air conditioning on?" }],
            }
        );
    }

    private static Rule Rule(TenantId tenant, string id, string name, string template, RuleDefinition definition) =>
        new()
        {
            TenantId = tenant,
            Id = id,
            Name = name,
            TemplateId = template,
            Definition = definition,
        };
}
