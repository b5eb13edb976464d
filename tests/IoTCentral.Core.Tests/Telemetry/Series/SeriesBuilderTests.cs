using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Tests.Telemetry.Series;

public sealed class SeriesBuilderTests
{
    private static readonly long Noon = (Messages.Noon - DateTimeOffset.UnixEpoch).Ticks / 10;

    [Fact]
    public void A_bucket_knows_all_aggregates()
    {
        var builder = new SeriesBuilder(Query(TimeSpan.FromMinutes(1)));
        builder.Add([Noon + 10_000_000, Noon + 20_000_000], [1, 5]);
        builder.Add([Noon + 40_000_000, Noon + 70_000_000, Noon + 300_000_000], [3, 9, 4]);

        var buckets = builder.Build();

        Assert.Equal(new(Messages.Noon, 3, 3, 1, 5, 9, 1, 3), buckets[0]);
        Assert.Equal([0, 1, 5], buckets.Select(b => (b.Start - Messages.Noon).TotalMinutes));
    }

    [Fact]
    public void A_summary_stands_for_its_points()
    {
        var builder = new SeriesBuilder(Query(TimeSpan.FromHours(2)));
        builder.Add(Noon, 2, new(1, 5, 6, 1, 5));
        builder.Add([Noon + 3_600_000_001], [3]);

        Assert.Equal([new(Messages.Noon, 3, 3, 1, 5, 9, 1, 3)], builder.Build());
    }

    [Fact]
    public void A_question_for_a_few_of_very_many_points_keeps_their_extremes()
    {
        var builder = new SeriesBuilder(Query(null) with { MaxPoints = 100 });
        for (var i = 0; i < 200_000; i++)
            builder.Add([Noon + i], [i == 77_777 ? -5 : i % 10]);

        var points = builder.Build();

        Assert.InRange(points.Count, 50, 100);
        Assert.Contains(points, p => p.Minimum == -5);
        Assert.Equal(points.OrderBy(p => p.Start), points);
    }

    [Fact]
    public void Thinning_keeps_the_extremes_and_the_order()
    {
        var points = Enumerable.Range(0, 10_000).Select(i => ((long)i, Value: Math.Sin(i / 100.0))).ToList();
        points[1_234] = (1_234, 99);
        points[8_765] = (8_765, -99);

        var thin = Thinning.MinMax(points, 200);

        Assert.InRange(thin.Count, 100, 200);
        Assert.Contains((1_234, 99d), thin);
        Assert.Contains((8_765, -99d), thin);
        Assert.Equal(thin.OrderBy(p => p.Ticks), thin);
    }

    [Fact]
    public void Equal_neighbours_are_one_stretch()
    {
        var builder = new StateBuilder(100);
        foreach (var (second, value) in new[] { (0, "on"), (10, "on"), (20, "on"), (30, "off"), (40, "on") })
            builder.Add(Messages.Noon.AddSeconds(second), value);

        Assert.Equal(
            [
                new(Messages.Noon, Messages.Noon.AddSeconds(30), "on"),
                new(Messages.Noon.AddSeconds(30), Messages.Noon.AddSeconds(40), "off"),
                new(Messages.Noon.AddSeconds(40), Messages.Noon.AddSeconds(40), "on"),
            ],
            builder.Build()
        );
    }

    private static SeriesQuery Query(TimeSpan? bucket) =>
        new()
        {
            Series = [],
            From = Messages.Noon,
            To = Messages.Noon.AddDays(1),
            Bucket = bucket,
        };
}
