using System.Text.RegularExpressions;
using IoTCentral.Core.Common;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Rules;

/// <summary>Finds every fault of a rule, each with its path, before anything is stored.</summary>
public static partial class RuleCheck
{
    public const int MaxName = 148;

    // A rule is read by people: twenty conditions are already a page.
    public const int MaxConditions = 20;
    public const int MaxActions = 20;
    public const int MaxRecipients = 20;

    /// <summary>Months of silence are no alarm any more.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromDays(30);

    /// <summary>Windows that fill an hour or a day evenly, so that they begin at the same clock times every day.</summary>
    public static IReadOnlyList<TimeSpan> Windows { get; } =
    [
        .. new[] { 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30 }.Select(m => TimeSpan.FromMinutes(m)),
        .. new[] { 1, 2, 3, 4, 6, 8, 12, 24 }.Select(h => TimeSpan.FromHours(h)),
    ];

    /// <param name="vocabulary">Null: what the template has is not checked.</param>
    public static IReadOnlyList<Fault> Faults(Rule rule, RuleVocabulary? vocabulary)
    {
        var faults = new List<Fault>();
        if (!Ids().IsMatch(rule.Id))
            faults.Add(new("id", "An id has 1 to 64 letters, digits, '-' or '_'."));
        if (rule.Name.Trim().Length is 0 or > MaxName)
            faults.Add(new("name", $"A name of 1 to {MaxName} characters is needed."));
        if (rule.TemplateId.Length == 0)
            faults.Add(new("templateId", "Choose the device template the rule is for."));
        Conditions(rule.Definition, vocabulary, faults);
        Times(rule.Definition, faults);
        for (var i = 0; i < rule.Definition.Filter.Count; i++)
            Filter(rule.Definition.Filter[i], $"filter[{i}]", vocabulary, faults);
        Actions(rule.Definition, vocabulary, faults);
        return faults;
    }

    private static void Conditions(RuleDefinition definition, RuleVocabulary? vocabulary, List<Fault> faults)
    {
        if (definition.Conditions.Count is 0 or > MaxConditions)
            faults.Add(new("conditions", $"A rule needs 1 to {MaxConditions} conditions."));
        for (var i = 0; i < definition.Conditions.Count; i++)
        {
            var path = $"conditions[{i}]";
            switch (definition.Conditions[i])
            {
                case ValueCondition value:
                    Value(value, path, vocabulary, faults);
                    break;
                case SilenceCondition silence:
                    Wait(silence.For, path, faults);
                    break;
                case DisconnectedCondition gone:
                    Wait(gone.For, path, faults);
                    break;
                default:
                    faults.Add(new(path, "Choose a condition."));
                    break;
            }
        }
    }

    private static void Wait(TimeSpan wait, string path, List<Fault> faults)
    {
        if (wait < TimeSpan.FromMinutes(1) || wait > MaxWait)
            faults.Add(new($"{path}.for", "Choose 1 minute to 30 days."));
    }

    private static void Value(ValueCondition condition, string path, RuleVocabulary? vocabulary, List<Fault> faults)
    {
        if (condition.Name.Length == 0)
        {
            faults.Add(new($"{path}.name", "Choose what the condition looks at."));
            return;
        }

        if (condition.Operator == RuleOperator.Any)
        {
            if (condition is not TelemetryCondition { Aggregate: null })
                faults.Add(new($"{path}.operator", "Only telemetry can happen; compare a property or an aggregate."));
            return;
        }

        var kind = ValueKind(condition, path, vocabulary, faults);
        Limit(condition, kind, path, vocabulary, faults);
        if (kind is { } known && !Fits(condition.Operator, known))
            faults.Add(
                new(
                    $"{path}.operator",
                    known == PointKind.Number ? "Numbers are compared by above, below, at least, at most, is or is not."
                        : known == PointKind.Boolean ? "True and false are compared by is or is not."
                        : "Texts are compared by is, is not or contains."
                )
            );
    }

