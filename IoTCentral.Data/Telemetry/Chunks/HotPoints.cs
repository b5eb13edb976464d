using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>Points of a series that are not sealed yet, taken away in the order of time.</summary>
internal sealed class HotPoints
{
    private readonly List<(ChunkPoints Points, int Taken)> _kinds = [];

    public void Add(long time, in Point point)
    {
        foreach (var (points, _) in _kinds)
        {
            if (points.Kind != point.Kind)
                continue;
            points.Add(time, point);
            return;
        }
        var fresh = new ChunkPoints(point.Kind);
        fresh.Add(time, point);
        _kinds.Add((fresh, 0));
    }

    public void Sort()
    {
        foreach (var (points, _) in _kinds)
            points.Sort();
    }

    /// <summary>Whether one is of this stretch (microseconds since 1970 UTC), the end excluded.</summary>
    public bool HasAny(long start, long end)
    {
        foreach (var (points, _) in _kinds)
        {
            if (points.PlaceOf(start) < points.PlaceOf(end))
                return true;
        }
        return false;
    }

    /// <summary>Moves those before this time, and not taken yet, to where their kind goes.</summary>
    public void Take(long before, Func<PointKind, ChunkPoints> target)
    {
        for (var i = 0; i < _kinds.Count; i++)
        {
            var (points, taken) = _kinds[i];
            var end = points.PlaceOf(before);
            if (end <= taken)
                continue;
            target(points.Kind).Add(points, taken, end - taken);
            _kinds[i] = (points, end);
        }
    }
}
