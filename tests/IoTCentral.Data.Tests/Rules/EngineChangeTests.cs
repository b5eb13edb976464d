using IoTCentral.Core.Common;
using IoTCentral.Core.Rules;

namespace IoTCentral.Data.Tests.Rules;

/// <summary>Rules, devices and alerts change while the engine runs.</summary>
public sealed class EngineChangeTests
{
    private static readonly RuleDefinition Warm = EngineTests.WithMail(EngineTests.Above(7), "anna@shop.example");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_rule_judges_what_is_known_when_it_begins()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.AddFridgeAsync();
        await shop.StartAsync();
        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");

        await shop.AddRuleAsync(Warm);
        await shop.ClockAsync("10:05");

        Assert.Equal(AlertStatus.Open, (await shop.AlertAsync()).Status);
    }

    [Fact]
    public async Task Another_limit_ends_alerts_as_rule_changed_and_begins_anew()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.AddFridgeAsync();
        var rule = await shop.AddRuleAsync(Warm);
        await shop.StartAsync();
        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");

        shop.Clock.SetUtcNow(Shop.At("10:01"));
        await shop.Book.UpdateAsync(shop.Caller, rule with { Definition = EngineTests.Above(12) }, Ct);
        await shop.SendAsync(fridge, "10:02", """{"temperature":9}""");
        await shop.SendAsync(fridge, "10:03", """{"temperature":13}""");

        Assert.Equal("fridge-1 10:00-10:01 RuleChanged; fridge-1 10:03-", await shop.StoryAsync());
    }

    [Fact]
    public async Task Another_name_or_recipient_leaves_alerts_as_they_are()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.AddFridgeAsync();
        var rule = await shop.AddRuleAsync(Warm);
        await shop.StartAsync();
        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");

        var other = EngineTests.WithMail(EngineTests.Above(7), "bob@shop.example");
        await shop.Book.UpdateAsync(shop.Caller, rule with { Name = "Renamed", Definition = other }, Ct);
        await shop.SendAsync(fridge, "10:02", """{"temperature":9}""");
        await shop.SendAsync(fridge, "10:03", """{"temperature":5}""");

        Assert.Equal("fridge-1 10:00-10:03 Condition", await shop.StoryAsync());
        Assert.Equal(
            ["anna@shop.example", "bob@shop.example"],
            (await shop.OutboxAsync()).Select(m => m.Target).Order()
        );
    }

    [Fact]
    public async Task Turning_a_rule_off_ends_its_alerts_and_turning_it_on_judges_again()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(Warm);
        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");

        shop.Clock.SetUtcNow(Shop.At("10:01"));
        await shop.Book.EnableAsync(shop.Caller, "warm", false, Ct);
        await shop.SendAsync(fridge, "10:02", """{"temperature":9}""");
        await shop.Book.EnableAsync(shop.Caller, "warm", true, Ct);
        await shop.SendAsync(fridge, "10:03", """{"temperature":10}""");

        Assert.StartsWith(
            "fridge-1 10:00-10:01 RuleChanged; fridge-1 10:0",
            await shop.StoryAsync(),
            StringComparison.Ordinal
        );
        Assert.Equal(1, await shop.Alerts.CountUnresolvedAsync(shop.Tenant, Ct));
    }

    [Fact]
    public async Task A_deleted_rule_ends_its_alerts()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(Warm);
        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");

        shop.Clock.SetUtcNow(Shop.At("10:01"));
        await shop.Book.DeleteAsync(shop.Caller, "warm", Ct);
        await shop.SendAsync(fridge, "10:02", """{"temperature":9}""");

        Assert.Equal("fridge-1 10:00-10:01 RuleChanged", await shop.StoryAsync());
    }

    [Fact]
    public async Task A_rule_saved_behind_the_engines_back_is_never_judged_by_its_old_version()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(Warm);

        await shop.ExecuteAsOwnerAsync("update rule set version = version + 1, is_enabled = false");
        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");

        Assert.Equal("", await shop.StoryAsync());
        Assert.Empty(await shop.OutboxAsync());
    }

    [Fact]
    public async Task A_deleted_device_ends_its_alerts_as_device_removed()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(Warm);
        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");

        await shop.DeleteAsync(fridge);
        await shop.ClockAsync("10:01");

        Assert.Equal(AlertEnd.DeviceRemoved, (await shop.AlertAsync()).ResolvedBy);
        Assert.Empty(await shop.PhasesAsync());
    }

    [Fact]
    public async Task A_device_that_gets_another_template_is_no_concern_of_the_rule_any_more()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(Warm);
        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");

        await shop.SaveAsync(fridge with { TemplateId = null });
        await shop.SendAsync(fridge, "10:01", """{"temperature":9}""");

        Assert.EndsWith("DeviceRemoved", await shop.StoryAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_resolves_while_it_is_true_with_a_reason_only()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(Warm);
        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");
        var alert = await shop.AlertAsync();

        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() =>
            shop.Desk.ResolveAsync(shop.Caller, alert.Id, " ", Ct)
        );
        Assert.Equal("alert.reason-needed", refused.Code);
        Assert.Equal(AlertStatus.Open, (await shop.AlertAsync()).Status);
        shop.Clock.SetUtcNow(Shop.At("10:01"));
        await shop.Desk.ResolveAsync(shop.Caller, alert.Id, "defrosting", Ct);
        await shop.SendAsync(fridge, "10:02", """{"temperature":9}""");
        await shop.SendAsync(fridge, "10:03", """{"temperature":5}""");
        await shop.SendAsync(fridge, "10:04", """{"temperature":9}""");

        Assert.Equal("fridge-1 10:00-10:01 Person; fridge-1 10:04-", await shop.StoryAsync());
    }

    [Fact]
    public async Task A_person_and_the_conditions_that_resolve_at_once_resolve_once()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(Warm);
        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");
        var alert = await shop.AlertAsync();

        // The engine has not heard of it when it judges the next message.
        shop.Clock.SetUtcNow(Shop.At("10:01"));
        await shop.Alerts.ResolveAsync(
            shop.Tenant,
            new()
            {
                AlertId = alert.Id,
                At = Shop.At("10:01"),
                Note = "done",
                ActorName = "anna",
                Audit = shop.Caller.Audit("alert.resolve", "x"),
            },
            [],
            Ct
        );
        await shop.SendAsync(fridge, "10:02", """{"temperature":5}""");
        await shop.SendAsync(fridge, "10:03", """{"temperature":9}""");

        Assert.Equal("fridge-1 10:00-10:01 Person; fridge-1 10:03-", await shop.StoryAsync());
        Assert.Equal(
            ["opened", "resolved"],
            (await shop.Alerts.EventsAsync(shop.Tenant, alert.Id, Ct)).Select(e => e.Kind)
        );
    }

    [Fact]
    public async Task An_acknowledged_alert_resolves_by_itself_too()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(Warm);
        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");

        await shop.Desk.AcknowledgeAsync(shop.Caller, (await shop.AlertAsync()).Id, "on my way", Ct);
        await shop.SendAsync(fridge, "10:01", """{"temperature":10}""");
        Assert.Equal(AlertStatus.Acknowledged, (await shop.AlertAsync()).Status);
        await shop.SendAsync(fridge, "10:05", """{"temperature":5}""");

        var history = await shop.Desk.GetAsync(shop.Caller, (await shop.AlertAsync()).Id, Ct);
        Assert.Equal("fridge-1 10:00-10:05 Condition", await shop.StoryAsync());
        Assert.Equal(["opened", "acknowledged", "resolved"], history.Events.Select(e => e.Kind));
        Assert.Equal("on my way", history.Events[1].Note);
    }

    [Fact]
    public async Task A_rule_whose_definition_cannot_be_read_is_stopped_and_the_others_run()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.AddFridgeAsync();
        await shop.AddRuleAsync(Warm, "bad");
        await shop.AddRuleAsync(Warm, "good");
        await shop.ExecuteAsOwnerAsync(
            """update rule set definition = '{"conditions":[{"kind":"telepathy"}]}' where id = 'bad'"""
        );
        await shop.StartAsync();

        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");

        Assert.Equal("good", (await shop.AlertAsync()).RuleId);
        var listed = await shop.Book.ListAsync(shop.Caller, Ct);
        Assert.StartsWith(
            "Its definition cannot be read",
            listed.Single(r => r.Rule.Id == "bad").Rule.StoppedReason,
            StringComparison.Ordinal
        );
        Assert.Equal(1, listed.Single(r => r.Rule.Id == "good").UnresolvedAlerts);
        await Assert.ThrowsAsync<ConflictException>(() => shop.Book.EnableAsync(shop.Caller, "bad", true, Ct));
    }

    [Fact]
    public async Task A_rule_that_throws_is_set_aside_and_the_others_run()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.AddFridgeAsync();
        await shop.AddRuleUncheckedAsync(Warm with { Hold = TimeSpan.MaxValue }, "bad");
        await shop.AddRuleAsync(Warm, "good");
        await shop.StartAsync();

        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");
        await shop.SendAsync(fridge, "10:01", """{"temperature":5}""");

        Assert.Equal("fridge-1 10:00-10:01 Condition", await shop.StoryAsync());
        var bad = (await shop.Book.ListAsync(shop.Caller, Ct)).Single(r => r.Rule.Id == "bad").Rule;
        Assert.StartsWith("ArgumentOutOfRangeException", bad.StoppedReason, StringComparison.Ordinal);
        Assert.False(bad.IsRunning);
    }

    [Fact]
    public async Task A_rule_set_aside_runs_again_when_it_is_mended()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.AddFridgeAsync();
        await shop.AddRuleUncheckedAsync(Warm with { Hold = TimeSpan.MaxValue });
        await shop.StartAsync();
        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");

        var rule = await shop.Book.GetAsync(shop.Caller, "warm", Ct);
        var mended = await shop.Book.UpdateAsync(shop.Caller, rule with { Definition = Warm }, Ct);
        await shop.SendAsync(fridge, "10:05", """{"temperature":9}""");

        Assert.Null(mended.StoppedReason);
        Assert.Equal(AlertStatus.Open, (await shop.AlertAsync()).Status);
    }

    [Fact]
    public async Task A_rule_whose_decisions_storage_refuses_is_set_aside_and_the_others_go_on()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.AddFridgeAsync();
        await shop.AddRuleAsync(Warm, "bad");
        await shop.AddRuleAsync(Warm, "good");
        await shop.StartAsync();

        shop.Journal.Refuses = "bad";
        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");
        await shop.SendAsync(fridge, "10:01", """{"temperature":5}""");

        Assert.Equal("fridge-1 10:00-10:01 Condition", await shop.StoryAsync());
        var bad = (await shop.Book.ListAsync(shop.Caller, Ct)).Single(r => r.Rule.Id == "bad").Rule;
        Assert.Equal("RuleWriteRefusedException: value too long", bad.StoppedReason);
    }

    [Fact]
    public async Task Only_a_fault_of_the_data_is_refused_for_ever()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(Warm);

        await shop.ExecuteAsOwnerAsync("revoke insert on alert from iot_app");
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() =>
            shop.SendAsync(fridge, "10:00", """{"temperature":9}""")
        );
        await shop.ExecuteAsOwnerAsync("grant insert on alert to iot_app");
        await shop.ExecuteAsOwnerAsync("alter table alert add constraint no_fridge check (device_id <> 'fridge-1')");
        await shop.RestartAsync();
        await shop.StepAsync();

        Assert.StartsWith(
            "RuleWriteRefusedException",
            (await shop.Book.GetAsync(shop.Caller, "warm", Ct)).StoppedReason,
            StringComparison.Ordinal
        );
    }
}
