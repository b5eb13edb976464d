using System.Globalization;
using System.Runtime.CompilerServices;
using IoTCentral.Core.Common;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using IoTCentral.Data.Telemetry.Chunks;
using Npgsql;

namespace IoTCentral.Data.Telemetry;

/// <summary>
/// Answers from the message log, as <c>iot_app</c>: bodies are read and aggregated here while they stream in, so memory
/// is bounded by the answer and not by the range.
/// </summary>
internal sealed class TelemetryStore(TenantDb db) : ITelemetryStore
{
    // A message is received at most this much before its own time (else it is flagged); lets PostgreSQL skip partitions.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    public async Task<IReadOnlyList<SeriesResult>> QueryAsync(TenantId tenant, SeriesQuery query, CancellationToken ct)
    {
        var wanted = query.Series.Distinct().ToDictionary(s => s, s => new SeriesBuilder(query));
        await ReadAsync(tenant, query, wanted.ToDictionary(w => w.Key, w => new NumberTarget(w.Value)), ct);
        return [.. wanted.Select(w => new SeriesResult(w.Key, w.Value.Build()))];
    }

    public async Task<IReadOnlyList<(SeriesId Series, IReadOnlyList<StateStretch> Stretches)>> StatesAsync(
        TenantId tenant,
        SeriesQuery query,
        CancellationToken ct
    )
    {
        var wanted = query.Series.Distinct().ToDictionary(s => s, s => new StateBuilder(query.MaxPoints));
        await ReadAsync(tenant, query, wanted.ToDictionary(w => w.Key, w => new StateTarget(w.Value)), ct);
        return [.. wanted.Select(w => (w.Key, w.Value.Build()))];
    }

    private Task ReadAsync<T>(TenantId tenant, SeriesQuery query, Dictionary<SeriesId, T> targets, CancellationToken ct)
        where T : ISeriesTarget =>
        new SeriesReader(db).ReadAsync(
            tenant,
            query,
            targets.ToDictionary(t => t.Key, t => (ISeriesTarget)t.Value),
            ct
        );

    public async Task<Page<RawMessage>> RawAsync(
        TenantId tenant,
        long deviceKey,
        DateTimeOffset from,
        DateTimeOffset to,
        string? after,
        int limit,
        CancellationToken ct
    )
    {
        var (beforeTime, beforePosition) = RawKey.Parse(after);
        var rows = await db.QueryAsync<RawMessage>(
            tenant,
            """
            select position, received, message_time, component, body, properties, flags
            from message_log
            where device_key = @deviceKey and message_time >= @from and message_time < @to
              and (message_time, position) < (@beforeTime, @beforePosition)
            order by message_time desc, position desc
            limit @take
            """,
            new
            {
                deviceKey,
                from = from.UtcDateTime,
                to = to.UtcDateTime,
                beforeTime,
                beforePosition,
                take = limit + 1,
            },
            ct
        );
        return rows.Count <= limit ? new(rows, null) : new([.. rows.Take(limit)], RawKey.Of(rows[limit - 1]));
    }

    public Task<IReadOnlyList<RejectedMessage>> RejectedAsync(
        TenantId tenant,
        long deviceKey,
        int limit,
        CancellationToken ct
    ) =>
        db.QueryAsync<RejectedMessage>(
            tenant,
            """
            select id, received, reason, body
            from message_rejected
            where device_key = @deviceKey
            order by received desc, id desc
            limit @limit
            """,
            new { deviceKey, limit },
            ct
        );

    public async IAsyncEnumerable<DeviceMessage> ReplayAsync(
        TenantId tenant,
        IReadOnlyList<(long Key, string Id)> devices,
        DateTimeOffset from,
        DateTimeOffset to,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var ids = devices.ToDictionary(d => d.Key, d => d.Id);
        await using var stream = await db.StreamAsync(
            tenant,
            $"""
            select {LogReader.Columns}
            from message_log m
            where m.device_key = any($1) and m.message_time >= $2 and m.message_time < $3
              and m.received >= $4 and m.flags & 3 = 0
            order by m.message_time, m.position
            """,
            [ids.Keys.ToArray(), from.UtcDateTime, to.UtcDateTime, (from - ClockTolerance).UtcDateTime],
            ct
        );
        while (await stream.ReadAsync(ct))
            yield return LogReader.Message(stream.Row, ids[stream.Row.GetInt64(2)]);
    }

    public Task<IReadOnlyList<RawMessage>> NewestAsync(
        TenantId tenant,
        long deviceKey,
        int limit,
        CancellationToken ct
    ) =>
        db.QueryAsync<RawMessage>(
            tenant,
            """
            select position, received, message_time, component, body, properties, flags
            from message_log
            where device_key = @deviceKey and flags & 3 = 0
            order by message_time desc
            limit @limit
            """,
            new { deviceKey, limit },
            ct
        );

    /// <summary>Where a page of raw messages ended: ticks and position of its last message.</summary>
    private static class RawKey
    {
        public static string Of(RawMessage last) =>
            string.Create(CultureInfo.InvariantCulture, $"{last.MessageTime.UtcTicks}.{last.Position}");

        public static (DateTime Time, long Position) Parse(string? key)
        {
            if (key is null)
                return (DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc), long.MaxValue);
            var parts = key.Split('.');
            if (
                parts.Length == 2
                && long.TryParse(parts[0], CultureInfo.InvariantCulture, out var ticks)
                && ticks is >= 0 and <= 3155378975999999999
                && long.TryParse(parts[1], CultureInfo.InvariantCulture, out var position)
            )
                return (new DateTime(ticks, DateTimeKind.Utc), position);
            throw PageKey.Unknown();
        }
    }
}
