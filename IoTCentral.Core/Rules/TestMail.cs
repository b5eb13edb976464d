using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Outbox;
using IoTCentral.Core.Rules.Notices;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Rules;

/// <summary>What became of a test mail.</summary>
/// <param name="Mail">The mail, to be read also when there is no mail server.</param>
/// <param name="IsSent">False: there is no mail server, it is only shown.</param>
public sealed record TestMailResult(MailContent Mail, string To, bool IsSent);

/// <summary>Sends a rule's mail as it would come, before anything has fired.</summary>
public sealed class TestMail(
    MailSettings settings,
    IMailer mailer,
    AlertNotices notices,
    TemplateCatalog templates,
    ITenantStore tenants,
    TimeProvider time
)
{
    /// <param name="to">
    /// The person's own address or one the rule names: a test cannot be used to write to anybody else.
    /// </param>
    /// <exception cref="InvalidRequestException"><c>mail.refused</c>: the server did not take it; says why.</exception>
    public async Task<TestMailResult> SendAsync(
        Caller caller,
        Rule rule,
        EmailAction action,
        string to,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ManageRules);
        if (!Recipients.IsAddress(to) || !IsAllowed(caller, action, to))
            throw new InvalidRequestException(
                "mail.not-a-recipient",
                [new Fault("to", "A test goes to your own address or to one that the action names.")]
            );
        var notice = await NoticeAsync(caller, rule, ct);
        var mail = notices.Preview(notice, action, zone: null);
        if (await settings.FindAsync(ct) is not { } server)
            return new(mail, to, IsSent: false);
        try
        {
            await mailer.SendAsync(server, to, mail, Guid.CreateVersion7(), ct);
            return new(mail, to, IsSent: true);
        }
        catch (MailException e)
        {
            throw new InvalidRequestException("mail.refused", e.Message);
        }
    }

    private static bool IsAllowed(Caller caller, EmailAction action, string to) =>
        action.To.Contains(to, StringComparer.OrdinalIgnoreCase)
        || (caller.PersonId is not null && string.Equals(caller.Actor.Name, to, StringComparison.OrdinalIgnoreCase));

    private async Task<AlertNotice> NoticeAsync(Caller caller, Rule rule, CancellationToken ct)
    {
        var application =
            await tenants.FindAsync(caller.Tenant, ct)
            ?? throw new NotFoundException("application.unknown", "There is no such application.");
        var vocabulary = new RuleVocabulary(await templates.FindAsync(caller.Tenant, rule.TemplateId, ct));
        var now = time.GetUtcNow();
        var name = RuleTexts.English["TestDevice"];
        var alert = new Alert
        {
            TenantId = caller.Tenant,
            Id = Guid.CreateVersion7(),
            RuleId = rule.Id,
            RuleName = $"{rule.Name} ({RuleTexts.English["Test"]})",
            DeviceKey = 0,
            DeviceId = name,
            DeviceName = name,
            Severity = rule.Definition.Severity,
            OpenedAt = now,
            Facts = FactWriter.Write(rule.Definition, vocabulary, Sample(rule.Definition, now)),
        };
        var facts = new DeviceFacts
        {
            TenantId = caller.Tenant,
            Key = 0,
            Id = name,
            Name = name,
            TemplateId = rule.TemplateId,
        };
        return new()
        {
            Application = application,
            Rule = rule with { TenantId = caller.Tenant },
            TemplateName = vocabulary.TemplateName,
            Alert = alert,
            Moment = AlertMoment.Opened,
            Device = new() { Facts = facts },
        };
    }

    /// <summary>Values as if each condition had just become true.</summary>
    private static List<Observation> Sample(RuleDefinition definition, DateTimeOffset now) =>
        [
            .. definition.Conditions.Select(
                (c, i) =>
                    new Observation
                    {
                        Condition = i,
                        IsTrue = true,
                        Value = c is ValueCondition value ? value.Value ?? RuleValue.Of(0) : null,
                        Limit = (c as ValueCondition)?.Value,
                        At = now,
                    }
            ),
        ];
}
