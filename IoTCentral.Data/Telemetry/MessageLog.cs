using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace IoTCentral.Data.Telemetry;

/// <summary>
/// The message log of one shard. A batch is one statement that moves the shard's row and inserts the messages: the row
/// names the position the batch follows (a fence against a second writer) and keeps the batch's id (a retry after an
/// in-doubt commit finds that it is done).
/// </summary>
internal sealed class MessageLog(
    SystemDb db,
    MessagePartitions partitions,
    RepeatFilter repeats,
    TimeProvider time,
    ILogger<MessageLog> logger
) : IMessageLog, IAsyncDisposable
{
    private const short Shard = 0;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly BatchInsert _insert = new(Shard);
    private NpgsqlConnection? _connection;
    private long? _position;

    public async Task AppendAsync(IReadOnlyList<DeviceMessage> batch, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        await RetryAsync(() => repeats.MarkAsync(batch, ct), ct);
        await AppendAsync(batch, id, ct);
        repeats.Remember(batch);
    }

    private async Task AppendAsync(IReadOnlyList<DeviceMessage> batch, Guid id, CancellationToken ct)
    {
        try
        {
            await RetryAsync(() => AppendOnceAsync(batch, id, ct), ct);
        }
        catch (PostgresException e) when (DatabaseFault.IsOfData(e))
        {
            // Trying again is no use: one message is what PostgreSQL refuses. Halve until it is alone.
            if (batch.Count == 1)
            {
                await RetryAsync(() => SetAsideAsync(batch[0], e.MessageText, ct), ct);
                return;
            }

            var half = batch.Count / 2;
            await AppendAsync([.. batch.Take(half)], Guid.CreateVersion7(), ct);
            await AppendAsync([.. batch.Skip(half)], Guid.CreateVersion7(), ct);
        }
    }

    private async Task AppendOnceAsync(IReadOnlyList<DeviceMessage> batch, Guid id, CancellationToken ct)
    {
        foreach (var day in batch.Select(m => DateOnly.FromDateTime(m.Received.UtcDateTime)).Distinct())
            await partitions.EnsureAsync(day, ct);
        var connection = await ConnectAsync(ct);
        var from = _position ?? throw new InvalidOperationException("The shard's position is read when connecting.");
        for (var i = 0; i < batch.Count; i++)
            batch[i].Position = from + i + 1;
        if (await _insert.RunAsync(connection, from, id, batch, ct))
        {
            _position = from + batch.Count;
            return;
        }

        // The row has moved on: by this very batch (an in-doubt commit), or by somebody else.
        var (position, last) = await ReadShardAsync(connection, ct);
        _position = position;
        if (last != id)
            throw new ShardMovedException();
    }

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken ct)
    {
        if (_connection is { FullState: System.Data.ConnectionState.Open })
            return _connection;
        await DisposeAsync();
        var connection = await db.Source.OpenConnectionAsync(ct);
        try
        {
            // Held as long as the connection lives: a second program on this database waits here instead of writing.
            await using var wait = new NpgsqlCommand("select pg_advisory_lock($1, $2)", connection)
            {
                Parameters =
                {
                    new() { Value = 0x4C4F47 },
                    new() { Value = (int)Shard },
                },
                CommandTimeout = 10,
            };
            await wait.ExecuteNonQueryAsync(ct);
            var (position, _) = await ReadShardAsync(connection, ct);
            // In doubt: keep what we believed, so that the fence decides; the first time, believe the row.
            _position ??= position;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        return _connection = connection;
    }

    private static async Task<(long Position, Guid? BatchId)> ReadShardAsync(
        NpgsqlConnection connection,
        CancellationToken ct
    )
    {
        await using var command = new NpgsqlCommand(
            "select position, batch_id from ingest_shard where shard = $1",
            connection
        )
        {
            Parameters = { new() { Value = Shard } },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetInt64(0), await reader.IsDBNullAsync(1, ct) ? null : reader.GetGuid(1));
    }

    private async Task SetAsideAsync(DeviceMessage message, string reason, CancellationToken ct)
    {
        await db.ExecuteAsync(
            """
            insert into message_rejected (tenant_id, device_key, received, reason, component, body, properties)
            values (@tenant, @DeviceKey, @Received, @reason, @component, @body, @properties)
            """,
            new
            {
                tenant = message.Tenant.Value,
                message.DeviceKey,
                Received = message.Received.UtcDateTime,
                reason,
                component = System.Text.Encoding.UTF8.GetBytes(message.Component),
                body = message.Body.ToArray(),
                properties = message.Properties.IsEmpty ? null : message.Properties.ToArray(),
            },
            ct
        );
        // It has no place in the log; consumers must not see it.
        message.Position = 0;
        logger.LogWarning(
            "A message of device {DeviceId} (tenant {Tenant}) was set aside: {Reason}",
            message.DeviceId,
            message.Tenant,
            reason
        );
    }

    /// <summary>Tries for ever: a message is given up only when its own content is what PostgreSQL refuses.</summary>
    private async Task RetryAsync(Func<Task> work, CancellationToken ct)
    {
        for (var pause = FirstPause; ; pause = pause * 2 > LongestPause ? LongestPause : pause * 2)
        {
            try
            {
                await work();
                return;
            }
            catch (Exception e) when (!DatabaseFault.IsOfData(e) && !ct.IsCancellationRequested)
            {
                logger.Log(
                    IsTransient(e) ? LogLevel.Warning : LogLevel.Error,
                    "Messages cannot be stored at the moment ({Reason}); trying again.",
                    e.Message
                );
                await DisposeAsync();
                await Task.Delay(pause, time, ct);
            }
        }
    }

    /// <summary>Classes 08 connection, 53 resources (full disk), 57 shutdown, 40 serialization; and a broken socket.</summary>
    private static bool IsTransient(Exception e) =>
        e is PostgresException p
            ? p.SqlState[..2] is "08" or "53" or "57" or "40"
            : e is NpgsqlException or TimeoutException or IOException or ShardMovedException;

    public async Task<IReadOnlyList<DeviceMessage>> ReadAfterAsync(long position, int limit, CancellationToken ct)
    {
        var newest = await LastPositionAsync(ct);
        // Positions are dense but for gaps, so a window of positions is a small range of the heap (BRIN); a window that
        // is nothing but gap is stepped over.
        while (position < newest)
        {
            var messages = await LogReader.WindowAsync(db.Source, Shard, position, position + limit, ct);
            if (messages.Count > 0)
                return messages;
            position += limit;
        }

        return [];
    }

    public async Task<long> LastPositionAsync(CancellationToken ct) =>
        await db.FindAsync<long>("select position from ingest_shard where shard = @Shard", new { Shard }, ct);

    public async ValueTask DisposeAsync()
    {
        if (_connection is not { } connection)
            return;
        _connection = null;
        try
        {
            await connection.DisposeAsync();
        }
        catch (Exception e) when (e is NpgsqlException or IOException)
        {
            logger.LogDebug(e, "The writer's connection was already gone.");
        }
    }

    private sealed class ShardMovedException()
        : Exception("another writer has moved the log's position; only one program may write a shard");
}
