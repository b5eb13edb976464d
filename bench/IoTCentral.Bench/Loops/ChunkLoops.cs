using BenchmarkDotNet.Attributes;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;

namespace IoTCentral.Bench.Loops;

/// <summary>Writing and reading a chunk: an hour of a sensor that sends every 10 s; times are of a point.</summary>
[MemoryDiagnoser]
public class ChunkLoops
{
    private const int Points = 360;

    private readonly ChunkCodec _codec = new();
    private readonly ByteWriter _writer = new();
    private readonly ChunkPoints _read = new(PointKind.Number);
    private readonly ChunkPoints _readTexts = new(PointKind.Text);
    private ChunkPoints _decimals = null!;
    private ChunkPoints _doubles = null!;
    private ChunkPoints _states = null!;
    private byte[] _decimalBytes = null!;
    private byte[] _doubleBytes = null!;
    private byte[] _stateBytes = null!;

    [GlobalSetup]
    public void SetUp()
    {
        var random = new Random(1);
        var value = 20d;
        string[] states = ["idle", "running", "fault"];
        (_decimals, _doubles, _states) = (new(PointKind.Number), new(PointKind.Number), new(PointKind.Text));
        for (var i = 0; i < Points; i++)
        {
            var time = 1_795_000_000_000_000 + (i * 10_000_000L) + (random.Next(100) * 1_000);
            value += (random.NextDouble() - 0.5) * 0.5;
            _decimals.Add(time, Point.Of("", Math.Round(value, 2)));
            _doubles.Add(time, Point.Of("", value));
            _states.Add(time, Point.Of("", states[i / 50 % states.Length]));
        }
        (_decimalBytes, _doubleBytes, _stateBytes) = (Bytes(_decimals), Bytes(_doubles), Bytes(_states));
    }

    [Benchmark(OperationsPerInvoke = Points)]
    public int WriteDecimals() => Write(_decimals);

    [Benchmark(OperationsPerInvoke = Points)]
    public int ReadDecimals() => Read(_decimalBytes, _read);

    [Benchmark(OperationsPerInvoke = Points)]
    public int WriteDoubles() => Write(_doubles);

    [Benchmark(OperationsPerInvoke = Points)]
    public int ReadDoubles() => Read(_doubleBytes, _read);

    [Benchmark(OperationsPerInvoke = Points)]
    public int WriteStates() => Write(_states);

    [Benchmark(OperationsPerInvoke = Points)]
    public int ReadStates() => Read(_stateBytes, _readTexts);

    private int Write(ChunkPoints points)
    {
        _writer.Clear();
        _codec.Write(_writer, points);
        return _writer.Length;
    }

    private int Read(byte[] bytes, ChunkPoints points)
    {
        _codec.Read(bytes, points);
        return points.Count;
    }

    private byte[] Bytes(ChunkPoints points)
    {
        Write(points);
        return _writer.Written.ToArray();
    }
}
