using System.Globalization;
using Microsoft.Extensions.Localization;

namespace IoTCentral.Web.Ui.Times;

/// <summary>A range in words: "Last 12 hours", "Live, 15 minutes", "1 Jul 12:00 – 2 Jul 12:00".</summary>
public sealed class TimeRangeWords(IStringLocalizer<UiTexts> texts, ViewerZone zone)
{
    public string Of(TimeRange range)
    {
        if (range.Window is { } window)
            return texts[range.IsLive ? "RangeLive" : "RangeLast", Span(window)];
        var (from, to) = (zone.Local(range.From!.Value), zone.Local(range.To!.Value));
        var end = from.Date == to.Date ? "HH:mm" : "d MMM HH:mm";
        return $"{from.ToString("d MMM HH:mm", CultureInfo.CurrentCulture)} – {to.ToString(end, CultureInfo.CurrentCulture)}";
    }

    private string Span(TimeSpan span) =>
        span switch
        {
            { TotalDays: >= 2 } => texts["Days", span.TotalDays],
            { TotalDays: 1 } => texts["Hours", 24],
            { TotalHours: 1 } => texts["OneHour"],
            { TotalHours: > 1 } => texts["Hours", span.TotalHours],
            { TotalMinutes: >= 1 } => texts["Minutes", span.TotalMinutes],
            _ => texts["Seconds", span.TotalSeconds],
        };
}
