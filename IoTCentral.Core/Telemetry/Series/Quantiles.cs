namespace IoTCentral.Core.Telemetry.Series;

/// <summary>
/// Quantiles of values: exact of a few thousand, within one per cent of the value of more, whose logarithms are then counted in steps
/// (as DDSketch, VLDB 2019).
/// </summary>
internal sealed class Quantiles
{
    private const int MostExact = 2_048;

    // Values of one step differ by two per cent at most.
    private static readonly double Step = Math.Log(1.01 / 0.99);

    private List<double>? _exact = [];
    private readonly SortedDictionary<int, long> _positive = [];
    private readonly SortedDictionary<int, long> _negative = [];
    private long _zeros;
    private long _count;

    public void Add(double value)
    {
        _count++;
        if (_exact is null)
        {
            CountIn(value, 1);
            return;
        }
        _exact.Add(value);
        if (_exact.Count > MostExact)
            CountAll();
    }

    public void Add(Quantiles other)
    {
        if (other._exact is not null)
        {
            foreach (var value in other._exact)
                Add(value);
            return;
        }
        if (_exact is not null)
            CountAll();
        foreach (var (step, count) in other._positive)
            _positive[step] = _positive.GetValueOrDefault(step) + count;
        foreach (var (step, count) in other._negative)
            _negative[step] = _negative.GetValueOrDefault(step) + count;
        _zeros += other._zeros;
        _count += other._count;
    }

    /// <summary>Between the two values nearest to this share of all; NaN when there are none.</summary>
    public double Of(double share)
    {
        if (_count == 0)
            return double.NaN;
        var place = share * (_count - 1);
        if (_exact is null)
            return At((long)Math.Round(place));
        _exact.Sort();
        var (below, above) = ((int)Math.Floor(place), (int)Math.Ceiling(place));
        return _exact[below] + ((_exact[above] - _exact[below]) * (place - below));
    }

    private double At(long place)
    {
        foreach (var (step, count) in _negative.Reverse())
        {
            if ((place -= count) < 0)
                return -Middle(step);
        }
        if ((place -= _zeros) < 0)
            return 0;
        foreach (var (step, count) in _positive)
        {
            if ((place -= count) < 0)
                return Middle(step);
        }
        return Middle(_positive.Keys.Last());
    }

    private void CountAll()
    {
        foreach (var value in _exact!)
            CountIn(value, 1);
        _exact = null;
    }

    private void CountIn(double value, long count)
    {
        if (value == 0)
        {
            _zeros += count;
            return;
        }
        var steps = value > 0 ? _positive : _negative;
        var step = (int)Math.Ceiling(Math.Log(Math.Abs(value)) / Step);
        steps[step] = steps.GetValueOrDefault(step) + count;
    }

    // Not further than one per cent from either end of the step.
    private static double Middle(int step) => Math.Exp(step * Step) * 0.99;
}
