using System.Globalization;
using IoTCentral.Core.Rules;
using IoTCentral.Web.Ui;
using Microsoft.Extensions.Localization;

namespace IoTCentral.Web.Features.Alerts;

/// <summary>How alerts are shown.</summary>
internal static class AlertWords
{
    public static Tone ToneOf(Alert alert) =>
        alert.Status switch
        {
            AlertStatus.Resolved => Tone.Neutral,
            AlertStatus.Acknowledged => Tone.Accent,
            _ => ToneOf(alert.Severity),
        };

    public static Tone ToneOf(Severity severity) =>
        severity switch
        {
            Severity.Critical => Tone.Critical,
            Severity.Warning => Tone.Warning,
            _ => Tone.Accent,
        };

    /// <summary>"Temperature 8.7 °C, limit 7 °C", or the condition in words when it has no number.</summary>
    public static string Seen(Alert alert, IStringLocalizer<AlertTexts> texts) =>
        alert.Facts.Main switch
        {
            { Worst: { } worst, Limit: { } limit } fact => texts[
                "SeenWithLimit",
                fact.Label,
                Figures.WithUnit(worst, fact.Unit, fact.Decimals),
                Figures.WithUnit(limit.Number, fact.Unit, fact.Decimals)
            ],
            { Text: { Length: > 0 } text } => char.ToUpper(text[0], CultureInfo.CurrentCulture) + text[1..],
            _ => alert.Facts.Sentence,
        };

    public static TimeSpan Rounded(TimeSpan length) =>
        TimeSpan.FromMinutes(Math.Max(1, Math.Round(length.TotalMinutes)));
}
