using System.Globalization;
using CsCheck;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Tests.Telemetry.Series;

public sealed class TimeBucketsTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    private static readonly string[] Zones =
    [
        "Europe/Berlin",
        "America/St_Johns",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Etc/UTC",
    ];

    [Theory]
    [InlineData(1, "2026-11-23T10:59:59Z", "2026-11-23T10:59:00Z")]
    [InlineData(5, "2026-11-23T10:59:59Z", "2026-11-23T10:55:00Z")]
    // hours follow the zone; Berlin is on a whole hour, so they are the same
    [InlineData(60, "2026-11-23T10:59:59Z", "2026-11-23T10:00:00Z")]
    // six hours from local midnight
    [InlineData(360, "2026-11-23T10:59:59Z", "2026-11-23T05:00:00Z")]
    // a local day
    [InlineData(1440, "2026-11-23T10:59:59Z", "2026-11-22T23:00:00Z")]
    // the day the clocks go back: began in summer time
    [InlineData(1440, "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z")]
    [InlineData(1440, "2026-10-25T22:59:59Z", "2026-10-24T22:00:00Z")]
    // the hour that there is twice is two buckets
    [InlineData(60, "2026-10-25T00:30:00Z", "2026-10-25T00:00:00Z")]
    [InlineData(60, "2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z")]
    // the day the clocks go forward
    [InlineData(1440, "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z")]
    public void A_bucket_begins_where_the_zone_says(int minutes, string time, string start) =>
        Assert.Equal(At(start), new TimeBuckets(TimeSpan.FromMinutes(minutes), Berlin).StartOf(At(time)));

    [Theory]
    [InlineData("2026-10-25T12:00:00Z", 25)]
    [InlineData("2026-03-29T12:00:00Z", 23)]
    [InlineData("2026-11-23T12:00:00Z", 24)]
    public void A_local_day_is_as_long_as_it_is(string time, int hours)
    {
        var days = new TimeBuckets(TimeSpan.FromDays(1), Berlin);

        Assert.Equal(TimeSpan.FromHours(hours), days.EndOf(At(time)) - days.StartOf(At(time)));
    }

    [Fact]
    public void Buckets_tile_time_in_every_zone() =>
        Gen.Select(
                Gen.Int[0, 2_000_000_000],
                Gen.Int[0, 6].Select(i => new[] { 1, 15, 60, 120, 360, 720, 1440 }[i]),
                Gen.Int[0, Zones.Length - 1].Select(i => Zones[i])
            )
            .Sample(
                (seconds, minutes, zone) =>
                {
                    var time = DateTimeOffset.FromUnixTimeSeconds(seconds);
                    var buckets = new TimeBuckets(
                        TimeSpan.FromMinutes(minutes),
                        TimeZoneInfo.FindSystemTimeZoneById(zone)
                    );
                    var (start, end) = (buckets.StartOf(time), buckets.EndOf(time));
                    return start <= time
                        && time < end
                        && buckets.StartOf(start) == start
                        && buckets.StartOf(end) == end
                        && buckets.StartOf(end.AddTicks(-1)) == start;
                }
            );

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
