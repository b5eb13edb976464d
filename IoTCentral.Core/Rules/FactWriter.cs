using IoTCentral.Core.Telemetry;

namespace IoTCentral.Core.Rules;

/// <summary>Puts what the evaluator saw into words and units that outlive the rule.</summary>
internal static class FactWriter
{
    // A telemetry text may be a quarter of a megabyte; an alert shows its beginning.
    private const int MaxText = 500;

    public static AlertFacts Write(
        RuleDefinition definition,
        RuleVocabulary vocabulary,
        IReadOnlyList<Observation> observations
    )
    {
        var sentence = new RuleSentence(vocabulary, RuleTexts.English);
        return new()
        {
            Sentence = Storable(sentence.Of(definition)),
            Conditions =
            [
                .. definition.Conditions.Select(
                    (c, i) => Fact(c, definition, sentence, observations.FirstOrDefault(o => o.Condition == i))
                ),
            ],
        };
    }

    /// <summary>The newer values in the older words.</summary>
    public static AlertFacts Update(AlertFacts facts, IReadOnlyList<Observation> observations) =>
        facts with
        {
            Conditions =
            [
                .. facts.Conditions.Select(
                    (f, i) =>
                        observations.FirstOrDefault(o => o.Condition == i) is { } seen
                            ? f with
                            {
                                Worst = Finite(seen.Worst) ?? f.Worst,
                            }
                            : f
                ),
            ],
        };

    private static AlertFact Fact(
        Condition condition,
        RuleDefinition definition,
        RuleSentence sentence,
        Observation? seen
    )
    {
        var fact = new AlertFact
        {
            Text = Storable(sentence.Condition(condition, definition)),
            IsTrue = seen?.IsTrue ?? false,
            Value = Storable(seen?.Value),
            Limit = Storable(seen?.Limit),
            Worst = Finite(seen?.Worst),
            At = seen?.At,
        };
        if (condition is not ValueCondition value)
            return fact;
        var term = sentence.TermOf(value);
        return fact with
        {
            Label = sentence.Signal(value, definition),
            Component = value is TelemetryCondition ? value.Component : null,
            Name = value is TelemetryCondition ? value.Name : null,
            Unit = term.Unit,
            Decimals = term.Decimals,
        };
    }

    internal static RuleValue? Storable(RuleValue? value) =>
        value is { Kind: PointKind.Text, Text: { } text } ? RuleValue.Of(Storable(text))
        : value is { Kind: PointKind.Number } number && !double.IsFinite(number.Number) ? null
        : value;

    // jsonb refuses U+0000
    internal static string Storable(string text)
    {
        var shortened =
            text.Length <= MaxText
                ? text
                : text[..(char.IsHighSurrogate(text[MaxText - 1]) ? MaxText - 1 : MaxText)] + "…";
        return shortened.Replace('\0', '\uFFFD');
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
