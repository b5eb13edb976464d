using IoTCentral.Core.Dashboards;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Dashboards;

/// <summary>Root properties of devices by name, from the key/value table that filters use.</summary>
internal sealed class PropertyValues(TenantDb db) : IPropertyValues
{
    public Task<IReadOnlyList<string>> DistinctAsync(TenantId tenant, string name, int limit, CancellationToken ct) =>
        db.QueryAsync<string>(
            tenant,
            """
            select distinct value from device_property
            where component = '' and name = @name
            order by value
            limit @limit
            """,
            new { name, limit },
            ct
        );

    public async Task<IReadOnlyDictionary<long, string>> OfDevicesAsync(
        TenantId tenant,
        string name,
        IReadOnlyList<long> deviceKeys,
        CancellationToken ct
    )
    {
        // What a person wrote goes before what the device says: 'cloud' sorts before 'reported'.
        var rows = await db.QueryAsync<(long DeviceKey, string Value)>(
            tenant,
            """
            select distinct on (device_key) device_key, value
            from device_property
            where component = '' and name = @name and device_key = any(@keys)
            order by device_key, source
            """,
            new { name, keys = deviceKeys.ToArray() },
            ct
        );
        return rows.ToDictionary(r => r.DeviceKey, r => r.Value);
    }

    public async Task<IReadOnlyDictionary<long, string>> OrganizationsAsync(
        TenantId tenant,
        IReadOnlyList<long> deviceKeys,
        CancellationToken ct
    )
    {
        var rows = await db.QueryAsync<(long DeviceKey, string Name)>(
            tenant,
            """
            select d.device_key, o.name
            from device d join organization o on o.tenant_id = d.tenant_id and o.id = d.organization_id
            where d.device_key = any(@keys)
            """,
            new { keys = deviceKeys.ToArray() },
            ct
        );
        return rows.ToDictionary(r => r.DeviceKey, r => r.Name);
    }
}
