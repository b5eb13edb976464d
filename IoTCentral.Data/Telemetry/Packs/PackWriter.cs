using IoTCentral.Core.Telemetry.Chunks;
using IoTCentral.Core.Telemetry.Packs;
using IoTCentral.Data.Common;
using IoTCentral.Data.Telemetry.Chunks;
using Npgsql;
using NpgsqlTypes;

namespace IoTCentral.Data.Telemetry.Packs;

/// <summary>Packs messages device by device; in the caller's transaction.</summary>
/// <param name="today">Kept with what is written, for retention.</param>
internal sealed class PackWriter(DateOnly today)
{
    // A pack does not reach over a gap of more: what a clock that is wrong said would be in the way of all that is read later.
    private const long LongestGap = 24 * 3_600_000_000L;

    // Bytes of packs in one statement.
    private const int MostBytes = 512 << 10;

    private readonly PackCodec _codec = new();
    private readonly ByteWriter _bytes = new();
    private readonly List<PackRow> _rows = [];
    private int _size;

    /// <param name="places">Messages of one device; they are put in the order of time.</param>
    public async ValueTask WriteAsync(
        NpgsqlConnection connection,
        MessageColumns messages,
        Memory<int> places,
        CancellationToken ct
    )
    {
        Pack(messages, places.Span);
        if (_size > MostBytes)
            await FlushAsync(connection, ct);
    }

    public async Task FlushAsync(NpgsqlConnection connection, CancellationToken ct)
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

    private void Pack(MessageColumns messages, Span<int> places)
    {
        messages.SortByTime(places);
        int from = 0,
            bytes = 0;
        for (var i = 0; i < places.Length; i++)
        {
            ref readonly var row = ref messages[places[i]];
            var isFull =
                i - from == PackCodec.MostMessages
                || bytes >= PackCodec.FullBytes
                || (i > from && row.Time - messages[places[i - 1]].Time > LongestGap);
            if (isFull)
            {
                PackOne(messages, places[from..i]);
                (from, bytes) = (i, 0);
            }
            bytes += row.BodyLength + Math.Max(0, row.PropertiesLength);
        }
        PackOne(messages, places[from..]);
    }

    private void PackOne(MessageColumns messages, ReadOnlySpan<int> places)
    {
        _bytes.Clear();
        _codec.Write(_bytes, messages, places);
        _size += _bytes.Length;
        ref readonly var first = ref messages[places[0]];
        ref readonly var last = ref messages[places[^1]];
        var received = first.Received;
        foreach (var place in places)
            received = Math.Max(received, messages[place].Received);
        _rows.Add(
            new(
                first.TenantId,
                first.DeviceKey,
                ChunkPlace.TimeOf(first.Time),
                ChunkPlace.TimeOf(last.Time),
                ChunkPlace.TimeOf(received),
                last.Position,
                places.Length,
                _bytes.Written.ToArray()
            )
        );
    }
}
