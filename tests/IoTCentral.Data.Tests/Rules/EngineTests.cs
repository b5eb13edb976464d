using IoTCentral.Core.Rules;
using IoTCentral.Core.Telemetry;

namespace IoTCentral.Data.Tests.Rules;

/// <summary>The engine on real storage: what it decides and what becomes of it.</summary>
public sealed class EngineTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal static RuleDefinition Above(double limit) =>
        new()
        {
            Conditions =
            [
                new TelemetryCondition
                {
                    Name = "temperature",
                    Operator = RuleOperator.GreaterThan,
                    Value = RuleValue.Of(limit),
                },
            ],
        };

    internal static RuleDefinition WithMail(RuleDefinition definition, params string[] to) =>
        definition with
        {
            Actions = [new EmailAction { To = to, OnResolve = true }],
        };

    [Fact]
    public async Task A_value_beyond_the_limit_opens_an_alert_with_its_facts_and_a_mail()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(WithMail(Above(7), "anna@shop.example"));

        await shop.SendAsync(fridge, "10:00", """{"temperature":9.3}""");

        var alert = await shop.AlertAsync();
        var fact = Assert.Single(alert.Facts.Conditions);
        Assert.Equal("fridge-1 10:00-", await shop.StoryAsync());
        Assert.Equal("For Fridge, when Temperature is above 7 °C.", alert.Facts.Sentence);
        Assert.Equal((RuleValue.Of(9.3), RuleValue.Of(7), "°C"), (fact.Value, fact.Limit, fact.Unit));
        var mail = Assert.Single(await shop.OutboxAsync());
        Assert.Equal(("anna@shop.example", alert.Id), (mail.Target, mail.AlertId));
        Assert.Equal("Fridge too warm: Fridge 1, 9.3 °C", mail.Mail!.Subject);
        Assert.Contains($"https://iot.example/apps/{await SlugAsync(shop)}/alerts/{alert.Id}", mail.Mail.Text);
    }

    [Fact]
    public async Task A_value_within_the_limit_resolves_it_and_tells_so_with_the_worst_value()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(WithMail(Above(7), "anna@shop.example"));

        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");
        await shop.SendAsync(fridge, "10:01", """{"temperature":12}""");
        Assert.Equal(12, (await shop.AlertAsync()).Facts.Main!.Worst);
        await shop.SendAsync(fridge, "10:02", """{"temperature":10}""");
        await shop.SendAsync(fridge, "10:05", """{"temperature":5}""");

        Assert.Equal("fridge-1 10:00-10:05 Condition", await shop.StoryAsync());
        var events = await shop.Alerts.EventsAsync(shop.Tenant, (await shop.AlertAsync()).Id, Ct);
        Assert.Equal(["opened", "resolved"], events.Select(e => e.Kind));
        var mails = (await shop.OutboxAsync()).Select(m => m.Mail!).ToList();
        Assert.Equal(2, mails.Count);
        Assert.Contains(
            mails,
            m => m.Subject == "Resolved: Fridge too warm: Fridge 1" && m.Text.Contains("Worst value: 12 °C")
        );
    }

    [Fact]
    public async Task What_opens_and_resolves_in_one_batch_is_one_resolved_alert_and_two_mails()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(WithMail(Above(7), "anna@shop.example"));

        await shop.StoreAsync(
            Shop.Message(fridge, "10:00", """{"temperature":9}"""),
            Shop.Message(fridge, "10:01", """{"temperature":5}"""),
            Shop.Message(fridge, "10:02", """{"temperature":9}""")
        );
        await shop.StepAsync();

        Assert.Equal("fridge-1 10:00-10:01 Condition; fridge-1 10:02-", await shop.StoryAsync());
        Assert.Equal(3, (await shop.OutboxAsync()).Count);
    }

    [Fact]
    public async Task The_recipient_can_be_a_cloud_property_of_the_device()
    {
        await using var shop = await Shop.OpenAsync();
        var (one, two) = (await shop.AddFridgeAsync(), await shop.AddFridgeAsync("fridge-2"));
        await shop.SetCloudAsync(one, """{"managerEmail":"anna@shop.example; bob@shop.example"}""");
        await shop.AddRuleAsync(WithMail(Above(7), "{managerEmail}"));
        await shop.StartAsync();

        await shop.SendAsync(one, "10:00", """{"temperature":9}""");
        await shop.SendAsync(two, "10:01", """{"temperature":9}""");

        var mails = await shop.OutboxAsync();
        Assert.Equal(
            ["anna@shop.example", "bob@shop.example"],
            mails.Where(m => m.Status == Core.Outbox.OutboxStatus.Pending).Select(m => m.Target).Order()
        );
        var failed = Assert.Single(mails, m => m.Status == Core.Outbox.OutboxStatus.Failed);
        Assert.Equal("The device has no value in the cloud property 'managerEmail'.", failed.LastError);
    }

    [Fact]
    public async Task A_new_device_is_judged_from_its_first_message()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.AddRuleAsync(Above(7));
        await shop.StartAsync();

        var fridge = await shop.AddFridgeAsync();
        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");

        Assert.Equal("fridge-1 10:00-", await shop.StoryAsync());
    }

    [Fact]
    public async Task A_device_nobody_told_of_is_met_by_its_first_message()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.AddRuleAsync(Above(7));
        await shop.StartAsync();
        await shop.StepNewsAsync();

        var fridge = await shop.AddFridgeQuietlyAsync();
        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");

        Assert.Equal("fridge-1 10:00-", await shop.StoryAsync());
    }

    [Fact]
    public async Task Rules_of_two_applications_are_judged_together_and_stored_apart()
    {
        await using var shop = await Shop.OpenAsync();
        var other = await shop.NewTenantAsync();
        var (mine, theirs) = (await shop.AddFridgeAsync(), await shop.AddFridgeAsync(tenant: other));
        await shop.AddRuleAsync(WithMail(Above(7), "me@shop.example"));
        await shop.AddRuleAsync(WithMail(Above(20), "them@other.example"), tenant: other);
        await shop.StartAsync();

        await shop.StoreAsync(
            Shop.Message(mine, "10:00", """{"temperature":9}"""),
            Shop.Message(theirs, "10:00:01", """{"temperature":9}"""),
            Shop.Message(theirs, "10:00:02", """{"temperature":21}""")
        );
        await shop.StepAsync();

        Assert.Equal("fridge-1 10:00-", await shop.StoryAsync());
        Assert.Equal("fridge-1 10:00:02-", await shop.StoryAsync(other));
        Assert.Equal("me@shop.example", Assert.Single(await shop.OutboxAsync()).Target);
        Assert.Equal("them@other.example", Assert.Single(await shop.OutboxAsync(other)).Target);
    }

    [Fact]
    public async Task Silence_fires_by_the_clock()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(
            new() { Conditions = [new SilenceCondition { For = TimeSpan.FromMinutes(15) }] }
        );

        await shop.SendAsync(fridge, "10:00", """{"temperature":4}""");
        await shop.ClockAsync("10:14");
        Assert.Equal("", await shop.StoryAsync());
        await shop.ClockAsync("10:16");
        await shop.SendAsync(fridge, "10:20", """{"temperature":4}""");

        Assert.Equal("fridge-1 10:15-10:20 Condition", await shop.StoryAsync());
    }

    [Fact]
    public async Task A_lost_connection_fires_by_the_clock()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(
            new() { Conditions = [new DisconnectedCondition { For = TimeSpan.FromMinutes(5) }] }
        );

        await shop.SetPresenceAsync(fridge, "10:01");
        await shop.ClockAsync("10:05");
        Assert.Equal("", await shop.StoryAsync());
        await shop.ClockAsync("10:07");
        await shop.SetPresenceAsync(fridge, null);
        await shop.ClockAsync("10:08");

        Assert.StartsWith("fridge-1 10:06-10:0", await shop.StoryAsync(), StringComparison.Ordinal);
        Assert.Equal(AlertEnd.Condition, (await shop.AlertAsync()).ResolvedBy);
    }

    [Fact]
    public async Task A_changed_limit_of_a_device_counts_at_once()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.AddFridgeAsync();
        await shop.SetCloudAsync(fridge, """{"maxTemperature":10}""");
        var condition = new TelemetryCondition
        {
            Name = "temperature",
            Operator = RuleOperator.GreaterThan,
            LimitProperty = "maxTemperature",
        };
        await shop.AddRuleAsync(new() { Conditions = [condition] });
        await shop.StartAsync();

        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");
        await shop.SetCloudAsync(fridge, """{"maxTemperature":8}""");
        await shop.ClockAsync("10:01");

        Assert.Equal(AlertStatus.Open, (await shop.AlertAsync()).Status);
        Assert.Equal(RuleValue.Of(8), (await shop.AlertAsync()).Facts.Main!.Limit);
    }

    [Fact]
    public async Task A_rule_concerns_only_devices_its_filter_lets_through()
    {
        await using var shop = await Shop.OpenAsync();
        var (dairy, meat) = (await shop.AddFridgeAsync("fridge-d"), await shop.AddFridgeAsync("fridge-m"));
        await shop.SetCloudAsync(dairy, """{"kind":"dairy"}""");
        await shop.SetCloudAsync(meat, """{"kind":"meat"}""");
        await shop.AddRuleAsync(
            Above(7) with
            {
                Filter =
                [
                    new()
                    {
                        Source = PropertySource.Cloud,
                        Name = "kind",
                        Value = RuleValue.Of("dairy"),
                    },
                ],
            }
        );
        await shop.StartAsync();

        await shop.SendAsync(dairy, "10:00", """{"temperature":9}""");
        await shop.SendAsync(meat, "10:01", """{"temperature":9}""");
        await shop.SetCloudAsync(dairy, """{"kind":"meat"}""");
        await shop.SetCloudAsync(meat, """{"kind":"dairy"}""");
        await shop.SendAsync(meat, "10:02", """{"temperature":9}""");

        var story = await shop.StoryAsync();
        Assert.Contains("fridge-d 10:00-10:0", story);
        Assert.Contains("DeviceRemoved", story);
        Assert.Contains("fridge-m 10:0", story);
    }

    [Fact]
    public async Task A_text_with_a_null_character_is_an_alert_like_any_other()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.AddFridgeAsync();
        var condition = new TelemetryCondition
        {
            Name = "state",
            Operator = RuleOperator.Contains,
            Value = RuleValue.Of("bad"),
        };
        await shop.AddRuleUncheckedAsync(new() { Conditions = [condition] });
        await shop.StartAsync();

        await shop.SendAsync(fridge, "10:00", """{"state":"bad \u0000 <script>"}""");

        Assert.Equal(RuleValue.Of("bad \uFFFD <script>"), (await shop.AlertAsync()).Facts.Main!.Value);
    }

    private static async Task<string?> SlugAsync(Shop shop) =>
        await shop.Database.TenantDb.FindPlatformAsync<string>(
            "select slug from application where tenant_id = @Value",
            new { shop.Tenant.Value },
            Ct
        );
}