    /// <summary>What kind of value the condition judges; null: not known.</summary>
    private static PointKind? ValueKind(
        ValueCondition condition,
        string path,
        RuleVocabulary? vocabulary,
        List<Fault> faults
    )
    {
        var term = vocabulary?.Find(condition);
        if (vocabulary is not null && term is null)
            faults.Add(new($"{path}.name", $"The template has no such value: '{condition.Name}'."));
        if (condition is not TelemetryCondition { Aggregate: { } aggregate })
            return term?.Kind ?? condition.Value?.Kind;
        if (aggregate > Aggregate.Count)
            faults.Add(new($"{path}.aggregate", "Choose average, minimum, maximum, sum or count."));
        else if (aggregate != Aggregate.Count && term?.Kind is PointKind.Text or PointKind.Location)
            faults.Add(new($"{path}.aggregate", "Texts and places can only be counted."));
        return PointKind.Number;
    }

    private static void Limit(
        ValueCondition condition,
        PointKind? kind,
        string path,
        RuleVocabulary? vocabulary,
        List<Fault> faults
    )
    {
        if (condition.LimitKey is { } key)
        {
            if (condition.Value is not null)
                faults.Add(new($"{path}.value", "Give a value or a cloud property, not both."));
            if (vocabulary is null)
                return;
            if (vocabulary.Find(key) is not { } limit)
                faults.Add(new($"{path}.limitProperty", $"The template has no cloud property '{key.Name}'."));
            else if (limit.Kind is { } limitKind && kind is { } known && limitKind != known)
                faults.Add(new($"{path}.limitProperty", "The cloud property is of another type than the value."));
            return;
        }

        if (condition.Value is not { } value)
            faults.Add(new($"{path}.value", "Give the value to compare with, or choose a cloud property."));
        else if (kind is { } known && known != value.Kind)
            faults.Add(
                new(
                    $"{path}.value",
                    known switch
                    {
                        PointKind.Number => "This must be a number.",
                        PointKind.Boolean => "This must be true or false.",
                        PointKind.Text => "This must be a text.",
                        _ => "A place cannot be compared; choose its lat, lon or alt.",
                    }
                )
            );
    }

    internal static bool Fits(RuleOperator op, PointKind kind) =>
        kind switch
        {
            PointKind.Number => op is not (RuleOperator.Contains or RuleOperator.Any),
            PointKind.Text => op is RuleOperator.Equal or RuleOperator.NotEqual or RuleOperator.Contains,
            PointKind.Boolean => op is RuleOperator.Equal or RuleOperator.NotEqual,
            _ => false,
        };

    private static void Times(RuleDefinition definition, List<Fault> faults)
    {
        var hasAggregate = definition.Conditions.Any(c => c is TelemetryCondition { Aggregate: not null });
        if (hasAggregate && (definition.Window is not { } window || !Windows.Contains(window)))
            faults.Add(
                new(
                    "window",
                    "Choose a window of 1, 2, 3, 4, 5, 6, 10, 12, 15, 20 or 30 minutes, or of 1, 2, 3, 4, 6, 8, 12 or 24 hours."
                )
            );
        if (!hasAggregate && definition.Window is not null)
            faults.Add(new("window", "A window needs a condition with an aggregate."));
        if (definition.Hold < TimeSpan.Zero || definition.Hold > TimeSpan.FromDays(7))
            faults.Add(new("hold", "Choose a hold time of 0 seconds to 7 days."));
        if (
            definition.Hold > TimeSpan.Zero
            && definition.Conditions.Any(c => c is ValueCondition { Operator: RuleOperator.Any })
        )
            faults.Add(new("hold", "An event has no duration: leave the hold time at 0."));
        if (!double.IsFinite(definition.Hysteresis) || definition.Hysteresis < 0)
            faults.Add(new("hysteresis", "The hysteresis is a number of 0 or more."));
    }

    private static void Filter(PropertyFilter filter, string path, RuleVocabulary? vocabulary, List<Fault> faults)
    {
        if (filter.Name.Length == 0)
            faults.Add(new($"{path}.name", "Choose a property."));
        else if (vocabulary is not null && vocabulary.Find(filter.Property) is null)
            faults.Add(new($"{path}.name", $"The template has no such property: '{filter.Name}'."));
        else if (vocabulary?.Find(filter.Property)?.Kind is { } kind && kind != filter.Value.Kind)
            faults.Add(new($"{path}.value", "The value is of another type than the property."));
        if (!Fits(filter.Operator, filter.Value.Kind))
            faults.Add(new($"{path}.operator", "This comparison does not fit the value."));
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Ids();
}
