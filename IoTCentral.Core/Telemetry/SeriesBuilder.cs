using IoTCentral.Core.Telemetry.Chunks;

namespace IoTCentral.Core.Telemetry;

/// <summary>Makes one series' points, which come in the order of time, into raw points or buckets.</summary>
public sealed class SeriesBuilder(SeriesQuery query)
{
    private const long Epoch = 621_355_968_000_000_000;

    private readonly List<(long Ticks, double Value)> _raw = [];
    private readonly List<Bucket> _buckets = [];
    private readonly TimeBuckets? _sizes = query.Bucket is { } size ? new TimeBuckets(size, query.TimeZone) : null;

    // Thinned when there are many more than are wanted, so that memory is bounded by the answer.
    private readonly int _mostRaw = (int)Math.Min(Math.Max(query.MaxPoints, 1_000) * 8L, Array.MaxLength);

    // Of the bucket at hand, in microseconds.
    private long _end = long.MinValue;

    /// <param name="times">Microseconds since 1970 UTC, none before those that were added already.</param>
    public void Add(ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        if (_sizes is null)
        {
            for (var i = 0; i < times.Length; i++)
                AddRaw(times[i], values[i]);
            return;
        }
        for (int from = 0, to; from < times.Length; from = to)
        {
            if (times[from] >= _end)
                Open(times[from]);
            for (to = from + 1; to < times.Length && times[to] < _end; )
                to++;
            _buckets[^1].Add(values[from..to]);
        }
    }

    /// <summary>All points of a stretch of one bucket, by their summary.</summary>
    /// <param name="start">Of the stretch, microseconds since 1970 UTC.</param>
    public void Add(long start, int count, NumberSummary summary)
    {
        if (start >= _end)
            Open(start);
        _buckets[^1].Add(count, summary);
    }

    /// <summary>Whether one bucket holds all of this stretch (microseconds since 1970 UTC).</summary>
    public bool IsOfOneBucket(long start, long end) =>
        _sizes is not null && _sizes.StartOf(TimeOf(start)) == _sizes.StartOf(TimeOf(end).AddTicks(-1));

    /// <summary>By time; raw points beyond <see cref="SeriesQuery.MaxPoints"/> are thinned.</summary>
    public IReadOnlyList<SeriesBucket> Build() =>
        _sizes is not null
            ? [.. _buckets.Select(b => b.Build())]
            : [.. Thinning.MinMax(_raw, query.MaxPoints).Select(p => Bucket.Single(p.Ticks, p.Value))];

    private void AddRaw(long time, double value)
    {
        if (_raw.Count == _mostRaw)
        {
            var thinned = Thinning.MinMax(_raw, _mostRaw / 2);
            _raw.Clear();
            _raw.AddRange(thinned);
        }
        _raw.Add((TicksOf(time), value));
    }

    private void Open(long time)
    {
        var at = TimeOf(time);
        var start = _sizes!.StartOf(at).UtcTicks;
        _end = (_sizes.EndOf(at).UtcTicks - Epoch) / TimeSpan.TicksPerMicrosecond;
        _buckets.Add(new(start));
    }

    private static long TicksOf(long microseconds) => Epoch + (microseconds * TimeSpan.TicksPerMicrosecond);

    private static DateTimeOffset TimeOf(long microseconds) => new(TicksOf(microseconds), TimeSpan.Zero);

    private sealed class Bucket(long start)
    {
        private long _count;
        private double _sum;
        private double _min = double.PositiveInfinity;
        private double _max = double.NegativeInfinity;
        private double _first;
        private double _last;

        public void Add(ReadOnlySpan<double> values)
        {
            if (_count == 0)
                _first = values[0];
            _last = values[^1];
            _count += values.Length;
            foreach (var value in values)
            {
                _sum += value;
                _min = Math.Min(_min, value);
                _max = Math.Max(_max, value);
            }
        }

        public void Add(int count, NumberSummary summary)
        {
            if (_count == 0)
                _first = summary.First;
            _last = summary.Last;
            _count += count;
            _sum += summary.Sum;
            _min = Math.Min(_min, summary.Min);
            _max = Math.Max(_max, summary.Max);
        }

        public SeriesBucket Build() =>
            new(new(start, TimeSpan.Zero), _count, _sum / _count, _min, _max, _sum, _first, _last);

        public static SeriesBucket Single(long ticks, double value) =>
            new(new(ticks, TimeSpan.Zero), 1, value, value, value, value, value, value);
    }
}

/// <summary>Fewer points that look the same when drawn.</summary>
public static class Thinning
{
    /// <summary>
    /// Keeps the smallest and the largest point of each of <paramref name="limit"/>/2 equally long stretches of time, in
    /// order; all of them when they are not more.
    /// </summary>
    /// <param name="points">In the order of time.</param>
    public static IReadOnlyList<(long Ticks, double Value)> MinMax(
        IReadOnlyList<(long Ticks, double Value)> points,
        int limit
    )
    {
        if (points.Count <= limit || limit < 2)
            return points;
        var kept = new List<(long Ticks, double Value)>(limit);
        var stretches = limit / 2;
        var start = points[0].Ticks;
        var length = Math.Max(1, (points[^1].Ticks - start + stretches) / stretches);
        for (var from = 0; from < points.Count; )
        {
            var end = start + (((points[from].Ticks - start) / length) + 1) * length;
            int min = from,
                max = from,
                to = from + 1;
            for (; to < points.Count && points[to].Ticks < end; to++)
            {
                if (points[to].Value < points[min].Value)
                    min = to;
                if (points[to].Value > points[max].Value)
                    max = to;
            }
            kept.Add(points[Math.Min(min, max)]);
            if (min != max)
                kept.Add(points[Math.Max(min, max)]);
            from = to;
        }

        return kept;
    }
}

/// <summary>Makes one series' values, which come in the order of time, into stretches of equal value, the newest of them.</summary>
public sealed class StateBuilder(int maxStretches)
{
    private readonly LinkedList<StateStretch> _stretches = new();

    public void Add(DateTimeOffset time, string value)
    {
        if (_stretches.Last is { } last)
        {
            last.Value = last.Value with { To = time };
            if (last.Value.Value == value)
                return;
        }
        _stretches.AddLast(new StateStretch(time, time, value));
        if (_stretches.Count > maxStretches)
            _stretches.RemoveFirst();
    }

    public IReadOnlyList<StateStretch> Build() => [.. _stretches];
}
