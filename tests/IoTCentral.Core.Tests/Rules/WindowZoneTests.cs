using IoTCentral.Core.Rules;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Tests.Rules;

public sealed class WindowZoneTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
    private static readonly TimeZoneInfo Kathmandu = TimeZoneInfo.FindSystemTimeZoneById("Asia/Kathmandu");

    private static RuleDefinition Maximum(TimeSpan window) =>
        Rules.All(Rules.Over(Aggregate.Maximum, RuleOperator.GreaterThan, 8)) with
        {
            Window = window,
        };

    [Fact]
    public void A_day_ends_at_local_midnight()
    {
        var judged = new Judged(Maximum(TimeSpan.FromDays(1)), Berlin);

        judged.Temperature("22:30", 9).Clock("23:00:59").Clock("23:01");

        Assert.Equal("open 23:01", judged.Story);
    }

    [Fact]
    public void Six_hours_begin_at_local_clock_times()
    {
        var judged = new Judged(Maximum(TimeSpan.FromHours(6)), Kathmandu);

        // 12:00 in Kathmandu is 6:15 UTC
        judged.Temperature("6:00", 9).Clock("6:16");

        Assert.Equal("open 06:16", judged.Story);
    }

    [Fact]
    public void Windows_shorter_than_an_hour_are_the_same_in_all_zones()
    {
        var judged = new Judged(Maximum(TimeSpan.FromMinutes(30)), Kathmandu);

        judged.Temperature("6:29", 9).Clock("6:31");

        Assert.Equal("open 06:31", judged.Story);
    }

    [Theory]
    // Berlin, 25 October 2026: clocks go back, the day has 25 hours and ends at 23:00 UTC
    [InlineData("2026-10-25T22:59:00Z", "2026-10-25T23:01:00Z")]
    [InlineData("2026-10-24T22:30:00Z", "2026-10-25T23:01:00Z")]
    // 28 March 2027: clocks go forward, the day has 23 hours and ends at 22:00 UTC
    [InlineData("2027-03-27T23:30:00Z", "2027-03-28T22:01:00Z")]
    [InlineData("2027-03-28T21:59:00Z", "2027-03-28T22:01:00Z")]
    public void A_day_is_as_long_as_the_local_day_when_clocks_change(string sent, string judgedAt)
    {
        var judged = new Judged(Maximum(TimeSpan.FromDays(1)), Berlin);
        var at = DateTimeOffset.Parse(sent, null);

        judged.Send(Judged.Message(at, at, [Point.Of("temperature", 9)]));
        judged.Evaluator.OnClock(DateTimeOffset.Parse(judgedAt, null).AddSeconds(-1));
        Assert.False(judged.Evaluator.HasTransitions);
        judged.Evaluator.OnClock(DateTimeOffset.Parse(judgedAt, null));

        Assert.Equal(DateTimeOffset.Parse(judgedAt, null), Assert.Single(judged.Evaluator.TakeTransitions()).At);
    }

    [Fact]
    public void The_hour_that_comes_twice_is_two_windows()
    {
        var judged = new Judged(Maximum(TimeSpan.FromHours(1)), Berlin);
        var first = new DateTimeOffset(2026, 10, 25, 0, 30, 0, TimeSpan.Zero);

        judged.Send(Judged.Message(first, first, [Point.Of("temperature", 9)]));
        judged.Send(Judged.Message(first.AddHours(1), first.AddHours(1), [Point.Of("temperature", 5)]));
        judged.Evaluator.OnClock(first.AddHours(3));

        Assert.Equal(
            [true, false],
            judged.Transitions.Concat(judged.Evaluator.TakeTransitions()).Select(t => t.IsOpen)
        );
    }

    [Theory]
    [InlineData("Europe/Berlin", 2026)]
    [InlineData("America/Havana", 2026)]
    [InlineData("Australia/Lord_Howe", 2026)]
    [InlineData("America/New_York", 2026)]
    [InlineData("Africa/Cairo", 2026)]
    public void Every_moment_of_a_year_is_in_exactly_one_window(string zone, int year)
    {
        foreach (var size in RuleCheck.Windows.Where(w => w >= TimeSpan.FromHours(1)))
        {
            var buckets = new TimeBuckets(size, TimeZoneInfo.FindSystemTimeZoneById(zone));
            var at = new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero);
            var end = buckets.EndOf(at);
            while (end.Year == year)
            {
                var start = end;
                end = buckets.EndOf(start);
                Assert.Equal(start, buckets.StartOf(start));
                Assert.Equal(start, buckets.StartOf(end.AddTicks(-1)));
                Assert.InRange(end - start, TimeSpan.FromMinutes(30), size + TimeSpan.FromHours(1));
            }
        }
    }
}
