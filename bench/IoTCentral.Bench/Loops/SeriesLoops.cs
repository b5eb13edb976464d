using BenchmarkDotNet.Attributes;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Bench.Loops;

/// <summary>What a question does with a day of a sensor that sends every 10 s, and a pass with what came late; times are of a point.</summary>
[MemoryDiagnoser]
public class SeriesLoops
{
    private const int Points = 8_640;
    private const long Start = 1_795_000_000_000_000;

    private readonly ChunkPoints _merged = new(PointKind.Number);
    private readonly ChunkPoints _early = new(PointKind.Number);
    private readonly ChunkPoints _late = new(PointKind.Number);
    private readonly long[] _times = new long[Points];
    private readonly double[] _values = new double[Points];
    private readonly List<(long Ticks, double Value)> _raw = [];
    private SeriesQuery _hours = null!;
    private SeriesQuery _exact = null!;

    [GlobalSetup]
    public void SetUp()
    {
        var random = new Random(1);
        var value = 20d;
        for (var i = 0; i < Points; i++)
        {
            value += (random.NextDouble() - 0.5) * 0.5;
            (_times[i], _values[i]) = (Start + (i * 10_000_000L), Math.Round(value, 2));
            _raw.Add((_times[i] * 10, _values[i]));
            // one in ten comes late
            (i % 10 == 3 ? _late : _early).Add(_times[i], Point.Of("", _values[i]));
        }
        _hours = new SeriesQuery
        {
            Series = [],
            From = DateTimeOffset.UnixEpoch.AddTicks(Start * 10),
            To = DateTimeOffset.UnixEpoch.AddTicks(Start * 10).AddDays(1),
            Bucket = TimeSpan.FromHours(1),
        };
        _exact = _hours with { Aggregates = [Aggregate.Percentile95, Aggregate.TimeWeightedAverage] };
    }

    [Benchmark(OperationsPerInvoke = Points)]
    public int Merge()
    {
        _merged.Clear();
        _merged.Add(_early);
        _merged.Add(_late);
        _merged.Sort();
        return _merged.Count;
    }

    [Benchmark(OperationsPerInvoke = Points)]
    public int Bucket() => Ask(_hours);

    [Benchmark(OperationsPerInvoke = Points)]
    public int BucketExactly() => Ask(_exact);

    [Benchmark(OperationsPerInvoke = Points)]
    public int Thin() => Thinning.MinMax(_raw, 1_000).Count;

    private int Ask(SeriesQuery query)
    {
        var builder = new SeriesBuilder(query);
        builder.Add(_times, _values);
        return builder.Build().Count;
    }
}
