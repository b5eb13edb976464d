using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;
using IoTCentral.Core.Telemetry.Rollups;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>Takes the points of one series.</summary>
internal interface ISeriesTarget
{
    /// <summary>Whether their summary would do for points of this stretch (microseconds since 1970 UTC).</summary>
    bool TakesSummary(long start, long end);

    void Add(long start, int count, NumberSummary summary);

    /// <summary>
    /// Points of a stretch, none before those that were added already: by kind, null or empty where it has none; of each
    /// kind in the order of their times.
    /// </summary>
    void Add(ReadOnlySpan<ChunkPoints?> kinds);

    /// <summary>An hour in the range whose points are deleted, before any of the others; those are by time.</summary>
    void Add(in HourSum hour) { }

    /// <summary>No more points come.</summary>
    void End();
}

/// <summary>
/// Reads series out of chunks and out of what is not sealed yet, as they were at one moment: each point comes once.
/// Chunks that lie in one bucket are known by their summary, from the index alone.
/// </summary>
internal sealed class SeriesReader(TenantDb db)
{
    public Task ReadAsync(
        TenantId tenant,
        SeriesQuery query,
        IReadOnlyDictionary<SeriesId, ISeriesTarget> targets,
        CancellationToken ct
    ) => db.SnapshotAsync(tenant, snapshot => new SeriesRead(snapshot, query, targets).RunAsync(ct), ct);
}
