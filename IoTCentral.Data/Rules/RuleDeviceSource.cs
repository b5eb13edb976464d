using System.Text.Json.Nodes;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Rules;

internal sealed class RuleDeviceSource(TenantDb db) : IRuleDeviceSource
{
    private const string Columns = """
        d.tenant_id, d.device_key as key, d.id, d.name, d.template_id, d.organization_id,
          p.last_message_at as last_heard, case when not p.is_connected then p.disconnected_at end as disconnected_at
        """;

    public async Task<IReadOnlyList<DeviceFacts>> ListAsync(
        TenantId tenant,
        IReadOnlyCollection<string> templateIds,
        IReadOnlyCollection<string> propertyNames,
        CancellationToken ct
    )
    {
        var templates = templateIds.ToArray();
        var devices = await db.QueryAsync<DeviceFacts>(
            tenant,
            $"""
            select {Columns}
            from device d
            left join device_presence p on p.device_key = d.device_key
            where d.template_id = any(@templates)
            """,
            new { templates },
            ct
        );
        if (propertyNames.Count == 0 || devices.Count == 0)
            return devices;
        var properties = await db.QueryAsync<PropertyRow>(
            tenant,
            """
            select p.device_key, p.source, p.component, p.name, p.value
            from device_property p
            join device d on d.device_key = p.device_key
            where d.template_id = any(@templates) and p.name = any(@names)
            """,
            new { templates, names = propertyNames.ToArray() },
            ct
        );
        return With(devices, properties);
    }

    public async Task<IReadOnlyList<DeviceFacts>> FindAsync(
        TenantId tenant,
        IReadOnlyCollection<long> keys,
        IReadOnlyCollection<string> propertyNames,
        CancellationToken ct
    )
    {
        var devices = await FindAsync(tenant, [.. keys], ct);
        if (propertyNames.Count == 0 || devices.Count == 0)
            return devices;
        var properties = await db.QueryAsync<PropertyRow>(
            tenant,
            """
            select device_key, source, component, name, value
            from device_property
            where device_key = any(@keys) and name = any(@names)
            """,
            new { keys = keys.ToArray(), names = propertyNames.ToArray() },
            ct
        );
        return With(devices, properties);
    }

    public async Task<IReadOnlyDictionary<long, DeviceDetail>> DetailsAsync(
        TenantId tenant,
        IReadOnlyCollection<long> keys,
        CancellationToken ct
    )
    {
        var devices = await FindAsync(tenant, [.. keys], ct);
        var properties = await db.QueryAsync<PropertyRow>(
            tenant,
            "select device_key, source, component, name, value from device_property where device_key = any(@keys)",
            new { keys = keys.ToArray() },
            ct
        );
        var rows = await db.QueryAsync<DetailRow>(
            tenant,
            """
            select d.device_key, d.version, d.is_simulated, d.is_blocked, d.status = 'provisioned' as is_provisioned,
              t.reported::text, t.cloud::text
            from device d
            left join twin t on t.device_key = d.device_key
            where d.device_key = any(@keys)
            """,
            new { keys = keys.ToArray() },
            ct
        );
        var facts = With(devices, properties).ToDictionary(d => d.Key);
        return rows.Where(r => facts.ContainsKey(r.DeviceKey)).ToDictionary(r => r.DeviceKey, r => r.ToDetail(facts));
    }

    public Task<IReadOnlyList<ConnectionNews>> ConnectionsAsync(
        TenantId tenant,
        IReadOnlyCollection<string> deviceIds,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken ct
    ) =>
        db.QueryAsync<ConnectionNews>(
            tenant,
            """
            select device_id, at, kind = 'connected' as is_connected
            from connection_log
            where device_id = any(@ids) and at >= @from and at < @to and kind in ('connected', 'disconnected')
            order by at, id
            """,
            new
            {
                ids = deviceIds.ToArray(),
                from = from.UtcDateTime,
                to = to.UtcDateTime,
            },
            ct
        );

    private Task<IReadOnlyList<DeviceFacts>> FindAsync(TenantId tenant, long[] keys, CancellationToken ct) =>
        db.QueryAsync<DeviceFacts>(
            tenant,
            $"""
            select {Columns}
            from device d
            left join device_presence p on p.device_key = d.device_key
            where d.device_key = any(@keys)
            """,
            new { keys },
            ct
        );

    private static IReadOnlyList<DeviceFacts> With(
        IReadOnlyList<DeviceFacts> devices,
        IReadOnlyList<PropertyRow> properties
    )
    {
        var byDevice = properties.ToLookup(p => p.DeviceKey);
        return
        [
            .. devices.Select(d =>
                byDevice.Contains(d.Key)
                    ? d with
                    {
                        Properties = byDevice[d.Key].ToDictionary(p => p.Key, p => p.Value),
                    }
                    : d
            ),
        ];
    }

    private sealed record PropertyRow
    {
        public long DeviceKey { get; init; }
        public required string Source { get; init; }
        public required string Component { get; init; }
        public required string Name { get; init; }
        public required string Value { get; init; }

        public PropertyKey Key =>
            new(Source == "cloud" ? PropertySource.Cloud : PropertySource.Reported, Component, Name);
    }

    private sealed record DetailRow
    {
        public long DeviceKey { get; init; }
        public int Version { get; init; }
        public bool IsSimulated { get; init; }
        public bool IsBlocked { get; init; }
        public bool IsProvisioned { get; init; }
        public string? Reported { get; init; }
        public string? Cloud { get; init; }

        public DeviceDetail ToDetail(Dictionary<long, DeviceFacts> facts) =>
            new()
            {
                Facts = facts[DeviceKey],
                Version = Version,
                IsSimulated = IsSimulated,
                IsBlocked = IsBlocked,
                IsProvisioned = IsProvisioned,
                Reported = Read(Reported),
                Cloud = Read(Cloud),
            };

        private static JsonObject Read(string? json) => json is null ? [] : (JsonObject)JsonNode.Parse(json)!;
    }
}
