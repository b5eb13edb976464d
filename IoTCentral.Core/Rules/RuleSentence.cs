using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Rules;

/// <summary>A rule in plain words: "For Refrigerator where kind is dairy, when temperature is above 7 °C and stays so for 10 min."</summary>
public sealed class RuleSentence(RuleVocabulary vocabulary, RuleTexts texts)
{
    public string Of(RuleDefinition definition)
    {
        var word = texts[definition.Match == RuleMatch.All ? "And" : "Or"];
        var conditions = string.Join(word, definition.Conditions.Select(c => Condition(c, definition)));
        var hold = definition.Hold > TimeSpan.Zero ? texts.Format("Hold", texts.Duration(definition.Hold)) : "";
        return texts.Format("Sentence", Subject(definition), conditions, hold);
    }

    /// <summary>One condition, e.g. "average temperature over 5 min is above its own maxTemperature".</summary>
    public string Condition(Condition condition, RuleDefinition definition) =>
        condition switch
        {
            SilenceCondition silence => texts.Format("Silence", texts.Duration(silence.For)),
            DisconnectedCondition gone => texts.Format("Disconnected", texts.Duration(gone.For)),
            ValueCondition { Operator: RuleOperator.Any } any => texts.Format("Operator_Any", Signal(any, definition)),
            ValueCondition value => texts.Format($"Operator_{value.Operator}", Signal(value, definition), Limit(value)),
            _ => "",
        };

    /// <summary>What is looked at, with its aggregate: "average temperature over 5 min".</summary>
    public string Signal(ValueCondition condition, RuleDefinition definition)
    {
        var label = vocabulary.Of(condition).Label;
        return condition is TelemetryCondition { Aggregate: { } aggregate }
            ? texts.Format($"Aggregate_{aggregate}", label, texts.Duration(definition.Window ?? TimeSpan.Zero))
            : label;
    }

    private string Limit(ValueCondition condition)
    {
        if (condition.LimitKey is { } key)
            return texts.Format("OwnLimit", vocabulary.Of(key).Label);
        return condition.Value is { } value ? texts.Value(value, TermOf(condition)) : "…";
    }

    /// <summary>How values of this condition are written; a count has no unit.</summary>
    public RuleTerm TermOf(ValueCondition condition) =>
        condition is TelemetryCondition { Aggregate: Aggregate.Count }
            ? RuleTerm.Plain(condition.Name)
            : vocabulary.Of(condition);

    private string Subject(RuleDefinition definition)
    {
        var template = vocabulary.TemplateName.Length > 0 ? vocabulary.TemplateName : texts["AnyDevice"];
        if (definition.Filter.Count == 0)
            return texts.Format("Subject", template);
        var filters = string.Join(texts["And"], definition.Filter.Select(Filter));
        return texts.Format("SubjectWhere", template, filters);
    }

    private string Filter(PropertyFilter filter)
    {
        var term = vocabulary.Of(filter.Property);
        return texts.Format($"Operator_{filter.Operator}", term.Label, texts.Value(filter.Value, term));
    }
}
