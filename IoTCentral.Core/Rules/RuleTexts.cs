using System.Globalization;
using System.Resources;
using IoTCentral.Core.Telemetry;

namespace IoTCentral.Core.Rules;

/// <summary>Words of rules, alerts and their mails, from <c>RuleTexts.resx</c>.</summary>
public sealed class RuleTexts(CultureInfo culture)
{
    private static readonly ResourceManager Resources = new(typeof(RuleTexts));

    public static RuleTexts English { get; } = new(CultureInfo.GetCultureInfo("en"));

    public CultureInfo Culture => culture;

    public string this[string name] => Resources.GetString(name, culture) ?? name;

    public string Format(string name, params ReadOnlySpan<object?> values) =>
        string.Format(culture, this[name], values);

    /// <summary>"10 min", "1 h 30 min".</summary>
    public string Duration(TimeSpan duration)
    {
        var parts = new List<string>(4);
        Add("Duration_Days", duration.Days);
        Add("Duration_Hours", duration.Hours);
        Add("Duration_Minutes", duration.Minutes);
        Add("Duration_Seconds", duration.Seconds);
        return parts.Count == 0 ? Format("Duration_Seconds", 0) : string.Join(' ', parts);

        void Add(string name, int count)
        {
            if (count > 0)
                parts.Add(Format(name, count));
        }
    }

    /// <summary>A value with its unit, as people read it.</summary>
    public string Value(RuleValue value, RuleTerm term) =>
        value.Kind switch
        {
            PointKind.Number => Number(value.Number, term),
            PointKind.Boolean => this[value.IsTrue ? "True" : "False"],
            _ => value.Text!,
        };

    private string Number(double number, RuleTerm term)
    {
        // Averages have endless digits; four after the point are more than any sensor means.
        var text = number.ToString(
            term.Decimals is { } decimals ? $"N{decimals}"
                : Math.Abs(number) < 1e12 ? "#,0.####"
                : "G6",
            culture
        );
        return term.Unit.Length == 0 ? text : $"{text} {term.Unit}";
    }
}
