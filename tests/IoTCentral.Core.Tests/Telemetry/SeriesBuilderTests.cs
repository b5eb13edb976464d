using IoTCentral.Core.Telemetry;

namespace IoTCentral.Core.Tests.Telemetry;

public sealed class SeriesBuilderTests
{
    [Fact]
    public void A_bucket_knows_all_aggregates_whatever_the_order_of_arrival()
    {
        var builder = new SeriesBuilder(Query(TimeSpan.FromMinutes(1)));
        builder.Add(Messages.Noon.AddSeconds(20), 5);
        builder.Add(Messages.Noon.AddSeconds(10), 1);
        builder.Add(Messages.Noon.AddSeconds(40), 3);
        builder.Add(Messages.Noon.AddSeconds(70), 9);

        var buckets = builder.Build();

        Assert.Equal(new(Messages.Noon, 3, 3, 1, 5, 9, 1, 3), buckets[0]);
        Assert.Equal(Messages.Noon.AddMinutes(1), buckets[1].Start);
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
        foreach (var (second, value) in new[] { (0, "on"), (10, "on"), (30, "off"), (20, "on"), (40, "on") })
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
