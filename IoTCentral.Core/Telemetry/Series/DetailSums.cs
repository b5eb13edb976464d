namespace IoTCentral.Core.Telemetry.Series;

/// <summary>What is gathered of a bucket's points where each of them counts.</summary>
internal sealed class DetailSums
{
    private readonly Quantiles _quantiles = new();

    // Mean and sum of squared differences, updated value by value (Welford).
    private long _count;
    private double _mean;
    private double _squares;

    // Value × time, and time.
    private double _held;
    private double _heldFor;

    // Of this series, and the sum of others' rates.
    private double _growth;
    private double _growthFor;
    private double? _rates;

    public void Add(double value)
    {
        _count++;
        var difference = value - _mean;
        _mean += difference / _count;
        _squares += difference * (value - _mean);
        _quantiles.Add(value);
    }

    /// <summary>It had this value for so many microseconds of the bucket.</summary>
    public void Hold(double value, long microseconds)
    {
        _held += value * microseconds;
        _heldFor += microseconds;
    }

    /// <summary>A counter went from one value to the next in so many microseconds.</summary>
    public void Grow(double from, double to, long microseconds)
    {
        _growth += to >= from ? to - from : to;
        _growthFor += microseconds;
    }

    /// <summary>Those of another series in the same bucket.</summary>
    public void Add(DetailSums other)
    {
        if (other._count > 0)
        {
            var difference = other._mean - _mean;
            var count = _count + other._count;
            _squares += other._squares + (difference * difference * _count * other._count / count);
            _mean += difference * other._count / count;
            _count = count;
        }
        _quantiles.Add(other._quantiles);
        _held += other._held;
        _heldFor += other._heldFor;
        if (other.Rate is { } rate)
            _rates = (_rates ?? 0) + rate;
    }

    public BucketDetail Build() =>
        new()
        {
            Deviation = _count > 1 ? Math.Sqrt(_squares / (_count - 1)) : double.NaN,
            Median = _quantiles.Of(0.5),
            Percentile90 = _quantiles.Of(0.9),
            Percentile95 = _quantiles.Of(0.95),
            Percentile99 = _quantiles.Of(0.99),
            TimeWeightedAverage = _heldFor > 0 ? _held / _heldFor : double.NaN,
            Rate = Rate ?? double.NaN,
        };

    private double? Rate => _growthFor > 0 ? (_growth / _growthFor * 1e6) + (_rates ?? 0) : _rates;
}
