using IoTCentral.Core.Telemetry;
using Npgsql;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>
/// One reading of some series in a snapshot. Each gets its points stretch by stretch, in the order of time, so that no more
/// than a stretch of one series is unpacked at a time.
/// </summary>
internal sealed class SeriesRead(
    NpgsqlConnection connection,
    SeriesQuery query,
    IReadOnlyDictionary<SeriesId, ISeriesTarget> targets
)
{
    // Heads of one question, ~100 bytes each; a series has one an hour at most, but for parts.
    private const int HeadsAtOnce = 50_000;
    private const int MostSeriesAtOnce = 1_000;

    public async Task RunAsync(CancellationToken ct)
    {
        var position = await SealedAsync(ct);
        foreach (var some in targets.Keys.Chunk(SeriesAtOnce()))
            await Part(some).RunAsync(position, ct);
    }

    private SeriesPart Part(SeriesId[] series) => new(connection, query, series, [.. series.Select(s => targets[s])]);

    private int SeriesAtOnce()
    {
        // an open range is of all there is: years at most
        var hours = Math.Clamp((query.To - query.From).TotalHours, 1, 24 * 366);
        return (int)Math.Clamp(HeadsAtOnce / hours, 1, MostSeriesAtOnce);
    }

    private async Task<long> SealedAsync(CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select position from seal where shard = 0", connection);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }
}
