using IoTCentral.Core.Telemetry.Chunks;

namespace IoTCentral.Core.Telemetry.Series;

/// <summary>What is gathered of a bucket's points.</summary>
/// <param name="start">Microseconds since 1970 UTC.</param>
/// <param name="detail">Null where nothing is asked for that only points tell.</param>
internal sealed class BucketSums(long start, DetailSums? detail)
{
    private long _count;
    private double _sum;
    private double _min = double.PositiveInfinity;
    private double _max = double.NegativeInfinity;
    private (long Time, double Value) _first = (long.MaxValue, double.NaN);
    private (long Time, double Value) _last = (long.MinValue, double.NaN);

    public long Start => start;
    public DetailSums? Detail => detail;

    /// <summary>Points in the order of time, none before those that were added.</summary>
    public void Add(long firstTime, long lastTime, ReadOnlySpan<double> values)
    {
        if (_count == 0)
            _first = (firstTime, values[0]);
        _last = (lastTime, values[^1]);
        _count += values.Length;
        foreach (var value in values)
        {
            _sum += value;
            _min = Math.Min(_min, value);
            _max = Math.Max(_max, value);
        }
    }

    public void Add(long time, int count, NumberSummary summary)
    {
        if (_count == 0)
            _first = (time, summary.First);
        _last = (time, summary.Last);
        _count += count;
        _sum += summary.Sum;
        _min = Math.Min(_min, summary.Min);
        _max = Math.Max(_max, summary.Max);
    }

    /// <summary>Those of another series in the same bucket.</summary>
    public void Add(BucketSums other)
    {
        _count += other._count;
        _sum += other._sum;
        _min = Math.Min(_min, other._min);
        _max = Math.Max(_max, other._max);
        if (other._first.Time < _first.Time)
            _first = other._first;
        if (other._last.Time >= _last.Time)
            _last = other._last;
        if (other.Detail is { } more)
            detail?.Add(more);
    }

    public SeriesBucket Build() =>
        new(
            BucketClock.TimeOf(start),
            _count,
            _sum / _count,
            _count > 0 ? _min : double.NaN,
            _count > 0 ? _max : double.NaN,
            _sum,
            _first.Value,
            _last.Value
        )
        {
            Detail = detail?.Build(),
        };

    public static SeriesBucket Single(long ticks, double value) =>
        new(new(ticks, TimeSpan.Zero), 1, value, value, value, value, value, value);
}
