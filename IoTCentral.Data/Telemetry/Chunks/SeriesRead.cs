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
        var (position, received) = await SealedAsync(ct);
        foreach (var some in targets.Keys.Chunk(SeriesAtOnce()))
            await Part(some).RunAsync(position, received, ct);
    }

    private SeriesPart Part(SeriesId[] series) => new(connection, query, series, [.. series.Select(s => targets[s])]);

    private int SeriesAtOnce()
    {
        var hours = Math.Max(1, (query.To - query.From).TotalHours);
        return (int)Math.Clamp(HeadsAtOnce / hours, 1, MostSeriesAtOnce);
    }

    // As values, not as a subquery: then partitions that cannot hold such messages are not even planned for.
    private async Task<(long Position, DateTime Received)> SealedAsync(CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "select position, received - interval '1 hour' from seal where shard = 0",
            connection
        );
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return (row.GetInt64(0), row.GetDateTime(1));
    }
}
