using IoTCentral.Core.Telemetry;
using IoTCentral.Data.Common;
using Npgsql;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>How far the log is sealed.</summary>
/// <param name="Position">All up to here are in chunks.</param>
/// <param name="Messages">How many this pass has put there.</param>
/// <param name="Left">Points it could not, see <see cref="SignalTable.MostOfTenant"/>: they are in the raw data alone.</param>
internal readonly record struct SealOutcome(long Position, long Messages, long Left);

/// <summary>
/// Puts a stretch of the log into chunks: points and position in one transaction, so that a kill at any moment leaves
/// all of it or nothing, and whoever reads both sees each point once.
/// </summary>
internal sealed class SealPass(SystemDb db, SignalTable signals, TimeProvider time)
{
    private const short Shard = 0;

    // Points in memory before they are written, ~16 bytes each, and chunks in one statement.
    private const int MostPoints = 200_000;
    private const int MostGroups = 2_000;

    /// <param name="upTo">Position of the last message.</param>
    public async Task<SealOutcome> RunAsync(long upTo, CancellationToken ct)
    {
        await using var target = await db.Source.OpenConnectionAsync(ct);
        await using var transaction = await target.BeginTransactionAsync(ct);
        var from = await LockAsync(target, ct);
        if (from >= upTo)
            return new(from, 0, 0);
        var writer = new ChunkWriter(signals, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        var (messages, received) = await CopyAsync(target, writer, from, upTo, ct);
        await MoveAsync(target, upTo, received, ct);
        await transaction.CommitAsync(ct);
        return new(upTo, messages, writer.Left);
    }

    private async Task<(long Messages, DateTime Received)> CopyAsync(
        NpgsqlConnection target,
        ChunkWriter writer,
        long from,
        long upTo,
        CancellationToken ct
    )
    {
        var points = new DevicePoints();
        await using var command = db.Source.CreateCommand(
            """
            select tenant_id, device_key, message_time, component, body, received
            from message_log
            where shard = $1 and position > $2 and position <= $3 and flags & $4 = 0
            order by device_key, position
            """
        );
        command.CommandTimeout = 0; // as long as there is to read; the token ends it
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = Shard });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = from });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = upTo });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)MessageFlags.Repeat });
        await using var rows = await command.ExecuteReaderAsync(ct);
        long messages = 0,
            device = 0;
        var received = DateTime.UnixEpoch;
        while (await rows.ReadAsync(ct))
        {
            // one device at a time, so that no chunk is written twice in a pass
            var isNext = rows.GetInt64(1) != device;
            if (isNext && (points.Points >= MostPoints || points.Groups.Count >= MostGroups))
            {
                await writer.WriteAsync(target, points, ct);
                points.Clear();
            }
            device = rows.GetInt64(1);
            Add(points, rows);
            messages++;
            var at = rows.GetDateTime(5);
            received = at > received ? at : received;
        }
        await writer.WriteAsync(target, points, ct);
        return (messages, received);
    }

    // rows are buffered whole, so reading a column never waits
    private static void Add(DevicePoints points, NpgsqlDataReader row) =>
        points.Add(
            row.GetInt32(0),
            row.GetInt64(1),
            row.GetString(3),
            ChunkPlace.MicrosecondsOf(row.GetDateTime(2)),
            row.GetFieldValue<byte[]>(4)
        );

    // The row is held to the end: a second server's pass waits here, and finds it done.
    private static async Task<long> LockAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "select position from seal where shard = $1 for update",
            connection
        );
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = Shard });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private static async Task MoveAsync(
        NpgsqlConnection connection,
        long position,
        DateTime received,
        CancellationToken ct
    )
    {
        await using var command = new NpgsqlCommand(
            "update seal set position = $2, received = greatest(received, $3) where shard = $1",
            connection
        );
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = Shard });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = position });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = received });
        await command.ExecuteNonQueryAsync(ct);
    }
}
