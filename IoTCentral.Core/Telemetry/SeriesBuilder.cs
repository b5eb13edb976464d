namespace IoTCentral.Core.Telemetry;

/// <summary>Collects one series' points, in any order, into raw points or buckets.</summary>
public sealed class SeriesBuilder(SeriesQuery query)
{
    private readonly List<(long Ticks, double Value)> _raw = [];
    private readonly Dictionary<long, Bucket> _buckets = [];
    private readonly TimeBuckets? _sizes = query.Bucket is { } size ? new TimeBuckets(size, query.TimeZone) : null;

    public void Add(DateTimeOffset time, double value)
    {
        if (_sizes is null)
        {
            _raw.Add((time.UtcTicks, value));
            return;
        }

        BucketOf(time).Add(time.UtcTicks, value);
    }

    private Bucket BucketOf(DateTimeOffset time)
    {
        var start = _sizes!.StartOf(time).UtcTicks;
        if (!_buckets.TryGetValue(start, out var bucket))
            _buckets[start] = bucket = new Bucket();
        return bucket;
    }

    /// <summary>
    /// All of these points are of one bucket, and none of its other points lies between them: then their summary is
    /// enough.
    /// </summary>
    /// <param name="start">Of the stretch that they are of.</param>
    public void Add(DateTimeOffset start, long count, Chunks.NumberSummary summary)
    {
        var bucket = BucketOf(start);
        bucket.Add(start.UtcTicks, count, summary);
    }

    /// <summary>Whether one bucket holds all of this stretch.</summary>
    public bool IsOfOneBucket(DateTimeOffset start, DateTimeOffset end) =>
        _sizes is not null && _sizes.StartOf(start) == _sizes.StartOf(end.AddTicks(-1));

    /// <summary>By time; raw points beyond <see cref="SeriesQuery.MaxPoints"/> are thinned.</summary>
    public IReadOnlyList<SeriesBucket> Build()
    {
        if (_sizes is not null)
            return [.. _buckets.OrderBy(b => b.Key).Select(b => b.Value.At(b.Key))];
        _raw.Sort();
        return [.. Thinning.MinMax(_raw, query.MaxPoints).Select(p => Bucket.Single(p.Ticks, p.Value))];
    }

    private sealed class Bucket
    {
        private long _count;
        private double _sum;
        private double _min = double.PositiveInfinity;
        private double _max = double.NegativeInfinity;
        private (long Ticks, double Value) _first = (long.MaxValue, 0);
        private (long Ticks, double Value) _last = (long.MinValue, 0);

        public void Add(long ticks, double value)
        {
            _count++;
            _sum += value;
            _min = Math.Min(_min, value);
            _max = Math.Max(_max, value);
            if (ticks < _first.Ticks)
                _first = (ticks, value);
            if (ticks >= _last.Ticks)
                _last = (ticks, value);
        }

        public void Add(long start, long count, Chunks.NumberSummary summary)
        {
            _count += count;
            _sum += summary.Sum;
            _min = Math.Min(_min, summary.Min);
            _max = Math.Max(_max, summary.Max);
            if (start < _first.Ticks)
                _first = (start, summary.First);
            if (start >= _last.Ticks)
                _last = (start, summary.Last);
        }

        public SeriesBucket At(long start) =>
            new(Time(start), _count, _sum / _count, _min, _max, _sum, _first.Value, _last.Value);

        public static SeriesBucket Single(long ticks, double value) =>
            new(Time(ticks), 1, value, value, value, value, value, value);

        private static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);
    }
}

/// <summary>Fewer points that look the same when drawn.</summary>
public static class Thinning
{
    /// <summary>Keeps the smallest and the largest point of each of <paramref name="limit"/>/2 equal stretches, in order.</summary>
    public static IReadOnlyList<(long Ticks, double Value)> MinMax(
        IReadOnlyList<(long Ticks, double Value)> points,
        int limit
    )
    {
        if (points.Count <= limit || limit < 2)
            return points;
        var kept = new List<(long Ticks, double Value)>(limit);
        var stretches = limit / 2;
        for (var s = 0; s < stretches; s++)
        {
            var from = (int)((long)points.Count * s / stretches);
            var to = (int)((long)points.Count * (s + 1) / stretches);
            int min = from,
                max = from;
            for (var i = from + 1; i < to; i++)
            {
                if (points[i].Value < points[min].Value)
                    min = i;
                if (points[i].Value > points[max].Value)
                    max = i;
            }

            kept.Add(points[Math.Min(min, max)]);
            if (min != max)
                kept.Add(points[Math.Max(min, max)]);
        }

        return kept;
    }
}

/// <summary>Collects one series' values into stretches of equal value.</summary>
public sealed class StateBuilder(int maxStretches)
{
    private readonly List<(long Ticks, string Value)> _values = [];

    public void Add(DateTimeOffset time, string value) => _values.Add((time.UtcTicks, value));

    /// <summary>By time; at most as many as asked for, the newest ones.</summary>
    public IReadOnlyList<StateStretch> Build()
    {
        // Stable for equal times: the later arrival wins, as for last values.
        var ordered = _values.OrderBy(v => v.Ticks).ToList();
        var stretches = new List<StateStretch>();
        foreach (var (ticks, value) in ordered)
        {
            var time = new DateTimeOffset(ticks, TimeSpan.Zero);
            if (stretches.Count > 0)
                stretches[^1] = stretches[^1] with { To = time };
            if (stretches.Count == 0 || stretches[^1].Value != value)
                stretches.Add(new(time, time, value));
        }

        return stretches.Count <= maxStretches ? stretches : stretches[^maxStretches..];
    }
}
