using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using Npgsql;

namespace IoTCentral.Data.Telemetry;

/// <summary>Reads rows of the log as messages.</summary>
internal static class LogReader
{
    /// <summary>Columns in the order that <see cref="Message"/> reads them.</summary>
    public const string Columns =
        "m.position, m.tenant_id, m.device_key, m.received, m.message_time, m.component, m.flags, m.identity, m.body, m.properties";

    /// <summary>Messages with <c>after &lt; position ≤ upTo</c>, in order; the device's id is looked up too.</summary>
    public static async Task<IReadOnlyList<DeviceMessage>> WindowAsync(
        NpgsqlDataSource source,
        short shard,
        long after,
        long upTo,
        CancellationToken ct
    )
    {
        await using var command = source.CreateCommand(
            $"""
            select {Columns}, coalesce(d.id, '')
            from message_log m
            left join device d on d.tenant_id = m.tenant_id and d.device_key = m.device_key
            where m.shard = $1 and m.position > $2 and m.position <= $3
            order by m.position
            """
        );
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = shard });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = upTo });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var messages = new List<DeviceMessage>();
        while (await reader.ReadAsync(ct))
            messages.Add(Message(reader, reader.GetString(10)));
        return messages;
    }

    public static DeviceMessage Message(NpgsqlDataReader reader, string deviceId) =>
        new()
        {
            Position = reader.GetInt64(0),
            Tenant = new TenantId(reader.GetInt32(1)),
            DeviceKey = reader.GetInt64(2),
            DeviceId = deviceId,
            Received = reader.GetFieldValue<DateTimeOffset>(3),
            MessageTime = reader.GetFieldValue<DateTimeOffset>(4),
            Component = reader.GetString(5),
            Flags = (MessageFlags)reader.GetInt16(6),
            Identity = reader.IsDBNull(7) ? null : reader.GetInt64(7),
            Body = reader.GetFieldValue<byte[]>(8),
            Properties = reader.IsDBNull(9) ? default(ReadOnlyMemory<byte>) : reader.GetFieldValue<byte[]>(9),
        };
}
