using System.Globalization;
using System.Net;
using System.Text;
using IoTCentral.Core.Outbox;
using IoTCentral.Core.Telemetry;

namespace IoTCentral.Core.Rules.Notices;

/// <summary>Writes the mail of an alert, the same words as HTML and as plain text.</summary>
internal sealed class AlertMail(RuleTexts texts)
{
    // Mail readers know tables and inline styles, little else. No picture, nothing from elsewhere.
    private const string Page = """
        <!DOCTYPE html>
        <html lang="{language}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>{subject}</title></head>
        <body style="margin:0;padding:24px;font-family:Segoe UI,Helvetica,Arial,sans-serif;font-size:15px;line-height:1.5">
        <table role="presentation" style="max-width:600px;width:100%;border-collapse:collapse">
        <tr><td style="border-left:4px solid {color};padding:2px 0 2px 14px">
        <div style="font-size:13px">{kicker}</div>
        <div style="font-size:21px;font-weight:600">{rule}</div>
        <div>{device}</div>
        </td></tr></table>
        <table style="max-width:600px;width:100%;border-collapse:collapse;margin:18px 0">
        """;

    private const string Row = """
        <tr><th scope="row" style="text-align:left;font-weight:400;padding:4px 16px 4px 0;vertical-align:top;white-space:nowrap">{label}</th><td style="padding:4px 0;font-weight:600">{value}</td></tr>

        """;

    private const string NoteBlock = """
        <p style="white-space:pre-line;margin:18px 0">{note}</p>

        """;

    private const string End = """
        <p style="margin:18px 0"><a href="{link}">{linkText}</a></p>
        <p style="font-size:13px;margin:18px 0 0">{sentence}<br>{footer}</p>
        </body></html>
        """;

    private static readonly Func<string, string> Encode = value => WebUtility.HtmlEncode(value);

    public MailContent Write(AlertNotice notice, EmailAction action, string link, TimeZoneInfo zone)
    {
        var values = Values(notice, action, link);
        var rows = Rows(notice.Alert, zone).ToList();
        values["subject"] = Subject(values, notice);
        return new(values["subject"], Text(values, rows), Html(values, rows));
    }

    private string Html(Dictionary<string, string> values, List<(string Label, string Value)> rows)
    {
        var html = new StringBuilder();
        html.Append(MailTemplate.Fill(Page, values, Encode)).Append('\n');
        foreach (var (label, value) in rows)
            html.Append(MailTemplate.Fill(Row, Pair(label, value), Encode));
        html.Append("</table>\n");
        if (values["note"].Length > 0)
            html.Append(MailTemplate.Fill(NoteBlock, values, Encode));
        return html.Append(MailTemplate.Fill(End, values, Encode)).ToString();
    }

    private static Dictionary<string, string> Pair(string label, string value) =>
        new(StringComparer.Ordinal) { ["label"] = label, ["value"] = value };

    private static string Text(Dictionary<string, string> values, List<(string Label, string Value)> rows)
    {
        var text = new StringBuilder();
        text.Append(MailTemplate.Fill("{kicker}\n{rule}\n{device}\n\n", values, v => v));
        foreach (var (label, value) in rows)
            text.Append(CultureInfo.InvariantCulture, $"{label}: {value}\n");
        if (values["note"].Length > 0)
            text.Append(MailTemplate.Fill("\n{note}\n", values, v => v));
        return text.Append(MailTemplate.Fill("\n{link}\n\n{sentence}\n{footer}\n", values, v => v)).ToString();
    }

