using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Packs;
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
/// leaves all of it or nothing, and whoever reads both sees each point and each message once. One at a time.
/// </summary>
internal sealed class SealPass(SystemDb db, SignalTable signals, TimeProvider time)
{
    private const short Shard = 0;

    // Points and chunks of one statement, and messages of one question to the log: each a few milliseconds of work, since
    // acknowledgements wait for as long.
    private const int MostPoints = 20_000;
    private const int MostGroups = 300;
    private const int Window = 2_000;
    private const int MessagesPerRest = 1_024;

    // Of all messages of a pass; the rest is for the next one.
    private const int MostBytes = 64 << 20;

    private readonly MessageColumns _messages = new();

    /// <param name="upTo">Position of the last message; it comes less far where messages are large.</param>
    /// <param name="restPerWork">How long it rests for what it works, so that those who wait for an answer find the machine free.</param>
    public async Task<SealOutcome> RunAsync(long upTo, CancellationToken ct, double restPerWork = 0)
    {
        await using var target = await db.Source.OpenConnectionAsync(ct);
        await using var transaction = await target.BeginTransactionAsync(ct);
        var from = await LockAsync(target, ct);
        if (from >= upTo)
            return new(from, 0, 0);
        var pacer = new Pacer(time, restPerWork);
        try
        {
            upTo = await ReadAsync(from, upTo, pacer, ct);
            var left = await WriteAsync(target, pacer, ct);
            await MoveAsync(target, upTo, ct);
            await transaction.CommitAsync(ct);
            return new(upTo, _messages.Count, left);
        }
        finally
        {
            _messages.Clear();
        }
    }

    // Piece by piece, and put in order here: to sort so much at once keeps a processor busy for a second.
    private async Task<long> ReadAsync(long from, long upTo, Pacer pacer, CancellationToken ct)
    {
        for (var after = from; after < upTo; after += Window)
        {
            await using var command = db.Source.CreateCommand(
                """
                select tenant_id, device_key, position, received, message_time, component, flags, body, properties
                from message_log
                where shard = $1 and position > $2 and position <= $3
                order by position
                """
            );
            command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = Shard });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Math.Min(after + Window, upTo) });
            await using (var rows = await command.ExecuteReaderAsync(ct))
            {
                while (await rows.ReadAsync(ct))
                {
                    Add(rows);
                    if (_messages.Bytes >= MostBytes)
                        return rows.GetInt64(2);
                }
            }
            await pacer.RestAsync(ct);
        }
        return upTo;
    }

    // rows are buffered whole, so reading a column never waits
    private void Add(NpgsqlDataReader row)
    {
        var message = new MessageColumns.Row
        {
            TenantId = row.GetInt32(0),
            DeviceKey = row.GetInt64(1),
            Position = row.GetInt64(2),
            Received = ChunkPlace.MicrosecondsOf(row.GetDateTime(3)),
            Time = ChunkPlace.MicrosecondsOf(row.GetDateTime(4)),
            Component = row.GetString(5),
            Flags = (MessageFlags)row.GetInt16(6),
        };
        var body = row.GetFieldValue<byte[]>(7);
        var properties = row.IsDBNull(8) ? null : row.GetFieldValue<byte[]>(8);
        _messages.Add(message, body, properties);
    }

    private async Task<long> WriteAsync(NpgsqlConnection target, Pacer pacer, CancellationToken ct)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var chunks = new ChunkWriter(signals, today);
        var packs = new PackWriter(today);
        var points = new DevicePoints();
        var sinceRest = 0;
        foreach (var places in DeviceSlices.Of(_messages))
        {
            // one device at a time, so that no chunk is written twice in a pass
            if (points.Points >= MostPoints || points.Groups.Count >= MostGroups)
            {
                await chunks.WriteAsync(target, points, ct);
                points.Clear();
                await pacer.RestAsync(ct);
            }
            Add(points, places.Span);
            await packs.WriteAsync(target, _messages, places, ct);
            sinceRest += places.Length;
            if (sinceRest < MessagesPerRest)
                continue;
            sinceRest = 0;
            await pacer.RestAsync(ct);
        }
        await chunks.WriteAsync(target, points, ct);
        await packs.FlushAsync(target, ct);
        return chunks.Left;
    }

    private void Add(DevicePoints points, ReadOnlySpan<int> places)
    {
        foreach (var place in places)
        {
            ref readonly var message = ref _messages[place];
            if (!message.Flags.HasFlag(MessageFlags.Repeat))
                points.Add(
                    message.TenantId,
                    message.DeviceKey,
                    message.Component,
                    message.Time,
                    _messages.BodyOf(place)
                );
        }
    }

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
