using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>Points of some devices by series, kind and hour, until they are written; the columns are kept for the next ones.</summary>
internal sealed class DevicePoints
{
    private readonly Dictionary<(PointSeries Series, PointKind Kind, long Hour), ChunkPoints> _groups = [];
    private readonly Dictionary<PointKind, Stack<ChunkPoints>> _spare = [];
    private readonly List<Point> _points = [];

    public int Points { get; private set; }

    public IReadOnlyDictionary<(PointSeries Series, PointKind Kind, long Hour), ChunkPoints> Groups => _groups;

    /// <summary>Adds what a message says.</summary>
    /// <param name="time">Of the message, in microseconds since 1970 UTC.</param>
    public void Add(int tenantId, long deviceKey, string component, long time, ReadOnlySpan<byte> body)
    {
        _points.Clear();
        PayloadReader.TryRead(body, _points, out _);
        var hour = ChunkPlace.StartOf(ChunkLevel.Hour, time);
        foreach (var point in _points)
        {
            // PostgreSQL has no text for such a name, so nobody can ask for it; it stays in the raw data
            if (point.Name.Contains('\0', StringComparison.Ordinal))
                continue;
            var key = (new PointSeries(tenantId, deviceKey, component, point.Name), point.Kind, hour);
            if (!_groups.TryGetValue(key, out var group))
                _groups[key] = group = Take(point.Kind);
            group.Add(time, point);
            Points++;
        }
    }

    public void Clear()
    {
        foreach (var group in _groups.Values)
        {
            group.Clear();
            _spare[group.Kind].Push(group);
        }
        _groups.Clear();
        Points = 0;
    }

    private ChunkPoints Take(PointKind kind)
    {
        if (!_spare.TryGetValue(kind, out var spare))
            _spare[kind] = spare = new();
        return spare.TryPop(out var group) ? group : new(kind);
    }
}

/// <summary>A series, by the names its device gives.</summary>
internal readonly record struct PointSeries(int TenantId, long DeviceKey, string Component, string Name);