    private Dictionary<string, string> Values(AlertNotice notice, EmailAction action, string link)
    {
        var alert = notice.Alert;
        var isOpen = notice.Moment == AlertMoment.Opened;
        return new(StringComparer.Ordinal)
        {
            ["language"] = texts.Culture.TwoLetterISOLanguageName,
            ["color"] =
                !isOpen ? "#12805c"
                : alert.Severity == Severity.Critical ? "#c0322a"
                : alert.Severity == Severity.Warning ? "#9a6200"
                : "#3454d1",
            ["kicker"] = isOpen ? texts[$"Severity_{alert.Severity}"] : texts["Mail_Resolved"],
            ["rule"] = alert.RuleName,
            ["device"] =
                alert.DeviceName == alert.DeviceId ? alert.DeviceName : $"{alert.DeviceName} ({alert.DeviceId})",
            ["note"] = action.Note.Trim(),
            ["link"] = link,
            ["linkText"] = texts["Mail_OpenAlert"],
            ["sentence"] = alert.Facts.Sentence,
            ["footer"] = texts.Format("Mail_Footer", notice.Application.Name),
        };
    }

    private string Subject(Dictionary<string, string> values, AlertNotice notice)
    {
        var fact = notice.Alert.Facts.Main;
        var isTold = notice.Moment == AlertMoment.Opened && fact is { Value: not null };
        var subject = isTold
            ? texts.Format(
                "Mail_SubjectValue",
                values["rule"],
                notice.Alert.DeviceName,
                texts.Value(fact!.Value!.Value, TermOf(fact))
            )
            : texts.Format(
                notice.Moment == AlertMoment.Opened ? "Mail_Subject" : "Mail_SubjectResolved",
                values["rule"],
                notice.Alert.DeviceName
            );
        // One line: a line break would begin another header.
        return string.Concat(subject.Select(c => char.IsControl(c) ? ' ' : c));
    }

    private IEnumerable<(string Label, string Value)> Rows(Alert alert, TimeZoneInfo zone)
    {
        foreach (var fact in alert.Facts.Conditions.Where(c => c.IsTrue || alert.ResolvedAt is not null))
        {
            if (fact.Value is not { } value)
            {
                yield return (texts["Mail_Condition"], fact.Text);
                if (fact.Label.Length == 0 && fact.At is { } since)
                    yield return (texts["Mail_LastHeard"], Time(since, zone));
                continue;
            }

            var term = TermOf(fact);
            yield return (Capital(fact.Label), texts.Value(value, term));
            if (fact.Limit is { } limit)
                yield return (texts["Mail_Limit"], texts.Value(limit, term));
            if (alert.ResolvedAt is not null && fact.Worst is { } worst)
                yield return (texts["Mail_Worst"], texts.Value(RuleValue.Of(worst), term));
            if (fact.At is { } at)
                yield return (texts["Mail_MeasuredAt"], Time(at, zone));
        }

        yield return (texts["Mail_OpenedAt"], Time(alert.OpenedAt, zone));
        if (alert.ResolvedAt is { } resolved)
        {
            yield return (texts["Mail_ResolvedAt"], Time(resolved, zone));
            yield return (texts["Mail_Duration"], texts.Duration(Whole(resolved - alert.OpenedAt)));
        }

        if (alert.ResolvedReason is { Length: > 0 } reason)
            yield return (texts["Mail_Reason"], reason);
    }

    private static TimeSpan Whole(TimeSpan span) => TimeSpan.FromSeconds(Math.Floor(span.TotalSeconds));

    private static RuleTerm TermOf(AlertFact fact) => new(fact.Label, fact.Unit, fact.Decimals, PointKind.Number);

    private string Capital(string text) => text.Length == 0 ? text : char.ToUpper(text[0], texts.Culture) + text[1..];

    /// <summary>With its zone, since who reads it may be elsewhere: "Mon 23 Nov 2026 11:00:05 (Europe/Berlin, UTC+01:00)".</summary>
    private string Time(DateTimeOffset time, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(time, zone);
        var offset = local.Offset == TimeSpan.Zero ? "UTC" : local.ToString("'UTC'zzz", CultureInfo.InvariantCulture);
        var name = zone.Id is "UTC" or "Etc/UTC" ? offset : $"{zone.Id}, {offset}";
        return texts.Format("Mail_Time", local.ToString("ddd d MMM yyyy HH:mm:ss", texts.Culture), name);
    }
}
