using CsCheck;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Testing;

namespace IoTCentral.Core.Tests.Telemetry.Series;

/// <summary>Buckets, groups and gaps against a model that looks at all points for each of them.</summary>
public sealed class NaiveSeriesTests
{
    private static readonly DateTimeOffset Start = new(2026, 10, 24, 18, 0, 0, TimeSpan.Zero);

    private static readonly Gen<IReadOnlyList<(DateTimeOffset Time, double Value)>> AnySeries = Gen.Select(
            // around the night when Berlin's clocks go back
            Gen.OneOf(Gen.Int[0, 40].Select(i => i * 3_600), Gen.Int[0, 150_000]),
            Gen.Int[-30, 200]
        )
        .Select((second, value) => (Start.AddSeconds(second), value / 4d))
        .List[0, 40]
        .Select(p => NaiveSeries.InOrder(p));

    private static readonly Gen<SeriesQuery> AnyQuery =
        from at in Gen.Int[-3_000, 100_000]
        from length in Gen.Int[1, 120_000]
        from bucket in Among(300, 1_800, 3_600, 7_200, 86_400)
        from isWhole in Gen.Int[0, 4]
        from zone in Among("UTC", "Europe/Berlin", "Asia/Kolkata")
        from fill in Gen.Enum<Fill>()
        from aggregates in Gen.Enum<Aggregate>().Array[0, 2]
        select new SeriesQuery
        {
            Series = [],
            From = Start.AddSeconds(at),
            To = Start.AddSeconds(at + length),
            Bucket = TimeSpan.FromSeconds(bucket),
            IsWhole = isWhole == 0,
            TimeZone = TimeZoneInfo.FindSystemTimeZoneById(zone),
            Fill = fill,
            Aggregates = aggregates,
        };

    private static Gen<T> Among<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    [Fact]
    public void Groups_are_what_the_naive_model_says() =>
        Gen.Select(AnySeries.Array[1, 3], AnyQuery, Gen.Int[1, 9])
            .Sample(
                (series, query, slice) =>
                {
                    var group = new GroupBuilder(query);
                    foreach (var points in series)
                        group.Add(Builder(points, query, slice));
                    Assert.Null(NaiveSeries.Difference(NaiveSeries.Buckets(series, query), group.Build()));
                },
                iter: 10_000
            );

    [Fact]
    public void A_series_alone_is_what_the_naive_model_says() =>
        Gen.Select(AnySeries, AnyQuery, Gen.Int[1, 9])
            .Sample(
                (points, query, slice) =>
                    Assert.Null(
                        NaiveSeries.Difference(
                            NaiveSeries.Buckets([points], query),
                            Builder(points, query, slice).Build()
                        )
                    ),
                iter: 10_000
            );

    /// <summary>In slices of so many points, as chunks hand them out.</summary>
    private static SeriesBuilder Builder(
        IReadOnlyList<(DateTimeOffset Time, double Value)> points,
        SeriesQuery query,
        int slice
    )
    {
        var builder = new SeriesBuilder(query);
        foreach (var some in points.Where(p => p.Time >= query.ReadFrom && p.Time < query.To).Chunk(slice))
            builder.Add(
                [.. some.Select(p => (p.Time - DateTimeOffset.UnixEpoch).Ticks / 10)],
                [.. some.Select(p => p.Value)]
            );
        return builder;
    }
}
