using IoTCentral.Core.Rules;
using IoTCentral.Core.Telemetry;

namespace IoTCentral.Core.Tests.Rules;

public sealed class SilenceTests
{
    private static RuleDefinition Gone(int minutes) =>
        Rules.All(new DisconnectedCondition { For = TimeSpan.FromMinutes(minutes) });

    [Fact]
    public void A_silent_device_fires_by_the_clock_and_resolves_with_its_next_message()
    {
        var judged = new Judged(Rules.Silent(15));

        judged.Temperature("10:00", 5).Temperature("10:05", 5).Clock("10:19:59").Clock("10:25").Temperature("10:30", 5);

        Assert.Equal("open 10:20 resolved 10:30", judged.Story);
    }

    [Fact]
    public void Silence_goes_by_received_time_not_by_the_devices()
    {
        var judged = new Judged(Rules.Silent(15));

        judged.Temperature("10:00", 5, messageTime: "3:00").Clock("10:10");

        Assert.Equal("", judged.Story);
    }

    [Fact]
    public void Silence_is_seen_afterwards_too_when_no_clock_came_between()
    {
        var judged = new Judged(Rules.Silent(15));

        judged.Temperature("10:00", 5).Temperature("11:00", 5);

        Assert.Equal("open 10:15 resolved 11:00", judged.Story);
    }

    [Fact]
    public void An_old_message_breaks_the_silence_too()
    {
        var judged = new Judged(Rules.Silent(15));

        judged.Temperature("10:00", 5).Temperature("10:10", 5, messageTime: "9:00").Clock("10:20");

        Assert.Equal("", judged.Story);
    }

    [Theory]
    [InlineData(MessageFlags.ClockAhead)]
    [InlineData(MessageFlags.Repeat)]
    public void A_device_that_speaks_with_a_wrong_clock_or_repeats_itself_is_not_silent(MessageFlags flags)
    {
        var judged = new Judged(Rules.Silent(15));

        judged.Temperature("10:00", 5).Send("10:10", "12:00", flags, Point.Of("temperature", 5)).Clock("10:20");

        Assert.Equal("", judged.Story);
    }

    [Fact]
    public void A_will_is_sent_by_us_and_breaks_no_silence()
    {
        var judged = new Judged(Rules.Silent(15));

        judged.Temperature("10:00", 5).Send("10:10", "10:10", MessageFlags.Will, Point.Of("gone", true)).Clock("10:15");

        Assert.Equal("open 10:15", judged.Story);
    }

    [Fact]
    public void A_device_that_never_spoke_is_not_silent()
    {
        var judged = new Judged(Rules.Silent(15));

        judged.Clock("23:00");

        Assert.Equal("", judged.Story);
        Assert.Null(judged.Evaluator.Due);
    }

    [Fact]
    public void Silence_counts_from_what_was_heard_before_the_rule_began()
    {
        var judged = new Judged(Rules.Silent(15), facts: Judged.Fridge with { LastHeard = Judged.At("9:50") });

        judged.Clock("10:10");

        Assert.Equal("open 10:05", judged.Story);
    }

    [Fact]
    public void Time_in_which_nobody_listened_is_not_silence()
    {
        var judged = new Judged(Rules.Silent(15), facts: Judged.Fridge with { LastHeard = Judged.At("9:00") });

        judged.Evaluator.NotSilentBefore(Judged.At("10:02"));
        judged.Clock("10:01");
        Assert.Equal("", judged.Story);
        judged.Clock("10:03");

        Assert.Equal("open 10:02", judged.Story);
    }

    [Fact]
    public void A_message_after_an_outage_of_ours_opens_nothing()
    {
        var judged = new Judged(Rules.Silent(15), facts: Judged.Fridge with { LastHeard = Judged.At("9:00") });

        judged.Evaluator.NotSilentBefore(Judged.At("10:02"));
        judged.Temperature("10:01", 5).Clock("10:10");

        Assert.Equal("", judged.Story);
    }

    [Fact]
    public void A_device_disconnected_for_long_enough_fires_and_resolves_when_it_is_back()
    {
        var judged = new Judged(Gone(5));

        judged.Connection("10:00", "10:00").Clock("10:04").Clock("10:06").Connection("10:07", null);

        Assert.Equal("open 10:05 resolved 10:07", judged.Story);
    }

    [Fact]
    public void Reconnecting_in_time_starts_the_count_anew()
    {
        var judged = new Judged(Gone(5));

        judged.Connection("10:00", "10:00").Connection("10:04", null).Connection("10:05", "10:05").Clock("10:09");

        Assert.Equal("", judged.Story);
    }

    [Fact]
    public void A_reconnection_nobody_saw_resolves_all_the_same()
    {
        var judged = new Judged(Gone(5));

        judged.Connection("10:00", "10:00").Clock("10:06").Connection("10:08", "10:07").Clock("10:13");

        Assert.Equal("open 10:05 resolved 10:08 open 10:12", judged.Story);
    }

    [Fact]
    public void A_device_that_never_connected_is_not_disconnected()
    {
        var judged = new Judged(Gone(5));

        judged.Clock("23:00");

        Assert.Equal("", judged.Story);
    }

    [Fact]
    public void Silence_and_a_value_can_be_asked_for_together()
    {
        var judged = new Judged(Rules.All(Rules.Above(8), new SilenceCondition { For = TimeSpan.FromMinutes(15) }));

        judged.Temperature("10:00", 9).Clock("10:20").Temperature("10:21", 9);

        Assert.Equal("open 10:15 resolved 10:21", judged.Story);
    }
}
