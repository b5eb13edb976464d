using IoTCentral.Core.Live;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Dashboards;

/// <summary>Merges the buckets of many devices into one figure.</summary>
internal static class KeyFigures
{
    /// <summary>The figure of now, from values of <paramref name="since"/> or later; a device that is silent for longer says nothing.</summary>
    public static KeyFigure OfNewest(TileSeries series, IReadOnlyList<TileValue> values, DateTimeOffset since)
    {
        var aggregate = series.Aggregate;
        if (aggregate == Aggregate.TimeInState)
            return OfStates(new StateMatch(series.State ?? ""), values, since);
        var newest = values.Select(v => (v.Device, Buckets: Newest(v.Value, since))).ToList();
        if (aggregate < Aggregate.Deviation)
            return Of(aggregate, newest);
        var sums = new DetailSums();
        foreach (var bucket in newest.SelectMany(n => n.Buckets))
            sums.Add(bucket.Last);
        return OfAll(aggregate, new SeriesBucket { Detail = sums.Build() }, values.Count);
    }

    /// <summary>How many percent of the devices are in the state now.</summary>
    private static KeyFigure OfStates(StateMatch state, IReadOnlyList<TileValue> values, DateTimeOffset since)
    {
        var known = values.Where(v => v.Value is { } last && last.MessageTime >= since).ToList();
        var isIn = known.Count(v => state.Is(v.Value!.Value.Point));
        return new(known.Count == 0 ? null : 100d * isIn / known.Count, null, null, null, values.Count);
    }

    private static IReadOnlyList<SeriesBucket> Newest(LastValue? last, DateTimeOffset since) =>
        last is { Point: { Kind: PointKind.Number or PointKind.Boolean, Number: var x }, MessageTime: var at }
        && at >= since
            ? [new(at, 1, x, x, x, x, x, x)]
            : [];

    /// <summary>Of what is known of all devices together.</summary>
    public static KeyFigure OfAll(Aggregate aggregate, SeriesBucket? all, int devices) =>
        new(all?.Of(aggregate) is { } value && double.IsFinite(value) ? value : null, null, null, null, devices);

    public static KeyFigure Of(
        Aggregate aggregate,
        IReadOnlyList<(TileDevice Device, IReadOnlyList<SeriesBucket> Buckets)> answers
    )
    {
        var all = answers.SelectMany(a => a.Buckets.Select(b => (a.Device, Bucket: b))).ToList();
        if (all.Count == 0)
            return new(aggregate is Aggregate.Count or Aggregate.Sum ? 0 : null, null, null, null, answers.Count);
        return aggregate switch
        {
            Aggregate.Count => Figure(all.Sum(a => a.Bucket.Count)),
            Aggregate.Sum => Figure(all.Sum(a => a.Bucket.Sum)),
            Aggregate.Average => Figure(all.Sum(a => a.Bucket.Sum) / all.Sum(a => a.Bucket.Count)),
            Aggregate.Minimum => One(all.MinBy(a => a.Bucket.Minimum), b => b.Minimum),
            Aggregate.Maximum => One(all.MaxBy(a => a.Bucket.Maximum), b => b.Maximum),
            Aggregate.First => One(all.MinBy(a => a.Bucket.Start), b => b.First),
            _ => One(all.MaxBy(a => a.Bucket.Start), b => b.Last),
        };

        KeyFigure Figure(double value) => new(value, null, null, null, answers.Count);

        KeyFigure One((TileDevice Device, SeriesBucket Bucket) of, Func<SeriesBucket, double> value) =>
            new(value(of.Bucket), null, of.Device, of.Bucket.Start, answers.Count);
    }
}

/// <summary>Sensible bucket sizes for charts.</summary>
public static class ChartBuckets
{
    private static readonly (TimeSpan UpTo, TimeSpan? Bucket)[] Steps =
    [
        (TimeSpan.FromMinutes(60), null),
        (TimeSpan.FromHours(6), TimeSpan.FromMinutes(1)),
        (TimeSpan.FromHours(24), TimeSpan.FromMinutes(5)),
        (TimeSpan.FromDays(7), TimeSpan.FromMinutes(30)),
        (TimeSpan.FromDays(31), TimeSpan.FromHours(2)),
        (TimeSpan.FromDays(100), TimeSpan.FromHours(12)),
    ];

    /// <summary>For what needs buckets whatever the range.</summary>
    public static TimeSpan Finest => TimeSpan.FromMinutes(1);

    /// <summary>At most some 400 buckets; null: raw points, for ranges of an hour and less.</summary>
    public static TimeSpan? For(TimeSpan range) =>
        Steps.FirstOrDefault(s => range <= s.UpTo, (TimeSpan.MaxValue, TimeSpan.FromDays(1))).Bucket;
}
