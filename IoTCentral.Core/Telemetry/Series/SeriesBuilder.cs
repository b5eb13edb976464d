using IoTCentral.Core.Telemetry.Chunks;
using IoTCentral.Core.Telemetry.Rollups;

namespace IoTCentral.Core.Telemetry.Series;

/// <summary>Makes one series' points, which come in the order of time, into raw points or buckets.</summary>
public sealed class SeriesBuilder
{
    private readonly SeriesQuery _query;
    private readonly List<(long Ticks, double Value)> _raw = [];
    private readonly List<BucketSums> _buckets = [];
    private readonly SortedDictionary<long, BucketSums> _rolledUp = [];
    private readonly BucketClock? _clock;
    private readonly bool _isDetailed;
    private readonly long _from;

    // Thinned when there are many more than are wanted, so that memory is bounded by the answer.
    private readonly int _mostRaw;

    // Of the bucket at hand, in microseconds.
    private long _end = long.MinValue;

    // What was last, of whatever bucket or from before the range.
    private (long Time, double Value)? _last;

    public SeriesBuilder(SeriesQuery query)
    {
        _query = query;
        _clock = query.IsRaw ? null : new BucketClock(query);
        _isDetailed = query.NeedsPoints;
        _from = BucketClock.MicrosecondsOf(query.From);
        _mostRaw = (int)Math.Min(Math.Max(query.MaxPoints, 1_000) * 8L, Array.MaxLength);
    }

    /// <summary>
    /// Adds points within the range; where <see cref="SeriesQuery.NeedsPrevious"/>, those from
    /// <see cref="SeriesQuery.ReadFrom"/> on as well.
    /// </summary>
    /// <param name="times">Microseconds since 1970 UTC, none before those that were added already.</param>
    public void Add(ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        if (_clock is null)
        {
            for (var i = 0; i < times.Length; i++)
                AddRaw(times[i], values[i]);
            return;
        }
        for (int from = 0, to; from < times.Length; from = to)
        {
            if (times[from] < _from)
            {
                _last = (times[from], values[from]);
                to = from + 1;
                continue;
            }
            if (_isDetailed)
                Follow(times[from]);
            if (times[from] >= _end)
                Open(times[from]);
            for (to = from + 1; to < times.Length && times[to] < _end; )
                to++;
            _buckets[^1].Add(times[from], times[to - 1], values[from..to]);
            if (_isDetailed)
                Detail(times[from..to], values[from..to]);
        }
    }

    /// <summary>All points of a stretch of one bucket, by their summary.</summary>
    /// <param name="start">Of the stretch, microseconds since 1970 UTC.</param>
    public void Add(long start, int count, NumberSummary summary)
    {
        if (start >= _end)
            Open(start);
        _buckets[^1].Add(start, count, summary);
    }

    /// <summary>
    /// An hour in the range of which the points themselves are deleted, by time among its like; it is of the bucket in which
    /// it begins. Not of raw points, nor where a state is asked about.
    /// </summary>
    public void Add(in HourSum hour)
    {
        if (_clock is null || _query.State is not null)
            return;
        var start = _clock.Of(hour.Start).Start;
        if (!_rolledUp.TryGetValue(start, out var sums))
            _rolledUp[start] = sums = new(start, _isDetailed ? new() : null);
        sums.Add(hour.Start, hour.Count, hour.Summary);
    }

    /// <summary>Whether a summary will do for this stretch (microseconds since 1970 UTC), which is within the range.</summary>
    public bool TakesSummary(long start, long end) => _clock is not null && !_isDetailed && _clock.IsOfOne(start, end);

    /// <summary>By time; raw points beyond <see cref="SeriesQuery.MaxPoints"/> are thinned.</summary>
    public IReadOnlyList<SeriesBucket> Build()
    {
        if (_clock is null)
            return [.. Thinning.MinMax(_raw, _query.MaxPoints).Select(p => BucketSums.Single(p.Ticks, p.Value))];
        return Filling.Fill([.. Sums().Select(b => b.Build())], _query);
    }

    /// <summary>What it has gathered, by time, to be taken together with that of others.</summary>
    internal IReadOnlyList<BucketSums> Sums()
    {
        if (_query.NeedsPrevious && _last is not null)
            Hold(BucketClock.MicrosecondsOf(_query.To));
        if (_rolledUp.Count == 0)
            return _buckets;
        foreach (var bucket in _buckets)
        {
            if (!_rolledUp.TryAdd(bucket.Start, bucket))
                _rolledUp[bucket.Start].Add(bucket);
        }
        return [.. _rolledUp.Values];
    }

    private void AddRaw(long time, double value)
    {
        if (_raw.Count == _mostRaw)
        {
            var thinned = Thinning.MinMax(_raw, _mostRaw / 2);
            _raw.Clear();
            _raw.AddRange(thinned);
        }
        _raw.Add((BucketClock.TicksOf(time), value));
    }

    private void Open(long time)
    {
        (var start, _end) = _clock!.Of(time);
        _buckets.Add(new(start, _isDetailed ? new() : null));
    }

    // The value before holds until now, through buckets that have no point of their own.
    private void Follow(long time)
    {
        if (_query.NeedsPrevious && _last is not null)
            Hold(time);
    }

    private void Hold(long until)
    {
        var (since, value) = _last!.Value;
        for (var at = Math.Max(since, _from); at < until; )
        {
            if (at >= _end)
                Open(at);
            var end = Math.Min(until, _end);
            _buckets[^1].Detail!.Hold(value, end - at);
            at = end;
        }
    }

    private void Detail(ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        var detail = _buckets[^1].Detail!;
        for (var i = 0; i < times.Length; i++)
        {
            if (_last is { } last && _query.NeedsPrevious)
            {
                // the first of a span was held up to already
                if (i > 0)
                    detail.Hold(last.Value, times[i] - last.Time);
                detail.Grow(last.Value, values[i], times[i] - last.Time);
            }
            detail.Add(values[i]);
            _last = (times[i], values[i]);
        }
    }
}
