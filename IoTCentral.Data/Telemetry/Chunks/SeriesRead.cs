using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>
/// One reading of some series in a snapshot. Each gets its points stretch by stretch, in the order of time, so that no more
/// than a stretch of one series is unpacked at a time.
/// </summary>
internal sealed class SeriesRead(
    TenantSnapshot snapshot,
    SeriesQuery query,
    IReadOnlyDictionary<SeriesId, ISeriesTarget> targets
)
{
    // Heads of one question, ~100 bytes each; a series has one an hour at most, but for parts.
    private const int HeadsAtOnce = 50_000;
    private const int MostSeriesAtOnce = 1_000;

    public async Task RunAsync(CancellationToken ct)
    {
        var parts = targets.Keys.Chunk(SeriesAtOnce(query)).ToList();
        for (var i = 0; i < parts.Count; i++)
        {
            var part = new SeriesPart(snapshot, query, parts[i], [.. parts[i].Select(s => targets[s])]);
            await part.RunAsync(isLast: i + 1 == parts.Count, ct);
        }
    }

    /// <summary>Series that fit into one part of an answer.</summary>
    public static int SeriesAtOnce(SeriesQuery query)
    {
        // an open range is of all there is: years at most
        var hours = Math.Clamp((query.To - query.From).TotalHours, 1, 24 * 366);
        return (int)Math.Clamp(HeadsAtOnce / hours, 1, MostSeriesAtOnce);
    }
}
