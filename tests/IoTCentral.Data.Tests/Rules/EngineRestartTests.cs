using IoTCentral.Core.Rules;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Data.Tests.Rules;

/// <summary>The engine is killed and goes on from what is committed: nothing fires twice, nothing is lost.</summary>
public sealed class EngineRestartTests
{
    private static readonly RuleDefinition Warm = EngineTests.WithMail(EngineTests.Above(7), "anna@shop.example");

    [Fact]
    public async Task An_open_alert_stays_one_alert_and_resolves_after_the_restart()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(Warm);
        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");

        await shop.RestartAsync();
        await shop.SendAsync(fridge, "10:01", """{"temperature":11}""");
        await shop.SendAsync(fridge, "10:02", """{"temperature":5}""");

        Assert.Equal("fridge-1 10:00-10:02 Condition", await shop.StoryAsync());
        Assert.Equal(11, (await shop.AlertAsync()).Facts.Main!.Worst);
        Assert.Equal(2, (await shop.OutboxAsync()).Count);
    }

    [Fact]
    public async Task Messages_that_were_stored_while_it_was_down_are_judged_in_order()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(Warm);
        await shop.SendAsync(fridge, "10:00", """{"temperature":5}""");

        shop.Kill();
        await shop.StoreAsync(
            Shop.Message(fridge, "10:01", """{"temperature":9}"""),
            Shop.Message(fridge, "10:02", """{"temperature":5}""")
        );
        await shop.StoreAsync(Shop.Message(fridge, "10:03", """{"temperature":9}"""));
        await shop.StartAsync();
        await shop.StepAsync();

        Assert.Equal("fridge-1 10:01-10:02 Condition; fridge-1 10:03-", await shop.StoryAsync());
    }

    [Fact]
    public async Task A_crash_before_the_commit_loses_nothing()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(Warm);

        shop.Journal.FailsBefore = true;
        await Assert.ThrowsAsync<IOException>(() => shop.SendAsync(fridge, "10:00", """{"temperature":9}"""));
        Assert.Equal("", await shop.StoryAsync());
        await shop.RestartAsync();
        await shop.StepAsync();

        Assert.Equal("fridge-1 10:00-", await shop.StoryAsync());
        Assert.Single(await shop.OutboxAsync());
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_not_made_twice()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(Warm);

        shop.Journal.FailsAfter = true;
        await Assert.ThrowsAsync<IOException>(() => shop.SendAsync(fridge, "10:00", """{"temperature":9}"""));
        await shop.RestartAsync();
        await shop.SendAsync(fridge, "10:01", """{"temperature":9}""");

        Assert.Equal("fridge-1 10:00-", await shop.StoryAsync());
        Assert.Single(await shop.OutboxAsync());
    }

    [Fact]
    public async Task The_same_decision_written_twice_is_one_alert_and_one_mail()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(Warm);
        await shop.StoreAsync(
            Shop.Message(fridge, "10:00", """{"temperature":9}"""),
            Shop.Message(fridge, "10:01", """{"temperature":5}""")
        );
        await shop.StepAsync();

        // as if the place in the log had been lost
        await shop.ExecuteAsOwnerAsync("update consumer_checkpoint set position = 0 where consumer = 'rules'");
        await shop.RestartAsync();
        await shop.StepAsync();

        Assert.Equal("fridge-1 10:00-10:01 Condition", await shop.StoryAsync());
        Assert.Equal(2, (await shop.OutboxAsync()).Count);
        Assert.Equal(2, (await shop.Alerts.EventsAsync(shop.Tenant, (await shop.AlertAsync()).Id, default)).Count);
    }

    [Fact]
    public async Task A_hold_time_that_runs_goes_on_running()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(EngineTests.Above(7) with { Hold = TimeSpan.FromMinutes(10) });
        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");
        Assert.Equal(["warm holding"], await shop.PhasesAsync());

        await shop.RestartAsync();
        await shop.ClockAsync("10:09");
        Assert.Equal("", await shop.StoryAsync());
        await shop.ClockAsync("10:11");

        Assert.Equal("fridge-1 10:10-", await shop.StoryAsync());
    }

    [Fact]
    public async Task A_hold_time_that_was_over_while_it_was_down_fires_at_the_start()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(EngineTests.Above(7) with { Hold = TimeSpan.FromMinutes(10) });
        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");

        shop.Kill();
        shop.Clock.SetUtcNow(Shop.At("10:30"));
        await shop.StartAsync();
        await shop.ClockAsync("10:31");

        Assert.Equal("fridge-1 10:10-", await shop.StoryAsync());
    }

    [Fact]
    public async Task A_silent_device_fires_after_a_restart_too_once_devices_had_time_to_come_back()
    {
        await using var shop = await Shop.OpenAsync();
        var (silent, lively) = (await shop.AddFridgeAsync(), await shop.AddFridgeAsync("fridge-2"));
        await shop.AddRuleAsync(new() { Conditions = [new SilenceCondition { For = TimeSpan.FromMinutes(15) }] });
        await shop.StartAsync();
        await shop.SendAsync(silent, "10:00", """{"temperature":4}""");
        await shop.SendAsync(lively, "10:00:01", """{"temperature":4}""");
        await shop.NoteHeardAsync(silent, "10:00");
        await shop.NoteHeardAsync(lively, "10:00:01");

        shop.Kill();
        shop.Clock.SetUtcNow(Shop.At("11:00"));
        await shop.StartAsync();
        await shop.ClockAsync("11:01");
        await shop.SendAsync(lively, "11:01:30", """{"temperature":4}""");
        await shop.ClockAsync("11:03");

        Assert.Equal("fridge-1 11:02-", await shop.StoryAsync());
    }

    [Fact]
    public async Task Silence_does_not_need_the_presence_of_a_device_that_spoke_today()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(
            new() { Conditions = [new SilenceCondition { For = TimeSpan.FromMinutes(15) }] }
        );
        await shop.SendAsync(fridge, "10:00", """{"temperature":4}""");

        await shop.RestartAsync();
        await shop.StepAsync();
        await shop.ClockAsync("10:16");

        Assert.Equal("fridge-1 10:15-", await shop.StoryAsync());
    }

    [Fact]
    public async Task Timers_wait_for_messages_that_were_stored_before_them()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(EngineTests.Above(7) with { Hold = TimeSpan.FromMinutes(10) });
        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");

        shop.Kill();
        await shop.StoreAsync(Shop.Message(fridge, "10:05", """{"temperature":5}"""));
        shop.Clock.SetUtcNow(Shop.At("10:30"));
        await shop.StartAsync();
        for (var step = 0; step < 100 && (await shop.PhasesAsync()).Count > 0; step++)
            await shop.ClockAsync("10:30");

        Assert.Equal("", await shop.StoryAsync());
        Assert.Empty(await shop.PhasesAsync());
    }

    [Fact]
    public async Task An_open_window_is_filled_again_from_the_log()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(Average(10));
        for (var minute = 0; minute < 8; minute++)
            await shop.SendAsync(fridge, $"10:0{minute}", $$"""{"temperature":{{minute}}}""");

        await shop.RestartAsync();
        await shop.SendAsync(fridge, "10:08", """{"temperature":100}""");
        await shop.ClockAsync("10:12");

        // (0 + 1 + … + 7 + 100) / 9
        Assert.Equal("fridge-1 10:11-", await shop.StoryAsync());
        Assert.Equal(RuleValue.Of(128.0 / 9), (await shop.AlertAsync()).Facts.Main!.Value);
    }

    [Fact]
    public async Task A_long_window_with_more_messages_than_are_read_at_first_is_complete()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(Average(60) with { Conditions = [Over(Aggregate.Count, 0)] });
        await shop.StoreAsync(Shop.Message(fridge, "9:59:59", """{"temperature":1}"""));
        await shop.StoreAsync([
            .. Enumerable
                .Range(0, 200)
                .Select(i => Shop.Message(fridge, $"10:{i / 10:00}:{i % 10 * 6:00}", """{"temperature":1}""")),
        ]);
        await shop.StepAsync();

        await shop.RestartAsync();
        await shop.ClockAsync("11:02");

        Assert.Equal(RuleValue.Of(200), (await shop.AlertAsync()).Facts.Main!.Value);
    }

    [Fact]
    public async Task A_window_that_closed_before_the_crash_is_not_judged_again()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(Average(10) with { Conditions = [Over(Aggregate.Count, 3)] });
        await shop.SendAsync(fridge, "9:59", """{"temperature":1}""");
        for (var minute = 0; minute < 5; minute++)
            await shop.SendAsync(fridge, $"10:0{minute}", """{"temperature":1}""");
        await shop.ClockAsync("10:12");
        await shop.ClockAsync("10:22");
        Assert.Equal("fridge-1 10:11-10:21 Condition", await shop.StoryAsync());

        await shop.RestartAsync();
        await shop.ClockAsync("10:25");

        Assert.Equal("fridge-1 10:11-10:21 Condition", await shop.StoryAsync());
    }

    [Fact]
    public async Task A_message_older_than_the_last_one_judged_is_still_known_as_old()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(Warm);
        await shop.SendAsync(fridge, "10:00", """{"temperature":5}""");

        await shop.RestartAsync();
        await shop.SendAsync(fridge, "10:01", """{"temperature":20}""", messageTime: "9:59");

        Assert.Equal("", await shop.StoryAsync());
    }

    [Fact]
    public async Task Values_seen_before_still_count_for_conditions_that_need_several()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(WarmBehindAClosedDoor);
        await shop.SendAsync(fridge, "10:00", """{"door":false}""");

        await shop.RestartAsync();
        await shop.SendAsync(fridge, "10:01", """{"temperature":9}""");

        Assert.Equal("fridge-1 10:01-", await shop.StoryAsync());
    }

    [Fact]
    public async Task A_value_that_came_long_before_the_newest_messages_still_counts()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(WarmBehindAClosedDoor);
        await shop.SendAsync(fridge, "10:00", """{"door":false}""");
        await shop.KeepAsync(fridge, "10:00", Point.Of("door", false));
        for (var second = 0; second < 60; second++)
            await shop.SendAsync(fridge, $"10:01:{second:00}", """{"temperature":5}""");

        await shop.RestartAsync();
        await shop.SendAsync(fridge, "10:03", """{"temperature":9}""");

        Assert.Equal("fridge-1 10:03-", await shop.StoryAsync());
    }

    [Fact]
    public async Task A_value_that_is_yet_to_be_judged_does_not_count_before_its_turn()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(WarmBehindAClosedDoor);
        await shop.SendAsync(fridge, "10:00", """{"temperature":5}""");

        shop.Kill();
        await shop.StoreAsync(Shop.Message(fridge, "10:01", """{"temperature":9}"""));
        await shop.StoreAsync(Shop.Message(fridge, "10:02", """{"door":false}"""));
        await shop.KeepAsync(fridge, "10:02", Point.Of("door", false));
        await shop.StartAsync();
        await shop.StepAsync();

        Assert.Equal("fridge-1 10:02-", await shop.StoryAsync());
    }

    [Fact]
    public async Task What_a_person_resolved_stays_silent_until_it_has_been_false_once()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(Warm);
        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");
        shop.Clock.SetUtcNow(Shop.At("10:01"));
        await shop.Desk.ResolveAsync(shop.Caller, (await shop.AlertAsync()).Id, "defrosting", default);

        await shop.RestartAsync();
        await shop.SendAsync(fridge, "10:02", """{"temperature":9}""");
        Assert.Equal(["warm muted"], await shop.PhasesAsync());
        await shop.SendAsync(fridge, "10:03", """{"temperature":5}""");
        Assert.Empty(await shop.PhasesAsync());
        await shop.SendAsync(fridge, "10:04", """{"temperature":9}""");

        Assert.Equal("fridge-1 10:00-10:01 Person; fridge-1 10:04-", await shop.StoryAsync());
    }

    [Fact]
    public async Task A_device_that_was_deleted_while_it_was_down_leaves_nothing_open()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.WatchFridgeAsync(Warm);
        await shop.SendAsync(fridge, "10:00", """{"temperature":9}""");

        shop.Kill();
        await shop.DeleteAsync(fridge);
        await shop.StartAsync();
        await shop.ClockAsync("10:05");

        Assert.EndsWith("DeviceRemoved", await shop.StoryAsync(), StringComparison.Ordinal);
        Assert.Empty(await shop.PhasesAsync());
    }

    private static RuleDefinition WarmBehindAClosedDoor =>
        EngineTests.Above(7) with
        {
            Conditions =
            [
                .. EngineTests.Above(7).Conditions,
                new TelemetryCondition
                {
                    Name = "door",
                    Operator = RuleOperator.Equal,
                    Value = RuleValue.Of(false),
                },
            ],
        };

    private static RuleDefinition Average(int minutes) =>
        new() { Window = TimeSpan.FromMinutes(minutes), Conditions = [Over(Aggregate.Average, 8)] };

    private static TelemetryCondition Over(Aggregate aggregate, double limit) =>
        new()
        {
            Name = "temperature",
            Aggregate = aggregate,
            Operator = RuleOperator.GreaterThan,
            Value = RuleValue.Of(limit),
        };
}
