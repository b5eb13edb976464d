using System.Globalization;
using IoTCentral.Core.Common;
using IoTCentral.Core.Templates;

namespace IoTCentral.Web.Features.Templates.Page;

/// <summary>One value of a choice (DTDL: enum) in a form.</summary>
public sealed class ChoiceRow(EnumValue? given)
{
    public string Value { get; set; } = given?.Value ?? "";
    public string Label { get; set; } = given?.Label ?? "";

    /// <summary>The shape; the one given when nothing about it changed.</summary>
    public static EnumSchema Schema(EnumSchema? before, IReadOnlyList<ChoiceRow> rows, bool isText)
    {
        var values = rows.Select((r, i) => r.ToValue(i)).ToList();
        return before is not null && before.IsText == isText && before.Values.SequenceEqual(values)
            ? before
            : (before ?? new EnumSchema([], isText)) with
            {
                Values = values,
                IsText = isText,
            };
    }

    public static IEnumerable<Fault> Check(IReadOnlyList<ChoiceRow> rows, bool isText)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            var value = rows[i].Value.Trim();
            if (value.Length == 0)
                yield return new Fault($"values[{i}]", "What does the device send for it?");
            else if (
                !isText && !int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            )
                yield return new Fault($"values[{i}]", "The device sends whole numbers for these choices, such as 1.");
            else if (rows.Take(i).Any(r => r.Value.Trim() == value))
                yield return new Fault($"values[{i}]", $"'{value}' is there twice.");
        }
    }

    private EnumValue ToValue(int index)
    {
        var (value, label) = (Value.Trim(), Label.Trim());
        if (given is null)
        {
            var name = Names.Capability(label, $"value{(index + 1).ToString(CultureInfo.InvariantCulture)}");
            return new EnumValue(name, value) { DisplayName = label.Length == 0 ? null : new LocalizedText(label) };
        }

        var same = given.Value == value ? given : given with { Value = value };
        return label == given.Label
            ? same
            : same with
            {
                DisplayName = label.Length == 0 ? null : given.DisplayName?.Reword(label) ?? new LocalizedText(label),
            };
    }
}
