using IoTCentral.Core.Rules;
using IoTCentral.Core.Telemetry;

namespace IoTCentral.Core.Tests.Rules;

public sealed class HoldAndHysteresisTests
{
    private static readonly RuleDefinition TenMinutes = Rules.All(Rules.Above(8)) with
    {
        Hold = TimeSpan.FromMinutes(10),
    };

    [Fact]
    public void The_hold_time_runs_by_timer_from_the_first_true_value()
    {
        var judged = new Judged(TenMinutes);

        judged.Temperature("10:00", 9).Clock("10:09:59").Clock("10:30");

        Assert.Equal("open 10:10", judged.Story);
    }

    [Fact]
    public void The_timer_needs_no_further_message_but_one_may_come()
    {
        var judged = new Judged(TenMinutes);

        judged.Temperature("10:00", 9).Temperature("10:20", 9);

        Assert.Equal("open 10:10", judged.Story);
    }

    [Fact]
    public void One_good_value_during_the_hold_time_starts_it_anew()
    {
        var judged = new Judged(TenMinutes);

        judged.Temperature("10:00", 9).Temperature("10:09", 7).Temperature("10:09:30", 9).Clock("10:15").Clock("10:20");

        Assert.Equal("open 10:19:30", judged.Story);
    }

    [Fact]
    public void The_hold_time_goes_by_our_clock_when_the_devices_is_slow()
    {
        var judged = new Judged(TenMinutes);

        judged.Temperature("10:00", 9, messageTime: "8:00").Clock("10:05").Temperature("10:06", 7, messageTime: "8:06");

        Assert.Equal("", judged.Story);
    }

    [Fact]
    public void What_was_due_before_a_message_happened_before_it()
    {
        var judged = new Judged(TenMinutes);

        judged.Temperature("10:00", 9).Temperature("10:11", 7);

        Assert.Equal("open 10:10 resolved 10:11", judged.Story);
    }

    [Fact]
    public void The_timer_tells_when_it_is_due()
    {
        var judged = new Judged(TenMinutes);

        Assert.Null(judged.Evaluator.Due);
        judged.Temperature("10:00", 9);
        Assert.Equal(Judged.At("10:10"), judged.Evaluator.Due);
        judged.Temperature("10:01", 7);
        Assert.Null(judged.Evaluator.Due);
    }

    [Fact]
    public void With_hysteresis_a_number_must_come_back_that_far()
    {
        var judged = new Judged(Rules.All(Rules.Above(8)) with { Hysteresis = 1 });

        judged.Temperature("10:00", 8.1).Temperature("10:01", 7.5).Temperature("10:02", 7.1).Temperature("10:03", 7);

        Assert.Equal("open 10:00 resolved 10:03", judged.Story);
    }

    [Fact]
    public void Hysteresis_does_not_move_the_limit_for_opening()
    {
        var judged = new Judged(Rules.All(Rules.Above(8)) with { Hysteresis = 1 });

        judged.Temperature("10:00", 7.5).Temperature("10:01", 8);

        Assert.Equal("", judged.Story);
    }

    [Fact]
    public void Hysteresis_of_a_lower_limit_lies_above_it()
    {
        var judged = new Judged(
            Rules.All(Rules.Is("temperature", RuleOperator.LessThan, RuleValue.Of(2))) with
            {
                Hysteresis = 0.5,
            }
        );

        judged.Temperature("10:00", 1.9).Temperature("10:01", 2.4).Temperature("10:02", 2.5);

        Assert.Equal("open 10:00 resolved 10:02", judged.Story);
    }

    [Fact]
    public void Flutter_inside_the_hysteresis_does_not_restart_the_hold_time()
    {
        var judged = new Judged(TenMinutes with { Hysteresis = 1 });

        judged.Temperature("10:00", 8.1).Temperature("10:05", 7.9).Temperature("10:09", 8.1).Clock("10:10");

        Assert.Equal("open 10:10", judged.Story);
    }

    [Fact]
    public void After_a_person_resolved_it_it_stays_silent_until_it_has_been_false_once()
    {
        var judged = new Judged(Rules.All(Rules.Above(8)));
        judged.Temperature("10:00", 9);

        judged.Evaluator.Adopt(RulePhase.Muted, Judged.At("10:01"));
        judged.Temperature("10:02", 9).Temperature("10:03", 20).Temperature("10:04", 7).Temperature("10:05", 9);

        Assert.Equal("open 10:00 open 10:05", judged.Story);
    }

    [Fact]
    public void A_muted_rule_that_is_true_again_waits_its_hold_time_again()
    {
        var judged = new Judged(TenMinutes);
        judged.Temperature("10:00", 9).Clock("10:10");

        judged.Evaluator.Adopt(RulePhase.Muted, Judged.At("10:11"));
        judged.Clock("11:00").Temperature("11:01", 7).Temperature("11:02", 9).Clock("11:11").Clock("11:12");

        Assert.Equal("open 10:10 open 11:12", judged.Story);
    }
}
