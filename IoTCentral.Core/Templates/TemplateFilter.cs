using IoTCentral.Core.Common;

namespace IoTCentral.Core.Templates;

/// <summary>What a template is asked about in a condition.</summary>
public enum TemplateField
{
    Id,
    DisplayName,
}

/// <summary>Conditions on templates, judged in memory: an application has some dozens.</summary>
public static class TemplateFilter
{
    public static bool Holds(this FieldCondition<TemplateField> condition, TemplateListItem template) =>
        condition switch
        {
            FieldCondition<TemplateField>.Both both => both.Left.Holds(template) && both.Right.Holds(template),
            FieldCondition<TemplateField>.Any any => any.Left.Holds(template) || any.Right.Holds(template),
            FieldCondition<TemplateField>.IndexOf of => Holds(
                of.Comparison,
                TextOf(template, of.Field).IndexOf(of.Text, StringComparison.Ordinal).CompareTo(of.Place)
            ),
            FieldCondition<TemplateField>.Compare { Value: string text } c => Holds(
                c.Comparison,
                string.CompareOrdinal(TextOf(template, c.Field), text)
            ),
            // each template has an id and a name
            FieldCondition<TemplateField>.Compare c => c.Comparison == Comparison.NotEqual,
            _ => throw new ArgumentOutOfRangeException(nameof(condition)),
        };

    private static string TextOf(TemplateListItem template, TemplateField field) =>
        field == TemplateField.Id ? template.Id : template.DisplayName;

    private static bool Holds(Comparison comparison, int order) =>
        comparison switch
        {
            Comparison.Equal => order == 0,
            Comparison.NotEqual => order != 0,
            Comparison.Less => order < 0,
            Comparison.LessOrEqual => order <= 0,
            Comparison.Greater => order > 0,
            _ => order >= 0,
        };
}
