using IoTCentral.Core.Rules;
using IoTCentral.Core.Telemetry;

namespace IoTCentral.Core.Tests.Rules;

public sealed class SingleValueTests
{
    [Fact]
    public void A_value_beyond_its_limit_opens_at_once_and_one_within_it_resolves()
    {
        var judged = new Judged(Rules.All(Rules.Above(8)));

        judged.Temperature("10:00", 8).Temperature("10:01", 8.1).Temperature("10:02", 9).Temperature("10:03", 8);

        Assert.Equal("open 10:01 resolved 10:03", judged.Story);
    }

    [Fact]
    public void At_most_one_alert_is_open_however_often_it_is_true()
    {
        var judged = new Judged(Rules.All(Rules.Above(8)));

        for (var minute = 10; minute < 50; minute++)
            judged.Temperature($"10:{minute}", 9);

        Assert.Equal("open 10:10", judged.Story);
    }

    [Fact]
    public void A_message_older_than_the_last_one_judged_never_opens_an_alert()
    {
        var judged = new Judged(Rules.All(Rules.Above(8)));

        judged.Temperature("10:00", 5).Temperature("10:01", 20, messageTime: "9:59:59");

        Assert.Equal("", judged.Story);
    }

    [Fact]
    public void A_message_older_than_the_last_one_judged_resolves_nothing()
    {
        var judged = new Judged(Rules.All(Rules.Above(8)));

        judged.Temperature("10:00", 9).Temperature("10:01", 5, messageTime: "9:59");

        Assert.Equal("open 10:00", judged.Story);
    }

    [Fact]
    public void A_message_of_the_same_time_as_the_last_one_is_judged()
    {
        var judged = new Judged(Rules.All(Rules.Above(8)));

        judged.Temperature("10:00", 5, messageTime: "9:00").Temperature("10:01", 20, messageTime: "9:00");

        Assert.Equal("open 10:01", judged.Story);
    }

    [Fact]
    public void A_late_but_ordered_message_is_judged_when_it_arrives()
    {
        var judged = new Judged(Rules.All(Rules.Above(8)));

        judged.Temperature("10:00", 20, messageTime: "7:00").Temperature("10:01", 5, messageTime: "7:01");

        Assert.Equal("open 10:00 resolved 10:01", judged.Story);
    }

    [Theory]
    [InlineData(MessageFlags.ClockAhead)]
    [InlineData(MessageFlags.Repeat)]
    public void Values_of_repeats_and_of_clocks_that_are_ahead_drive_nothing(MessageFlags flags)
    {
        var judged = new Judged(Rules.All(Rules.Above(8)));

        judged.Send("10:00", "12:00", flags, Point.Of("temperature", 20)).Temperature("10:01", 5);

        Assert.Equal("", judged.Story);
    }

    [Fact]
    public void A_message_from_2100_does_not_stop_later_ones_from_being_judged()
    {
        var judged = new Judged(Rules.All(Rules.Above(8)));
        var farAhead = Judged.Message(
            Judged.At("10:00"),
            new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero),
            [Point.Of("temperature", 5)],
            MessageFlags.ClockAhead
        );

        judged.Send(farAhead).Temperature("10:01", 20);

