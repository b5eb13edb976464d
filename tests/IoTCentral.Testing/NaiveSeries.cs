using System.Globalization;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Testing;

/// <summary>What a question about series has to be answered, worked out the long way from all points in memory.</summary>
public static class NaiveSeries
{
    private const double Second = TimeSpan.TicksPerSecond;

    /// <summary>Buckets of some series together.</summary>
    /// <param name="series">Each in the order of arrival.</param>
    public static IReadOnlyList<SeriesBucket> Buckets(
        IReadOnlyList<IReadOnlyList<(DateTimeOffset Time, double Value)>> series,
        SeriesQuery query
    )
    {
        var all = series.Select(s => Points(s, query)).ToList();
        var starts = all.SelectMany(p => p)
            .Where(p => p.Time >= query.From && p.Time < query.To)
            .Select(p => StartOf(p.Time, query))
            .ToHashSet();
        if (query.NeedsPrevious)
        {
            foreach (var known in all.Select(p => Known(p, query)).OfType<DateTimeOffset>())
            {
                for (var at = known; at < query.To; at = EndOf(at, query))
                    starts.Add(StartOf(at, query));
            }
        }
        var buckets = starts.Order().Select(s => Bucket(all, s, query)).ToList();
        return Filled(buckets, query);
    }

    /// <summary>By time, of one time by arrival; of equal time and value there is one.</summary>
    public static IReadOnlyList<(DateTimeOffset Time, double Value)> InOrder(
        IReadOnlyList<(DateTimeOffset Time, double Value)> points
    ) => [.. points.Distinct().OrderBy(p => p.Time)];

    /// <summary>In order, and as 1 and 0 where a state is asked about.</summary>
    public static IReadOnlyList<(DateTimeOffset Time, double Value)> Points(
        IReadOnlyList<(DateTimeOffset Time, double Value)> points,
        SeriesQuery query
    ) =>
        query.State is not { } state
            ? InOrder(points)
            :
            [
                .. InOrder(points)
                    .Select(p => (p.Time, p.Value.ToString(CultureInfo.InvariantCulture) == state ? 1d : 0)),
            ];

    private static DateTimeOffset StartOf(DateTimeOffset time, SeriesQuery query) =>
        query.IsWhole ? query.From : new TimeBuckets(query.Bucket!.Value, query.TimeZone).StartOf(time);

    private static DateTimeOffset EndOf(DateTimeOffset time, SeriesQuery query) =>
        query.IsWhole ? query.To : new TimeBuckets(query.Bucket!.Value, query.TimeZone).EndOf(time);

    /// <summary>From when on there is a value.</summary>
    private static DateTimeOffset? Known(IReadOnlyList<(DateTimeOffset Time, double Value)> points, SeriesQuery query)
    {
        var read = points.Where(p => p.Time >= query.ReadFrom && p.Time < query.To).ToList();
        return read.Count == 0 ? null
            : read[0].Time < query.From ? query.From
            : read[0].Time;
    }

    private static SeriesBucket Bucket(
        IReadOnlyList<IReadOnlyList<(DateTimeOffset Time, double Value)>> series,
        DateTimeOffset start,
        SeriesQuery query
    )
    {
        bool IsIn((DateTimeOffset Time, double Value) p) =>
            p.Time >= query.From && p.Time < query.To && StartOf(p.Time, query) == start;
        var points = series.SelectMany(s => s.Where(IsIn)).OrderBy(p => p.Time).ToList();
        var values = points.Select(p => p.Value).ToList();
        if (values.Count == 0)
            return Empty(start) with { Sum = 0, Detail = Detail(series, start, values, query) };
        return new(
            start,
            values.Count,
            values.Average(),
            values.Min(),
            values.Max(),
            values.Sum(),
            values[0],
            values[^1]
        )
        {
            Detail = Detail(series, start, values, query),
        };
    }

