using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;
using IoTCentral.Core.Tenants;
using Npgsql;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>Puts points into chunks, together with those that are in them already; in the caller's transaction.</summary>
/// <param name="today">Kept with what is written, for retention.</param>
internal sealed class ChunkWriter(SignalTable signals, DateOnly today)
{
    // A part of more is not written again for what comes after it: a busy series is sealed many times an hour.
    private const int FullPart = 8_192;

    private readonly ChunkCodec _codec = new();
    private readonly ByteWriter _bytes = new();
    private readonly Dictionary<PointKind, ChunkPoints> _merged = [];

    public DateOnly Today => today;

    /// <summary>How many points had a series that is not kept, see <see cref="SignalTable.MostOfTenant"/>.</summary>
    public long Left { get; private set; }

    public async Task WriteAsync(NpgsqlConnection connection, DevicePoints points, CancellationToken ct)
    {
        await NumberAsync(points, ct);
        var fresh = Place(points);
        var known = await ChunkTable.LoadAsync(connection, [.. fresh.Select(f => f.Place)], ct);
        var rows = new List<ChunkRow>();
        var stretches = known.Keys.Select(k => k with { Kind = default }).ToHashSet();
        foreach (var target in fresh.GroupBy(f => TargetOf(f.Place, stretches)))
            Merge(rows, target.Key, known.GetValueOrDefault(target.Key), [.. target.Select(f => f.Points)]);
        await ChunkTable.StoreAsync(connection, rows, today, ct);
    }

    private async Task NumberAsync(DevicePoints points, CancellationToken ct)
    {
        var unknown = points
            .Groups.Keys.Select(k => k.Series)
            .Where(s => signals.Find(new(s.TenantId), s.Component, s.Name) == 0)
            .ToLookup(s => s.TenantId, s => (s.Component, s.Name));
        foreach (var names in unknown)
            await signals.AddAsync(new TenantId(names.Key), names.ToHashSet(), ct);
    }

    private List<(ChunkPlace Place, ChunkPoints Points)> Place(DevicePoints points)
    {
        var placed = new List<(ChunkPlace, ChunkPoints)>();
        foreach (var ((series, kind, hour), group) in points.Groups)
        {
            var signal = signals.Find(new(series.TenantId), series.Component, series.Name);
            if (signal == 0)
                Left += group.Count;
            else
                placed.Add((new(series.TenantId, series.DeviceKey, signal, kind, ChunkLevel.Hour, hour), group));
        }
        return placed;
    }

    // A day or a month that was merged takes what comes late for one of its hours.
    private static ChunkPlace TargetOf(ChunkPlace hour, HashSet<ChunkPlace> stretches) =>
        stretches.Contains(hour.At(ChunkLevel.Month) with { Kind = default }) ? hour.At(ChunkLevel.Month)
        : stretches.Contains(hour.At(ChunkLevel.Day) with { Kind = default }) ? hour.At(ChunkLevel.Day)
        : hour;

    /// <summary>Adds the rows that a place has from now on.</summary>
    /// <param name="known">Its last part, where it has one.</param>
    public void Merge(List<ChunkRow> rows, ChunkPlace place, ChunkRow? known, IReadOnlyList<ChunkPoints> fresh)
    {
        var part = known?.Part ?? 0;
        var merged = Merged(place.Kind);
        if (known is { Count: < FullPart })
            _codec.Read(known.Data, merged);
        else if (known is not null)
            part++;
        foreach (var points in fresh)
            merged.Add(points);
        merged.Sort();
        for (var from = 0; from < merged.Count; from += ChunkCodec.MostPoints, part++)
        {
            var some = merged.Count <= ChunkCodec.MostPoints ? merged : merged.Slice(from, ChunkCodec.MostPoints);
            _bytes.Clear();
            _codec.Write(_bytes, some);
            rows.Add(new(place, part, some.Count, NumberSummary.Of(some), _bytes.Written.ToArray()));
        }
    }

    private ChunkPoints Merged(PointKind kind)
    {
        if (!_merged.TryGetValue(kind, out var merged))
            _merged[kind] = merged = new(kind);
        merged.Clear();
        return merged;
    }
}
