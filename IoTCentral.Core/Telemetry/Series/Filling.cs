namespace IoTCentral.Core.Telemetry.Series;

/// <summary>Puts buckets where nothing was measured.</summary>
internal static class Filling
{
    /// <param name="buckets">Of the range, by time.</param>
    public static IReadOnlyList<SeriesBucket> Fill(IReadOnlyList<SeriesBucket> buckets, SeriesQuery query)
    {
        if (query.Fill == Series.Fill.None || query.IsRaw)
            return buckets;
        var clock = new BucketClock(query);
        var to = BucketClock.MicrosecondsOf(query.To);
        var filled = new List<SeriesBucket>();
        var next = 0;
        for (var at = BucketClock.MicrosecondsOf(query.From); at < to; )
        {
            (var start, at) = clock.Of(at);
            var time = BucketClock.TimeOf(start);
            if (next < buckets.Count && buckets[next].Start == time)
            {
                filled.Add(buckets[next++]);
                continue;
            }
            SeriesBucket? before = next > 0 ? buckets[next - 1] : null;
            SeriesBucket? after = next < buckets.Count ? buckets[next] : null;
            filled.Add(Missing(time, before, after, query.Fill));
        }
        return filled;
    }

    private static SeriesBucket Missing(DateTimeOffset start, SeriesBucket? before, SeriesBucket? after, Fill fill) =>
        (fill, before, after) switch
        {
            (Series.Fill.Previous, { } last, _) => last with { Start = start, Count = 0 },
            (Series.Fill.Linear, { } last, { } next) => Between(start, last, next),
            _ => new(start, 0, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN),
        };

    private static SeriesBucket Between(DateTimeOffset start, SeriesBucket before, SeriesBucket after)
    {
        var share = (start - before.Start) / (after.Start - before.Start);
        return new(
            start,
            0,
            On(before.Average, after.Average),
            On(before.Minimum, after.Minimum),
            On(before.Maximum, after.Maximum),
            On(before.Sum, after.Sum),
            On(before.First, after.First),
            On(before.Last, after.Last)
        )
        {
            Detail =
                before.Detail is { } b && after.Detail is { } a
                    ? new()
                    {
                        Deviation = On(b.Deviation, a.Deviation),
                        Median = On(b.Median, a.Median),
                        Percentile90 = On(b.Percentile90, a.Percentile90),
                        Percentile95 = On(b.Percentile95, a.Percentile95),
                        Percentile99 = On(b.Percentile99, a.Percentile99),
                        TimeWeightedAverage = On(b.TimeWeightedAverage, a.TimeWeightedAverage),
                        Rate = On(b.Rate, a.Rate),
                    }
                    : null,
        };

        double On(double from, double to) => from + ((to - from) * share);
    }
}
