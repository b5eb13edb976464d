using IoTCentral.Core.Installation;
using IoTCentral.Core.Outbox;

namespace IoTCentral.Core.Rules.Notices;

/// <summary>Makes the mails and webhooks of alerts, ready for the outbox.</summary>
public sealed class AlertNotices(
    InstallationOptions options,
    IRecipientZones zones,
    RuleSecrets secrets,
    TimeProvider time
)
{
    /// <summary>
    /// One message per recipient and webhook. What cannot be sent (a device without the address) is among them, failed
    /// with its reason, so that somebody can see it.
    /// </summary>
    public async Task<IReadOnlyList<OutboxMessage>> ComposeAsync(
        IReadOnlyList<AlertNotice> notices,
        CancellationToken ct
    )
    {
        var addressed = notices.SelectMany(Address).ToList();
        var addresses = addressed.Where(a => a.Fault is null).Select(a => a.To).Distinct().ToList();
        var known = addresses.Count == 0 ? new Dictionary<string, string>() : await zones.FindAsync(addresses, ct);
        return
        [
            .. addressed.Select(a => Mail(a, known.GetValueOrDefault(a.To))),
            .. notices.SelectMany(n => Actions<WebhookAction>(n).Select(w => Webhook(n, w))),
        ];
    }

    /// <summary>The mail as this recipient would get it.</summary>
    public MailContent Preview(AlertNotice notice, EmailAction action, string? zone) =>
        new AlertMail(RuleTexts.English).Write(notice, action, Link(notice), Zone(notice, zone));

    private static IEnumerable<T> Actions<T>(AlertNotice notice)
        where T : RuleAction =>
        notice.Rule.Definition.Actions.OfType<T>().Where(a => notice.Moment == AlertMoment.Opened || a.OnResolve);

    private static IEnumerable<Addressed> Address(AlertNotice notice)
    {
        foreach (var action in Actions<EmailAction>(notice))
        {
            var found = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var to in action.To)
            {
                var addresses = Recipients.Resolve(to, notice.Device.Facts.Properties, out var fault);
                foreach (var address in addresses)
                {
                    if (found.Add(address))
                        yield return new(notice, action, address, null);
                }

                if (fault is not null)
                    yield return new(notice, action, to, fault);
            }
        }
    }

    private OutboxMessage Mail(Addressed a, string? zone) =>
        Try(
            Message(a.Notice, a.Action, OutboxKind.Email, a.To),
            message =>
                message with
                {
                    Payload = Preview(a.Notice, a.Action, zone).ToJson(),
                    Status = a.Fault is null ? OutboxStatus.Pending : OutboxStatus.Failed,
                    LastError = a.Fault,
                }
        );

    private OutboxMessage Webhook(AlertNotice notice, WebhookAction action) =>
        Try(
            Message(notice, action, OutboxKind.Webhook, action.Url),
            message =>
                message with
                {
                    Payload = AlertWebhook.Body(notice, action, Link(notice), options.BaseUrl),
                    Secret = action.HasSecret ? secrets.For(notice.Rule, action.Id, message.SecretPlace) : null,
                }
        );

    /// <summary>What cannot be written must not keep the alert from being stored: it is kept as failed, with the reason.</summary>
    private static OutboxMessage Try(OutboxMessage message, Func<OutboxMessage, OutboxMessage> write)
    {
        try
        {
            return write(message);
        }
        catch (Exception e)
        {
            return message with { Status = OutboxStatus.Failed, LastError = $"It could not be written: {e.Message}" };
        }
    }

    private OutboxMessage Message(AlertNotice notice, RuleAction action, OutboxKind kind, string target) =>
        new()
        {
            TenantId = notice.Application.TenantId,
            Id = Guid.CreateVersion7(),
            Key = $"{notice.Alert.Id:N}/{action.Id}/{notice.Moment}/{(kind == OutboxKind.Email ? target : "")}",
            Kind = kind,
            Target = target,
            Payload = "",
            AlertId = notice.Alert.Id,
            CreatedAt = time.GetUtcNow(),
        };

    private string Link(AlertNotice notice) =>
        $"{options.BaseUrl}/apps/{notice.Application.Slug}/alerts/{notice.Alert.Id}";

    private static TimeZoneInfo Zone(AlertNotice notice, string? zone) =>
        zone is not null && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var own) ? own
        : TimeZoneInfo.TryFindSystemTimeZoneById(notice.Application.TimeZone, out var applications) ? applications
        : TimeZoneInfo.Utc;

    private sealed record Addressed(AlertNotice Notice, EmailAction Action, string To, string? Fault);
}
