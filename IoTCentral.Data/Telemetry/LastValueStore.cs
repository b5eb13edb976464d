using IoTCentral.Core.Live;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Telemetry;

internal sealed class LastValueStore(TenantDb db) : ILastValueStore
{
    public async Task<IReadOnlyList<SignalValue>> FindAsync(
        TenantId tenant,
        IReadOnlyList<long> deviceKeys,
        CancellationToken ct
    )
    {
        var rows = await db.QueryAsync<ValueRow>(
            tenant,
            """
            select device_key, component, name, kind, number, number2, number3, text, message_time, received
            from last_value
            where device_key = any(@keys)
            """,
            new { keys = deviceKeys.ToArray() },
            ct
        );
        return [.. rows.Select(r => r.ToValue())];
    }

    public Task SaveAsync(TenantId tenant, IReadOnlyList<SignalValue> values, CancellationToken ct)
    {
        // PostgreSQL has no NUL in text; such a signal lives in memory and in the log.
        var kept = values.Where(v =>
            !HasNul(v.Component) && !HasNul(v.Value.Point.Name) && !HasNul(v.Value.Point.Text)
        );
        var rows = kept.OrderBy(v => v.DeviceKey).ToList();
        return db.ExecuteAsync(
            tenant,
            """
            insert into last_value as v
              (device_key, component, name, kind, number, number2, number3, text, message_time, received)
            select n.*
            from unnest(@devices, @components, @names, @kinds, @numbers, @numbers2, @numbers3, @texts, @times, @received)
              as n (device_key, component, name, kind, number, number2, number3, text, message_time, received)
            where exists (select from device d where d.device_key = n.device_key)
            on conflict (tenant_id, device_key, component, name) do update
            set kind = excluded.kind, number = excluded.number, number2 = excluded.number2, number3 = excluded.number3,
              text = excluded.text, message_time = excluded.message_time, received = excluded.received
            where v.message_time <= excluded.message_time
            """,
            new
            {
                devices = rows.Select(v => v.DeviceKey).ToArray(),
                components = rows.Select(v => v.Component).ToArray(),
                names = rows.Select(v => v.Value.Point.Name).ToArray(),
                kinds = rows.Select(v => (short)v.Value.Point.Kind).ToArray(),
                numbers = rows.Select(v => v.Value.Point.Number).ToArray(),
                numbers2 = rows.Select(v => v.Value.Point.Number2).ToArray(),
                numbers3 = rows.Select(v => v.Value.Point.Number3).ToArray(),
                texts = rows.Select(v => v.Value.Point.Text).ToArray(),
                times = rows.Select(v => v.Value.MessageTime.UtcDateTime).ToArray(),
                received = rows.Select(v => v.Value.Received.UtcDateTime).ToArray(),
            },
            ct
        );
    }

    private static bool HasNul(string? text) => text is not null && text.Contains('\0', StringComparison.Ordinal);

    private sealed record ValueRow
    {
        public required long DeviceKey { get; init; }
        public required string Component { get; init; }
        public required string Name { get; init; }
        public required short Kind { get; init; }
        public required double Number { get; init; }
        public required double Number2 { get; init; }
        public required double Number3 { get; init; }
        public string? Text { get; init; }
        public required DateTimeOffset MessageTime { get; init; }
        public required DateTimeOffset Received { get; init; }

        public SignalValue ToValue() =>
            new(
                DeviceKey,
                Component,
                new(new Point(Name, (PointKind)Kind, Number, Text, Number2, Number3), MessageTime, Received)
            );
    }
}
