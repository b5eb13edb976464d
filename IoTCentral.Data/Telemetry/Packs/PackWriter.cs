using System.Runtime.InteropServices;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;
using IoTCentral.Core.Telemetry.Packs;
using IoTCentral.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace IoTCentral.Data.Telemetry.Packs;

/// <summary>Packs messages of a stretch of the log, device by device; in the caller's transaction.</summary>
/// <param name="today">Kept with what is written, for retention.</param>
internal sealed class PackWriter(DateOnly today)
{
    // A pack does not reach over a gap of more: what a clock that is wrong said would be in the way of all that is read later.
    private static readonly TimeSpan LongestGap = TimeSpan.FromDays(1);

    // Bytes of packs in one statement.
    private const int MostBytes = 4 << 20;

    private readonly PackCodec _codec = new();
    private readonly ByteWriter _bytes = new();
    private readonly List<RawMessage> _messages = [];
    private readonly List<PackRow> _rows = [];
    private (int Tenant, long Device) _of;
    private int _size;

    /// <summary>A device's messages come one after the other.</summary>
    public async ValueTask AddAsync(
        NpgsqlConnection connection,
        int tenant,
        long device,
        RawMessage message,
        CancellationToken ct
    )
    {
        if (_of != (tenant, device))
        {
            Pack();
            _of = (tenant, device);
            if (_size > MostBytes)
                await StoreAsync(connection, ct);
        }
        _messages.Add(message);
    }

    public async Task FlushAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        Pack();
        await StoreAsync(connection, ct);
    }

    private void Pack()
    {
        _messages.Sort(
            static (a, b) =>
                a.MessageTime != b.MessageTime
                    ? a.MessageTime.CompareTo(b.MessageTime)
                    : a.Position.CompareTo(b.Position)
        );
        var all = CollectionsMarshal.AsSpan(_messages);
        int from = 0,
            bytes = 0;
        for (var i = 0; i < all.Length; i++)
        {
            var isFull =
                i - from == PackCodec.MostMessages
                || bytes >= PackCodec.FullBytes
                || (i > from && all[i].MessageTime - all[i - 1].MessageTime > LongestGap);
            if (isFull)
            {
                Pack(all[from..i]);
                (from, bytes) = (i, 0);
            }
            bytes += all[i].Body.Length + (all[i].Properties?.Length ?? 0);
        }
        if (all.Length > 0)
            Pack(all[from..]);
        _messages.Clear();
    }

    private void Pack(ReadOnlySpan<RawMessage> messages)
    {
        _bytes.Clear();
        _codec.Write(_bytes, messages);
        var received = messages[0].Received;
        foreach (var message in messages)
            received = message.Received > received ? message.Received : received;
        _size += _bytes.Length;
        _rows.Add(
            new(
                _of.Tenant,
                _of.Device,
                messages[0].MessageTime.UtcDateTime,
                messages[^1].MessageTime.UtcDateTime,
                received.UtcDateTime,
                messages[^1].Position,
                messages.Length,
                _bytes.Written.ToArray()
            )
        );
    }

    private async Task StoreAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        if (_rows.Count == 0)
            return;
        await using var command = new NpgsqlCommand(
            """
            insert into message_pack (tenant_id, device_key, first, last, received, position, n, data, written)
            select p.*, $9
            from unnest($1, $2, $3, $4, $5, $6, $7, $8) as p
            """,
            connection
        );
        command.Parameters.Add(ArrayParameter.Of(_rows.Select(r => r.TenantId), NpgsqlDbType.Integer));
        command.Parameters.Add(ArrayParameter.Of(_rows.Select(r => r.DeviceKey), NpgsqlDbType.Bigint));
        command.Parameters.Add(ArrayParameter.Of(_rows.Select(r => r.First), NpgsqlDbType.TimestampTz));
        command.Parameters.Add(ArrayParameter.Of(_rows.Select(r => r.Last), NpgsqlDbType.TimestampTz));
        command.Parameters.Add(ArrayParameter.Of(_rows.Select(r => r.Received), NpgsqlDbType.TimestampTz));
        command.Parameters.Add(ArrayParameter.Of(_rows.Select(r => r.Position), NpgsqlDbType.Bigint));
        command.Parameters.Add(ArrayParameter.Of(_rows.Select(r => r.Count), NpgsqlDbType.Integer));
        command.Parameters.Add(ArrayParameter.Of(_rows.Select(r => r.Data), NpgsqlDbType.Bytea));
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = today });
        await command.ExecuteNonQueryAsync(ct);
        _rows.Clear();
        _size = 0;
    }
}
