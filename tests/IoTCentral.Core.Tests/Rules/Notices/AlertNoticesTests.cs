using System.Text.Json.Nodes;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Outbox;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Rules.Notices;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using Microsoft.Extensions.Time.Testing;

namespace IoTCentral.Core.Tests.Rules.Notices;

public sealed class AlertNoticesTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 23, 10, 0, 5, TimeSpan.Zero);

    private readonly SecretBox _box = new(MasterKey.New());
    private readonly Zones _zones = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private AlertNotices Notices(string? publicUrl = "https://iot.example/") =>
        new(
            new InstallationOptions { DataFolder = "/", PublicUrl = publicUrl },
            _zones,
            new RuleSecrets(_box),
            new FakeTimeProvider(At)
        );

    internal static AlertNotice Notice(params RuleAction[] actions) =>
        new()
        {
            Application = new()
            {
                TenantId = new TenantId(3),
                Slug = "fresh-market",
                Name = "Fresh Market",
                IdScope = "0ne0",
                TimeZone = "Europe/Berlin",
                CreatedAt = At,
            },
            Rule = new()
            {
                TenantId = new TenantId(3),
                Id = "warm",
                Name = "Fridge too warm",
                TemplateId = "dtmi:shop:fridge;1",
                Definition = new() { Actions = actions },
            },
            Alert = new()
            {
                TenantId = new TenantId(3),
                Id = Guid.Parse("01234567-89ab-7def-8000-000000000000"),
                RuleId = "warm",
                RuleName = "Fridge too warm",
                DeviceKey = 7,
                DeviceId = "fridge-1",
                DeviceName = "Dairy 1",
                Severity = Severity.Critical,
                OpenedAt = At,
                Facts = new()
                {
                    Sentence = "For Fridge, when temperature is above 7 °C.",
                    Conditions =
                    [
                        new()
                        {
                            Text = "temperature is above 7 °C",
                            Label = "temperature",
                            Component = "",
                            Name = "temperature",
                            Unit = "°C",
                            IsTrue = true,
                            Value = RuleValue.Of(9.3),
                            Limit = RuleValue.Of(7),
                            At = At.AddSeconds(-2),
                        },
                    ],
                },
            },
            Moment = AlertMoment.Opened,
            Device = new()
            {
                Facts = new()
                {
                    TenantId = new TenantId(3),
                    Key = 7,
                    Id = "fridge-1",
                    Name = "Dairy 1",
                    TemplateId = "dtmi:shop:fridge;1",
                    Properties = new Dictionary<PropertyKey, string>
                    {
                        [new(PropertySource.Cloud, "", "managerEmail")] = "anna@shop.example",
                    },
                },
                Version = 4,
                IsProvisioned = true,
                Reported = (JsonObject)
                    JsonNode.Parse("""{"door":{"value":2,"ac":200,"av":3},"motor":{"__t":"c","speed":40}}""")!,
                Cloud = (JsonObject)JsonNode.Parse("""{"city":"Köln"}""")!,
            },
        };

    private async Task<OutboxMessage> OneAsync(AlertNotice notice) =>
        Assert.Single(await Notices().ComposeAsync([notice], Ct));

    [Fact]
    public async Task A_mail_has_value_limit_time_with_zone_and_link()
    {
        var mail = (await OneAsync(Notice(new EmailAction { Id = "a", To = ["anna@shop.example"] }))).Mail!;

        Assert.Equal("Fridge too warm: Dairy 1, 9.3 °C", mail.Subject);
        Assert.Equal(
            """
            Critical
            Fridge too warm
            Dairy 1 (fridge-1)

            Temperature: 9.3 °C
            Limit: 7 °C
            Measured: Mon 23 Nov 2026 11:00:03 (Europe/Berlin, UTC+01:00)
            Alert since: Mon 23 Nov 2026 11:00:05 (Europe/Berlin, UTC+01:00)

            https://iot.example/apps/fresh-market/alerts/01234567-89ab-7def-8000-000000000000

            For Fridge, when temperature is above 7 °C.
            Sent by IoTCentral for Fresh Market, because a rule names this address.

            """,
            mail.Text
        );
        foreach (var words in new[] { "9.3 °C", "7 °C", "Europe/Berlin", "fresh-market/alerts/" })
            Assert.Contains(words, System.Net.WebUtility.HtmlDecode(mail.Html));
    }

    [Fact]
    public async Task Times_are_in_the_persons_own_zone_where_it_is_known()
    {
        _zones.Known["bob@shop.example"] = "America/New_York";
        var action = new EmailAction { Id = "a", To = ["anna@shop.example", "bob@shop.example"] };

        var mails = await Notices().ComposeAsync([Notice(action)], Ct);

        Assert.Contains("11:00:05 (Europe/Berlin, UTC+01:00)", mails.Single(m => m.Target[0] == 'a').Mail!.Text);
        Assert.Contains("05:00:05 (America/New_York, UTC-05:00)", mails.Single(m => m.Target[0] == 'b').Mail!.Text);
    }

    [Fact]
    public async Task Nothing_that_people_or_devices_write_becomes_markup()
    {
        const string Evil = "<script>alert('x')</script>&\"";
        var notice = Notice(
            new EmailAction
            {
                Id = "a",
                To = ["anna@shop.example"],
                Note = Evil,
            }
        );
        var fact = notice.Alert.Facts.Conditions[0] with { Label = Evil, Value = RuleValue.Of(Evil), Unit = Evil };
        notice = notice with
        {
            Application = notice.Application with { Name = Evil },
            Alert = notice.Alert with
            {
                RuleName = Evil,
                DeviceName = Evil,
                Facts = new() { Sentence = Evil, Conditions = [fact] },
            },
        };

        var html = (await OneAsync(notice)).Mail!.Html;

        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("alert('", html);
    }

    [Fact]
    public async Task Names_in_braces_that_people_or_devices_write_are_left_as_they_are()
    {
        var notice = Notice(
            new EmailAction
            {
                Id = "a",
                To = ["anna@shop.example"],
                Note = "{link} {rule} {nothing}",
            }
        );
        notice = notice with { Alert = notice.Alert with { RuleName = "{device}" } };

        var mail = (await OneAsync(notice)).Mail!;

        Assert.Contains("{link} {rule} {nothing}", mail.Text);
        Assert.StartsWith("{device}: Dairy 1", mail.Subject, StringComparison.Ordinal);
        Assert.Contains("Critical\n{device}\nDairy 1", mail.Text);
    }

    [Fact]
    public async Task A_subject_is_one_line()
    {
        var notice = Notice(new EmailAction { Id = "a", To = ["anna@shop.example"] });
        notice = notice with { Alert = notice.Alert with { DeviceName = "Dairy\r\nBcc: thief@evil.example" } };

        Assert.DoesNotContain((await OneAsync(notice)).Mail!.Subject, char.IsControl);
    }

    [Fact]
    public async Task A_resolved_alert_is_told_only_where_it_is_wanted_with_how_long_and_how_bad()
    {
        var notice = Notice(
            new EmailAction { Id = "a", To = ["anna@shop.example"] },
            new EmailAction
            {
                Id = "b",
                To = ["bob@shop.example"],
                OnResolve = true,
            }
        );
        var fact = notice.Alert.Facts.Conditions[0] with { Worst = 12 };
        notice = notice with
        {
            Moment = AlertMoment.Resolved,
            Alert = notice.Alert with
            {
                ResolvedAt = At.AddMinutes(41),
                ResolvedReason = "door closed",
                Facts = notice.Alert.Facts with { Conditions = [fact] },
            },
        };

        var message = await OneAsync(notice);

        Assert.Equal(
            ("bob@shop.example", "Resolved: Fridge too warm: Dairy 1"),
            (message.Target, message.Mail!.Subject)
        );
        Assert.Contains("Worst value: 12 °C\n", message.Mail.Text);
        Assert.Contains("Lasted: 41 min\n", message.Mail.Text);
        Assert.Contains("Reason: door closed\n", message.Mail.Text);
    }

    [Fact]
    public async Task Each_recipient_gets_one_mail_and_each_has_its_own_key()
    {
        var action = new EmailAction { Id = "a", To = ["anna@shop.example", "{managerEmail}", "bob@shop.example"] };

        var messages = await Notices().ComposeAsync([Notice(action)], Ct);

        Assert.Equal(["anna@shop.example", "bob@shop.example"], messages.Select(m => m.Target));
        Assert.Equal(
            [
                "0123456789ab7def8000000000000000/a/Opened/anna@shop.example",
                "0123456789ab7def8000000000000000/a/Opened/bob@shop.example",
            ],
            messages.Select(m => m.Key)
        );
    }

    [Fact]
    public async Task Links_are_built_from_the_configured_address_only()
    {
        var action = new EmailAction { Id = "a", To = ["anna@shop.example"] };

        var mail = Assert.Single(await Notices(publicUrl: null).ComposeAsync([Notice(action)], Ct)).Mail!;

        Assert.Contains("http://localhost:8080/apps/fresh-market/alerts/", mail.Text);
    }

    [Fact]
    public async Task A_webhook_has_iot_centrals_members_and_ours()
    {
        var notice = Notice(
            new WebhookAction
            {
                Id = "w",
                Name = "Desk",
                Url = "https://hooks.example/x",
            }
        ) with
        {
            Message = Judged.Message(At, At, [Point.Of("temperature", 9.3), Point.Of("open", true)]),
        };

        var message = await OneAsync(notice);
        var body = JsonNode.Parse(message.Payload)!;

        Assert.Equal((OutboxKind.Webhook, "https://hooks.example/x"), (message.Kind, message.Target));
        Assert.Equal("2026-11-23T10:00:05.0000000Z", (string?)body["timestamp"]);
        Assert.Equal(
            """{"id":"w","type":"WebhookAction","rules":["warm"],"displayName":"Desk","url":"https://hooks.example/x"}""",
            body["action"]!.ToJsonString()
        );
        Assert.Equal(
            """{"id":"fresh-market","displayName":"Fresh Market","subdomain":"fresh-market","host":"iot.example"}""",
            body["application"]!.ToJsonString()
        );
        var device = body["device"]!;
        Assert.Equal("fridge-1", (string?)device["id"]);
        Assert.Equal("Dairy 1", (string?)device["displayName"]);
        Assert.Equal("dtmi:shop:fridge;1", (string?)device["instanceOf"]);
        Assert.Equal(
            (false, true, true),
            ((bool)device["simulated"]!, (bool)device["provisioned"]!, (bool)device["approved"]!)
        );
        Assert.Equal("Köln", (string?)device["cloudProperties"]!["city"]!["value"]);
        Assert.Equal("""{"door":{"value":2},"motor":{"speed":{"value":40}}}""", device["properties"]!.ToJsonString());
        Assert.Equal("""{"temperature":{"value":9.3},"open":{"value":true}}""", device["telemetry"]!.ToJsonString());
        Assert.Equal(("opened", "open"), ((string?)body["moment"], (string?)body["alert"]!["status"]));
        Assert.Equal(9.3, (double)body["alert"]!["conditions"]![0]!["value"]!);
    }

    [Fact]
    public async Task Without_a_message_the_telemetry_is_what_the_conditions_saw()
    {
        var message = await OneAsync(Notice(new WebhookAction { Id = "w", Url = "https://hooks.example/x" }));

        var telemetry = JsonNode.Parse(message.Payload)!["device"]!["telemetry"]!;

        Assert.Equal("""{"temperature":{"value":9.3}}""", telemetry.ToJsonString());
    }

    [Fact]
    public async Task A_webhooks_secret_travels_wrapped_and_opens_only_at_its_own_message()
    {
        var secrets = new RuleSecrets(_box);
        var notice = Notice(
            new WebhookAction
            {
                Id = "w",
                Url = "https://hooks.example/x",
                NewSecret = "a very good secret",
            }
        );
        notice = notice with { Rule = secrets.Keep(notice.Rule, null) };

        var message = await OneAsync(notice);

        Assert.Equal("a very good secret"u8.ToArray(), _box.Unwrap(message.Secret, message.SecretPlace));
        Assert.ThrowsAny<Exception>(() =>
            _box.Unwrap(message.Secret, OutboxMessage.PlaceOf(new TenantId(3), Guid.Empty))
        );
    }

    [Fact]
    public async Task A_secret_of_another_master_key_fails_its_message_only()
    {
        var secrets = new RuleSecrets(new SecretBox(MasterKey.New()));
        var notice = Notice(
            new EmailAction { Id = "a", To = ["anna@shop.example"] },
            new WebhookAction
            {
                Id = "w",
                Url = "https://hooks.example/x",
                NewSecret = "a very good secret",
            }
        );
        notice = notice with { Rule = secrets.Keep(notice.Rule, null) };

        var messages = await Notices().ComposeAsync([notice], Ct);

        Assert.Equal(OutboxStatus.Pending, messages.Single(m => m.Kind == OutboxKind.Email).Status);
        Assert.Equal(OutboxStatus.Failed, messages.Single(m => m.Kind == OutboxKind.Webhook).Status);
    }

    [Fact]
    public void Secrets_are_kept_replaced_and_removed_with_their_actions()
    {
        var secrets = new RuleSecrets(_box);
        static WebhookAction Hook(string id, string? secret) =>
            new()
            {
                Id = id,
                Url = "https://hooks.example/x",
                NewSecret = secret,
            };
        var first = secrets.Keep(Notice(Hook("a", "secret of a ……"), Hook("b", "secret of b ……")).Rule, null);

        var second = secrets.Keep(Notice(Hook("a", null), Hook("b", ""), Hook("c", "secret of c ……")).Rule, first);

        Assert.Equal([true, false, true], second.Definition.Actions.Cast<WebhookAction>().Select(w => w.HasSecret));
        Assert.Equal("secret of a ……"u8.ToArray(), _box.Unwrap(secrets.For(second, "a", "here"), "here"));
        Assert.Null(secrets.For(second, "b", "here"));
        Assert.All(second.Definition.Actions.Cast<WebhookAction>(), w => Assert.Null(w.NewSecret));
    }

    private sealed class Zones : IRecipientZones
    {
        public Dictionary<string, string> Known { get; } = [];

        public Task<IReadOnlyDictionary<string, string>> FindAsync(
            IReadOnlyCollection<string> addresses,
            CancellationToken ct
        ) =>
            Task.FromResult<IReadOnlyDictionary<string, string>>(
                Known.Where(k => addresses.Contains(k.Key)).ToDictionary()
            );
    }
}
