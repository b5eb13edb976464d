using System.Runtime.InteropServices;
using IoTCentral.Core.Telemetry;
using Npgsql;
using NpgsqlTypes;

namespace IoTCentral.Data.Telemetry;

/// <summary>
/// One batch as one statement of arrays: <c>COPY</c> is refused where row-level security applies, and on the indexed log
/// this costs the same. The arrays are kept between batches.
/// </summary>
internal sealed class BatchInsert(short shard)
{
    private const string Sql = """
        with turn as (
          update ingest_shard set position = $2 + cardinality($4), batch_id = $3
          where shard = $1 and position = $2
          returning 1
        )
        insert into message_log (shard, position, tenant_id, device_key, received, message_time, component, flags, identity, body, properties)
        select $1, $2 + t.n, t.tenant_id, t.device_key, t.received, t.message_time, t.component, t.flags, t.identity, t.body, t.properties
        from unnest($4, $5, $6, $7, $8, $9, $10, $11, $12)
          with ordinality as t (tenant_id, device_key, received, message_time, component, flags, identity, body, properties, n)
        where exists (select from turn)
        """;

    /// <summary>False when the shard's row is not at <paramref name="from"/>: then nothing was stored.</summary>
    public async Task<bool> RunAsync(
        NpgsqlConnection connection,
        long from,
        Guid id,
        IReadOnlyList<DeviceMessage> batch,
        CancellationToken ct
    )
    {
        var rows = new Rows(batch);
        await using var command = new NpgsqlCommand(Sql, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<short> { TypedValue = shard },
                new NpgsqlParameter<long> { TypedValue = from },
                new NpgsqlParameter<Guid> { TypedValue = id },
                Array(rows.Tenants, NpgsqlDbType.Integer),
                Array(rows.Devices, NpgsqlDbType.Bigint),
                Array(rows.Received, NpgsqlDbType.TimestampTz),
                Array(rows.MessageTimes, NpgsqlDbType.TimestampTz),
                Array(rows.Components, NpgsqlDbType.Text),
                Array(rows.Flags, NpgsqlDbType.Smallint),
                Array(rows.Identities, NpgsqlDbType.Bigint),
                Array(rows.Bodies, NpgsqlDbType.Bytea),
                Array(rows.Properties, NpgsqlDbType.Bytea),
            },
        };
        return await command.ExecuteNonQueryAsync(ct) > 0;
    }

    private static NpgsqlParameter<T[]> Array<T>(T[] values, NpgsqlDbType type) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type };

    private sealed class Rows
    {
        public int[] Tenants { get; }
        public long[] Devices { get; }
        public DateTime[] Received { get; }
        public DateTime[] MessageTimes { get; }
        public string[] Components { get; }
        public short[] Flags { get; }
        public long?[] Identities { get; }
        public byte[][] Bodies { get; }
        public byte[]?[] Properties { get; }

        public Rows(IReadOnlyList<DeviceMessage> batch)
        {
            var n = batch.Count;
            Tenants = new int[n];
            Devices = new long[n];
            Received = new DateTime[n];
            MessageTimes = new DateTime[n];
            Components = new string[n];
            Flags = new short[n];
            Identities = new long?[n];
            Bodies = new byte[n][];
            Properties = new byte[]?[n];
            for (var i = 0; i < n; i++)
            {
                var message = batch[i];
                Tenants[i] = message.Tenant.Value;
                Devices[i] = message.DeviceKey;
                Received[i] = message.Received.UtcDateTime;
                MessageTimes[i] = message.MessageTime.UtcDateTime;
                Components[i] = message.Component;
                Flags[i] = (short)message.Flags;
                Identities[i] = message.Identity;
                Bodies[i] = Bytes(message.Body);
                Properties[i] = message.Properties.IsEmpty ? null : Bytes(message.Properties);
            }
        }

        // Sessions give each message an array of its own, so nearly always there is nothing to copy.
        private static byte[] Bytes(ReadOnlyMemory<byte> memory) =>
            MemoryMarshal.TryGetArray(memory, out var segment)
            && segment.Offset == 0
            && segment.Count == segment.Array!.Length
                ? segment.Array
                : memory.ToArray();
    }
}
