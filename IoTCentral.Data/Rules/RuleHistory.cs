using IoTCentral.Core.Rules;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using IoTCentral.Data.Telemetry;

namespace IoTCentral.Data.Rules;

internal sealed class RuleHistory(TenantDb db) : IRuleHistory
{
    // Repeats (2) say nothing new, and clock-ahead messages (1) drive nothing.
    private const string Judged = "m.flags & 3 = 0";

    // A message is received at most this much before its own time (else it is flagged); lets PostgreSQL skip partitions.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    public async Task<ILookup<long, DeviceMessage>> NewestAsync(
        TenantId tenant,
        IReadOnlyList<(long Key, string Id)> devices,
        long upTo,
        DateTimeOffset since,
        int perDevice,
        CancellationToken ct
    )
    {
        var messages = await ReadAsync(
            tenant,
            $"""
            select {LogReader.Columns}
            from unnest($1::bigint[]) as d (device_key)
            cross join lateral (
              select {LogReader.Columns}
              from message_log m
              where m.device_key = d.device_key and m.position <= $2 and m.received >= $3 and {Judged}
              order by m.message_time desc
              limit $4
            ) m
            order by m.position
            """,
            [devices.Select(d => d.Key).ToArray(), upTo, since.UtcDateTime, perDevice],
            devices,
            ct
        );
        return messages.ToLookup(m => m.DeviceKey);
    }

    public async Task<IReadOnlyList<DeviceMessage>> SinceAsync(
        TenantId tenant,
        (long Key, string Id) device,
        DateTimeOffset from,
        long upTo,
        CancellationToken ct
    ) =>
        await ReadAsync(
            tenant,
            $"""
            select {LogReader.Columns}
            from message_log m
            where m.device_key = $1 and m.message_time >= $2 and m.position <= $3 and m.received >= $4 and {Judged}
            order by m.position
            """,
            [device.Key, from.UtcDateTime, upTo, (from - ClockTolerance).UtcDateTime],
            [device],
            ct
        );

    private async Task<List<DeviceMessage>> ReadAsync(
        TenantId tenant,
        string sql,
        IReadOnlyList<object> args,
        IReadOnlyList<(long Key, string Id)> devices,
        CancellationToken ct
    )
    {
        var ids = devices.ToDictionary(d => d.Key, d => d.Id);
        var messages = new List<DeviceMessage>();
        await using var stream = await db.StreamAsync(tenant, sql, args, ct);
        while (await stream.ReadAsync(ct))
            messages.Add(LogReader.Message(stream.Row, ids[stream.Row.GetInt64(2)]));
        return messages;
    }
}
