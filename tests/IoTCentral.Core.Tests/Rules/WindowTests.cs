using IoTCentral.Core.Rules;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Tests.Rules;

public sealed class WindowTests
{
    [Fact]
    public void An_average_is_judged_when_its_window_is_a_minute_over()
    {
        var judged = new Judged(Rules.Average(8, minutes: 10));

        judged.Temperature("10:00", 7).Temperature("10:09:59", 11).Clock("10:10:59").Clock("10:11");

        Assert.Equal("open 10:11", judged.Story);
        Assert.Equal(RuleValue.Of(9), judged.Transitions[0].Observations[0].Value);
        Assert.Equal(Judged.At("10:10"), judged.Transitions[0].Observations[0].At);
    }

    [Fact]
    public void A_later_message_closes_the_window_as_the_clock_does()
    {
        var judged = new Judged(Rules.Average(8, minutes: 10));

        judged.Temperature("10:01", 9).Temperature("10:10:30", 1).Temperature("10:11:30", 1);

        Assert.Equal("open 10:11", judged.Story);
    }

    [Fact]
    public void Messages_from_before_1970_harm_nobody()
    {
        var judged = new Judged(Rules.Average(8, minutes: 60), TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        var first = Judged.Message(Judged.At("10:00"), DateTimeOffset.MinValue, [Point.Of("temperature", 9)]);

        judged.Send(first).Temperature("10:05", 9).Clock("11:01");

        Assert.Equal("open 11:01", judged.Story);
    }

    [Fact]
    public void The_next_window_within_the_limit_resolves()
    {
        var judged = new Judged(Rules.Average(8, minutes: 10));

        judged.Temperature("10:01", 9).Temperature("10:12", 5).Clock("10:21");

        Assert.Equal("open 10:11 resolved 10:21", judged.Story);
    }

    [Fact]
    public void A_late_message_counts_while_its_window_is_open()
    {
        var judged = new Judged(Rules.Average(8, minutes: 10));

        judged.Temperature("10:05", 5).Temperature("10:10:30", 5).Temperature("10:10:40", 50, messageTime: "10:04");
        judged.Clock("10:12");

        Assert.Equal("open 10:11:10", judged.Story);
    }

    [Fact]
    public void A_message_for_a_closed_window_changes_nothing()
    {
        var judged = new Judged(Rules.Average(8, minutes: 10));

        judged.Temperature("10:05", 5).Clock("10:11").Temperature("10:11:30", 50, messageTime: "10:04").Clock("10:13");

        Assert.Equal("", judged.Story);
    }

    [Fact]
    public void A_message_older_than_the_last_one_judged_still_counts_into_its_window()
    {
        var judged = new Judged(
            Rules.Any(Rules.Above(100), Rules.Over(Aggregate.Maximum, RuleOperator.GreaterThan, 8)) with
            {
                Window = TimeSpan.FromMinutes(10),
            }
        );

        judged.Temperature("10:05", 5).Temperature("10:05:30", 50, messageTime: "10:04").Clock("10:11:30");

        Assert.Equal("open 10:11:30", judged.Story);
    }

    [Fact]
    public void The_watermark_follows_a_device_whose_clock_is_slow()
    {
        var judged = new Judged(Rules.Average(8, minutes: 10));

        for (var minute = 0; minute < 25; minute++)
            judged.Temperature($"10:{minute:00}", minute < 10 ? 9 : 5, messageTime: $"8:{minute:00}");

        Assert.Equal("open 10:11 resolved 10:21", judged.Story);
    }

    [Fact]
    public void A_device_whose_clock_is_set_back_is_judged_again_once_it_has_caught_up()
    {
        var judged = new Judged(Rules.Average(8, minutes: 10));
        judged.Temperature("10:30", 5).Clock("10:45");

        for (var minute = 46; minute < 60; minute++)
            judged.Temperature($"10:{minute}", 9, messageTime: $"10:{minute - 20}");
        for (var minute = 0; minute < 20; minute++)
            judged.Temperature($"11:{minute:00}", 9, messageTime: $"10:{minute + 40}");

        Assert.Equal("open 11:11", judged.Story);
    }

    [Fact]
    public void Single_values_do_not_wait_for_the_watermark()
    {
        var judged = new Judged(
            Rules.Any(Rules.Above(8), Rules.Over(Aggregate.Average, RuleOperator.GreaterThan, 100)) with
            {
                Window = TimeSpan.FromHours(1),
            }
        );

        judged.Temperature("10:00", 9);

        Assert.Equal("open 10:00", judged.Story);
    }

    [Theory]
    [InlineData(Aggregate.Average, 4)]
    [InlineData(Aggregate.Minimum, 1)]
    [InlineData(Aggregate.Maximum, 8)]
    [InlineData(Aggregate.Sum, 12)]
    [InlineData(Aggregate.Count, 3)]
    public void Each_aggregate_is_of_all_values_in_the_window(Aggregate aggregate, double expected)
    {
        var judged = new Judged(
            Rules.All(Rules.Over(aggregate, RuleOperator.GreaterThan, -1)) with
            {
                Window = TimeSpan.FromMinutes(10),
            }
        );

        // counts and sums begin with the first whole window
        judged.Temperature("9:59", 0).Temperature("10:00", 1).Temperature("10:01", 8).Temperature("10:09", 3);
        judged.Clock("10:11");

        Assert.Equal(RuleValue.Of(expected), judged.Evaluator.Observe()[0].Value);
    }

    [Fact]
    public void Texts_can_be_counted()
    {
        var judged = new Judged(
            Rules.All(Rules.Over(Aggregate.Count, RuleOperator.GreaterThan, 1, "event")) with
            {
                Window = TimeSpan.FromMinutes(10),
            }
        );

        judged
            .Send("9:59", Point.Of("event", "x"))
            .Send("10:01", Point.Of("event", "x"))
            .Send("10:02", Point.Of("event", "y"))
            .Clock("10:11");

        Assert.Equal("open 10:11", judged.Story);
    }

    [Fact]
    public void A_window_without_messages_has_the_count_0()
    {
        var judged = new Judged(
            Rules.All(Rules.Over(Aggregate.Count, RuleOperator.LessThan, 1)) with
            {
                Window = TimeSpan.FromMinutes(10),
            }
        );

        judged.Temperature("9:55", 1).Temperature("10:05", 1).Clock("10:21").Temperature("10:25", 1).Clock("10:31");

        Assert.Equal("open 10:21 resolved 10:31", judged.Story);
    }

    [Fact]
    public void A_window_without_messages_has_no_average_and_leaves_the_alert_open()
    {
        var judged = new Judged(Rules.Average(8, minutes: 10));

        judged.Temperature("10:05", 9).Clock("15:00");

        Assert.Equal("open 10:11", judged.Story);
    }

    [Fact]
    public void A_count_that_began_in_the_middle_of_a_window_is_not_judged()
    {
        var judged = new Judged(
            Rules.All(Rules.Over(Aggregate.Count, RuleOperator.LessThan, 5)) with
            {
                Window = TimeSpan.FromHours(1),
            }
        );

        judged.Temperature("10:58", 1).Clock("11:01");

        Assert.Equal("", judged.Story);
    }

    [Fact]
    public void Windows_without_messages_while_nobody_listened_are_not_judged()
    {
        var judged = new Judged(
            Rules.All(Rules.Over(Aggregate.Count, RuleOperator.LessThan, 1)) with
            {
                Window = TimeSpan.FromMinutes(1),
            }
        );
        judged.Temperature("9:59:30", 1).Temperature("10:00:30", 1).Clock("10:01:30");

        judged.Evaluator.NotSilentBefore(Judged.At("11:02"));
        judged.Clock("11:02").Temperature("11:02:10", 1).Clock("11:04:30");

        Assert.Equal("", judged.Story);
    }

    [Fact]
    public void A_sum_beyond_all_numbers_is_not_judged()
    {
        var judged = new Judged(
            Rules.All(Rules.Over(Aggregate.Sum, RuleOperator.GreaterThan, 8)) with
            {
                Window = TimeSpan.FromMinutes(10),
            }
        );

        judged.Temperature("9:59", 0).Temperature("10:01", double.MaxValue).Temperature("10:02", double.MaxValue);
        judged.Clock("10:11");

        Assert.Equal("", judged.Story);
    }

    [Fact]
    public void Hold_time_over_windows_counts_from_the_first_window_beyond_the_limit()
    {
        var judged = new Judged(Rules.Average(8, minutes: 10) with { Hold = TimeSpan.FromMinutes(15) });

        judged.Temperature("10:05", 9).Temperature("10:15", 9).Temperature("10:25", 9).Clock("10:31");

        Assert.Equal("open 10:26", judged.Story);
    }

    [Fact]
    public void Values_of_a_clock_that_is_ahead_count_into_no_window()
    {
        var judged = new Judged(Rules.Average(8, minutes: 10));

        judged.Temperature("10:05", 5);
        judged.Send("10:06", "10:30", MessageFlags.ClockAhead, Point.Of("temperature", 99)).Clock("11:00");

        Assert.Equal("", judged.Story);
    }
}