        Assert.Equal("open 10:01", judged.Story);
    }

    [Fact]
    public void Messages_without_the_value_change_nothing()
    {
        var judged = new Judged(Rules.All(Rules.Above(8)));

        judged.Temperature("10:00", 9).Send("10:01", Point.Of("humidity", 3)).Send("10:02");

        Assert.Equal("open 10:00", judged.Story);
    }

    [Fact]
    public void The_same_name_in_another_component_is_another_value()
    {
        var judged = new Judged(Rules.All(Rules.Above(8) with { Component = "left" }));
        var points = new[] { Point.Of("temperature", 20) };

        judged.Send(Judged.Message(Judged.At("10:00"), Judged.At("10:00"), points));
        judged.Send(Judged.Message(Judged.At("10:01"), Judged.At("10:01"), points, component: "left"));

        Assert.Equal("open 10:01", judged.Story);
    }

    [Fact]
    public void All_conditions_may_come_in_different_messages()
    {
        var judged = new Judged(Rules.All(Rules.Above(8), Rules.Is("door", RuleOperator.Equal, RuleValue.Of(false))));

        judged
            .Temperature("10:00", 9)
            .Send("10:01", Point.Of("door", true))
            .Send("10:02", Point.Of("door", false))
            .Temperature("10:03", 7);

        Assert.Equal("open 10:02 resolved 10:03", judged.Story);
    }

    [Fact]
    public void Any_condition_is_enough_and_all_must_be_gone_to_resolve()
    {
        var judged = new Judged(Rules.Any(Rules.Above(8), Rules.Above(90, "humidity")));

        judged
            .Temperature("10:00", 9)
            .Send("10:01", Point.Of("humidity", 95))
            .Temperature("10:02", 5)
            .Send("10:03", Point.Of("humidity", 50));

        Assert.Equal("open 10:00 resolved 10:03", judged.Story);
    }

    [Theory]
    [InlineData(RuleOperator.GreaterThan, 8.0, false)]
    [InlineData(RuleOperator.GreaterThan, 8.1, true)]
    [InlineData(RuleOperator.GreaterThanOrEqual, 8.0, true)]
    [InlineData(RuleOperator.LessThan, 8.0, false)]
    [InlineData(RuleOperator.LessThan, 7.9, true)]
    [InlineData(RuleOperator.LessThanOrEqual, 8.0, true)]
    [InlineData(RuleOperator.Equal, 8.0, true)]
    [InlineData(RuleOperator.Equal, 8.1, false)]
    [InlineData(RuleOperator.NotEqual, 8.0, false)]
    [InlineData(RuleOperator.NotEqual, 8.1, true)]
    public void Numbers_are_compared_with_8(RuleOperator op, double value, bool isTrue)
    {
        var judged = new Judged(Rules.All(Rules.Is("temperature", op, RuleValue.Of(8))));

        judged.Temperature("10:00", value);

        Assert.Equal(isTrue ? "open 10:00" : "", judged.Story);
    }

    [Theory]
    [InlineData(RuleOperator.Equal, "alarm", true)]
    [InlineData(RuleOperator.Equal, "Alarm", false)]
    [InlineData(RuleOperator.NotEqual, "ok", true)]
    [InlineData(RuleOperator.Contains, "high alarm 3", true)]
    [InlineData(RuleOperator.Contains, "ok", false)]
    public void Texts_are_compared_with_alarm(RuleOperator op, string value, bool isTrue)
    {
        var judged = new Judged(Rules.All(Rules.Is("state", op, RuleValue.Of("alarm"))));

        judged.Send("10:00", Point.Of("state", value));

        Assert.Equal(isTrue ? "open 10:00" : "", judged.Story);
    }

    [Fact]
    public void Values_of_another_kind_than_the_limit_are_never_true()
    {
        var judged = new Judged(Rules.All(Rules.Above(8)));

        judged.Send("10:00", Point.Of("temperature", "hot")).Send("10:01", Point.Of("temperature", true));

        Assert.Equal("", judged.Story);
    }

    [Fact]
    public void Four_comparisons_of_a_place_make_a_fence()
    {
        var judged = new Judged(
            Rules.Any(
                Rules.Is("position.lat", RuleOperator.GreaterThan, RuleValue.Of(50)),
                Rules.Is("position.lon", RuleOperator.LessThan, RuleValue.Of(7))
            )
        );

        judged
            .Send("10:00", new Point("position", PointKind.Location, 49, null, 8))
            .Send("10:01", new Point("position", PointKind.Location, 49, null, 6))
            .Send("10:02", new Point("position", PointKind.Location, 49, null, 8));

        Assert.Equal("open 10:01 resolved 10:02", judged.Story);
    }

    [Fact]
    public void An_event_is_true_for_each_message_that_carries_it_and_over_with_the_next_without()
    {
        var judged = new Judged(Rules.All(new TelemetryCondition { Name = "doorForced", Operator = RuleOperator.Any }));

        judged
            .Send("10:00", Point.Of("doorForced", "left"))
            .Send("10:01", Point.Of("doorForced", "right"))
            .Temperature("10:02", 5)
            .Send("10:03", Point.Of("doorForced", "left"));

        Assert.Equal("open 10:00 resolved 10:02 open 10:03", judged.Story);
    }

    [Fact]
    public void The_largest_and_smallest_doubles_are_ordinary_numbers()
    {
        var judged = new Judged(Rules.All(Rules.Above(8)) with { Hysteresis = double.MaxValue });

        judged
            .Temperature("10:00", double.MaxValue)
            .Temperature("10:01", double.MinValue)
            .Temperature("10:02", double.NaN)
            .Temperature("10:03", double.PositiveInfinity);

        Assert.StartsWith("open 10:00", judged.Story, StringComparison.Ordinal);
    }

    [Fact]
    public void The_worst_value_since_it_became_true_is_remembered()
    {
        var judged = new Judged(Rules.All(Rules.Above(8)));

        judged.Temperature("10:00", 9).Temperature("10:01", 12).Temperature("10:02", 10).Temperature("10:03", 5);

        Assert.Equal(9, judged.Transitions[0].Observations[0].Worst);
        Assert.Equal(12, judged.Transitions[1].Observations[0].Worst);
        Assert.Equal(RuleValue.Of(5), judged.Transitions[1].Observations[0].Value);
    }

    [Fact]
    public void The_worst_of_a_lower_limit_is_the_lowest_value()
    {
        var judged = new Judged(Rules.All(Rules.Is("temperature", RuleOperator.LessThan, RuleValue.Of(2))));

        judged.Temperature("10:00", 1).Temperature("10:01", -4).Temperature("10:02", 0).Temperature("10:03", 5);

        Assert.Equal(-4, judged.Transitions[1].Observations[0].Worst);
    }
}
