using IoTCentral.Core.Telemetry;
using IoTCentral.Data.Common;
using IoTCentral.Data.Telemetry.Packs;
using Npgsql;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>How far the log is sealed.</summary>
/// <param name="Position">All up to here are in chunks and packs.</param>
/// <param name="Messages">How many this pass has put there.</param>
/// <param name="Left">Points it could not, see <see cref="SignalTable.MostOfTenant"/>: they are in the raw data alone.</param>
internal readonly record struct SealOutcome(long Position, long Messages, long Left);

/// <summary>
/// Puts a stretch of the log into chunks and packs: they and the position in one transaction, so that a kill at any moment
/// leaves all of it or nothing, and whoever reads both sees each point and each message once.
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
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var chunks = new ChunkWriter(signals, today);
        var messages = await CopyAsync(target, chunks, new PackWriter(today), from, upTo, ct);
        await MoveAsync(target, upTo, ct);
        await transaction.CommitAsync(ct);
        return new(upTo, messages, chunks.Left);
    }

    private async Task<long> CopyAsync(
        NpgsqlConnection target,
        ChunkWriter chunks,
        PackWriter packs,
        long from,
        long upTo,
        CancellationToken ct
    )
    {
        var points = new DevicePoints();
        await using var command = db.Source.CreateCommand(
            """
            select tenant_id, device_key, position, received, message_time, component, flags, body, properties
            from message_log
            where shard = $1 and position > $2 and position <= $3
            order by device_key, position
            """
        );
        command.CommandTimeout = 0; // as long as there is to read; the token ends it
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = Shard });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = from });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = upTo });
        await using var rows = await command.ExecuteReaderAsync(ct);
        long messages = 0,
            last = 0;
        while (await rows.ReadAsync(ct))
        {
            var (tenant, device) = (rows.GetInt32(0), rows.GetInt64(1));
            // one device at a time, so that no chunk is written twice in a pass
            if (device != last && (points.Points >= MostPoints || points.Groups.Count >= MostGroups))
            {
                await chunks.WriteAsync(target, points, ct);
                points.Clear();
            }
            last = device;
            var message = Message(rows);
            await packs.AddAsync(target, tenant, device, message, ct);
            if (!message.Flags.HasFlag(MessageFlags.Repeat))
                points.Add(
                    tenant,
                    device,
                    message.Component,
                    ChunkPlace.MicrosecondsOf(message.MessageTime.UtcDateTime),
                    message.Body
                );
            messages++;
        }
        await chunks.WriteAsync(target, points, ct);
        await packs.FlushAsync(target, ct);
        return messages;
    }

    // rows are buffered whole, so reading a column never waits
    private static RawMessage Message(NpgsqlDataReader row) =>
        new()
        {
            Position = row.GetInt64(2),
            Received = row.GetFieldValue<DateTimeOffset>(3),
            MessageTime = row.GetFieldValue<DateTimeOffset>(4),
            Component = row.GetString(5),
            Flags = (MessageFlags)row.GetInt16(6),
            Body = row.GetFieldValue<byte[]>(7),
            Properties = row.IsDBNull(8) ? null : row.GetFieldValue<byte[]>(8),
        };

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

    private static async Task MoveAsync(NpgsqlConnection connection, long position, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("update seal set position = $2 where shard = $1", connection);
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = Shard });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = position });
        await command.ExecuteNonQueryAsync(ct);
    }
}