    private static BucketDetail? Detail(
        IReadOnlyList<IReadOnlyList<(DateTimeOffset Time, double Value)>> series,
        DateTimeOffset start,
        List<double> values,
        SeriesQuery query
    )
    {
        if (!query.NeedsPoints)
            return null;
        var mean = values.Count > 0 ? values.Average() : 0;
        var sorted = values.Order().ToList();
        return new()
        {
            Deviation =
                values.Count > 1
                    ? Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1))
                    : double.NaN,
            Median = Quantile(sorted, 0.5),
            Percentile90 = Quantile(sorted, 0.9),
            Percentile95 = Quantile(sorted, 0.95),
            Percentile99 = Quantile(sorted, 0.99),
            TimeWeightedAverage = query.NeedsPrevious ? TimeWeighted(series, start, query) : double.NaN,
            Rate = query.NeedsPrevious ? Rate(series, start, query) : double.NaN,
        };
    }

    private static double Quantile(List<double> sorted, double share)
    {
        if (sorted.Count == 0)
            return double.NaN;
        var place = share * (sorted.Count - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (place - below));
    }

    private static double TimeWeighted(
        IReadOnlyList<IReadOnlyList<(DateTimeOffset Time, double Value)>> series,
        DateTimeOffset start,
        SeriesQuery query
    )
    {
        double held = 0,
            time = 0;
        var from = start > query.From ? start : query.From;
        var end = EndOf(from, query);
        var to = end < query.To ? end : query.To;
        foreach (var points in series)
        {
            var read = points.Where(p => p.Time >= query.ReadFrom && p.Time < query.To).ToList();
            for (var i = 0; i < read.Count; i++)
            {
                var since = read[i].Time > from ? read[i].Time : from;
                var until = i + 1 < read.Count && read[i + 1].Time < to ? read[i + 1].Time : to;
                if (until <= since)
                    continue;
                held += read[i].Value * (until - since).Ticks;
                time += (until - since).Ticks;
            }
        }
        return time > 0 ? held / time : double.NaN;
    }

    private static double Rate(
        IReadOnlyList<IReadOnlyList<(DateTimeOffset Time, double Value)>> series,
        DateTimeOffset start,
        SeriesQuery query
    )
    {
        double? rate = null;
        foreach (var points in series)
        {
            var read = points.Where(p => p.Time >= query.ReadFrom && p.Time < query.To).ToList();
            double growth = 0,
                time = 0;
            foreach (var (before, after) in read.Zip(read.Skip(1)))
            {
                if (after.Time < query.From || StartOf(after.Time, query) != start)
                    continue;
                growth += after.Value >= before.Value ? after.Value - before.Value : after.Value;
                time += (after.Time - before.Time).Ticks / Second;
            }
            if (time > 0)
                rate = (rate ?? 0) + (growth / time);
        }
        return rate ?? double.NaN;
    }

    private static IReadOnlyList<SeriesBucket> Filled(List<SeriesBucket> buckets, SeriesQuery query)
    {
        if (query.Fill == Fill.None)
            return buckets;
        var filled = new List<SeriesBucket>();
        for (var at = query.From; at < query.To; at = EndOf(at, query))
        {
            var start = StartOf(at, query);
            if (buckets.Any(b => b.Start == start))
            {
                filled.Add(buckets.First(b => b.Start == start));
                continue;
            }
            SeriesBucket? before = buckets.Any(b => b.Start < start) ? buckets.Last(b => b.Start < start) : null;
            SeriesBucket? after = buckets.Any(b => b.Start > start) ? buckets.First(b => b.Start > start) : null;
            filled.Add(
                query.Fill switch
                {
                    Fill.Previous when before is { } b => b with { Start = start, Count = 0 },
                    Fill.Linear when before is { } b && after is { } a => Between(start, b, a),
                    _ => Empty(start),
                }
            );
        }
        return filled;
    }

    private static SeriesBucket Between(DateTimeOffset start, SeriesBucket before, SeriesBucket after)
    {
        double On(Aggregate of) =>
            before.Of(of) + ((after.Of(of) - before.Of(of)) * ((start - before.Start) / (after.Start - before.Start)));
        return new(
            start,
            0,
            On(Aggregate.Average),
            On(Aggregate.Minimum),
            On(Aggregate.Maximum),
            On(Aggregate.Sum),
            On(Aggregate.First),
            On(Aggregate.Last)
        )
        {
            Detail = before.Detail is null
                ? null
                : new()
                {
                    Deviation = On(Aggregate.Deviation),
                    Median = On(Aggregate.Median),
                    Percentile90 = On(Aggregate.Percentile90),
                    Percentile95 = On(Aggregate.Percentile95),
                    Percentile99 = On(Aggregate.Percentile99),
                    TimeWeightedAverage = On(Aggregate.TimeWeightedAverage),
                    Rate = On(Aggregate.Rate),
                },
        };
    }

    private static SeriesBucket Empty(DateTimeOffset start) =>
        new(start, 0, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);

    /// <summary>The first difference between two answers in words; null: they are the same but for rounding.</summary>
    public static string? Difference(IReadOnlyList<SeriesBucket> expected, IReadOnlyList<SeriesBucket> actual)
    {
        if (expected.Count != actual.Count)
            return $"{expected.Count} buckets were expected, {actual.Count} came";
        foreach (var (one, other) in expected.Zip(actual))
        {
            if (one.Start != other.Start || one.Count != other.Count)
                return $"{one.Start:O} n={one.Count} was expected, {other.Start:O} n={other.Count} came";
            foreach (var aggregate in Enum.GetValues<Aggregate>())
            {
                if (!AreClose(one.Of(aggregate), other.Of(aggregate)))
                    return $"{one.Start:O} {aggregate} {one.Of(aggregate)} was expected, {other.Of(aggregate)} came";
            }
        }
        return null;
    }

    private static bool AreClose(double one, double other) =>
        one.Equals(other) || Math.Abs(one - other) <= 1e-9 * Math.Max(1, Math.Max(Math.Abs(one), Math.Abs(other)));
}
