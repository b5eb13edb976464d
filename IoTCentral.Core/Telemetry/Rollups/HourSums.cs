using IoTCentral.Core.Telemetry.Chunks;

namespace IoTCentral.Core.Telemetry.Rollups;

/// <summary>What is known of a series' numbers in an hour whose points are deleted.</summary>
/// <param name="Start">Of the hour, microseconds since 1970 UTC.</param>
public readonly record struct HourSum(long Start, int Count, NumberSummary Summary);

/// <summary>Gathers the hours of one series.</summary>
public sealed class HourSums
{
    /// <summary>Microseconds.</summary>
    public const long Hour = 3_600_000_000;

    private readonly SortedDictionary<long, Sum> _hours = [];

    /// <summary>By time.</summary>
    public IReadOnlyList<HourSum> All => [.. _hours.Select(h => h.Value.Of(h.Key))];

    /// <summary>Points, numbers or yes and no.</summary>
    public void Add(ChunkPoints points)
    {
        for (var i = 0; i < points.Count; i++)
        {
            var time = points.Times[i];
            var rest = time % Hour;
            At(rest < 0 ? time - rest - Hour : time - rest).Add(time, points.Numbers[i]);
        }
    }

    /// <summary>Those of an hour that were gathered before: what they were at its ends stays.</summary>
    public void Add(in HourSum before) => At(before.Start).Add(before);

    private Sum At(long hour) => _hours.TryGetValue(hour, out var sum) ? sum : _hours[hour] = new();

    private sealed class Sum
    {
        private int _count;
        private double _min = double.PositiveInfinity;
        private double _max = double.NegativeInfinity;
        private double _sum;
        private (long Time, double Value) _first = (long.MaxValue, 0);
        private (long Time, double Value) _last = (long.MinValue, 0);

        public void Add(long time, double value)
        {
            _count++;
            _min = Math.Min(_min, value);
            _max = Math.Max(_max, value);
            _sum += value;
            if (time < _first.Time)
                _first = (time, value);
            if (time >= _last.Time)
                _last = (time, value);
        }

        public void Add(in HourSum other)
        {
            _count += other.Count;
            _min = Math.Min(_min, other.Summary.Min);
            _max = Math.Max(_max, other.Summary.Max);
            _sum += other.Summary.Sum;
            _first = (other.Start, other.Summary.First);
            _last = (other.Start + Hour, other.Summary.Last);
        }

        public HourSum Of(long hour) => new(hour, _count, new(_min, _max, _sum, _first.Value, _last.Value));
    }
}
