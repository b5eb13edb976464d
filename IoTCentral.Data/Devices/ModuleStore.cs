using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Devices;

internal sealed class ModuleStore(TenantDb db) : IModuleStore
{
    private const string Select = """
        select m.tenant_id, m.device_key, d.id as device_id, m.id, m.module_key, m.managed_by, m.version, m.created_at,
          coalesce(p.is_connected, false) as is_connected, p.connected_at, p.disconnected_at, p.last_message_at
        from device_module m
        join device d on d.tenant_id = m.tenant_id and d.device_key = m.device_key
        left join device_presence p on p.tenant_id = m.tenant_id and p.device_key = m.module_key
        """;

    public async Task<IReadOnlyList<DeviceModule>> ListAsync(TenantId tenant, long deviceKey, CancellationToken ct)
    {
        var rows = await db.QueryAsync<Row>(
            tenant,
            $"{Select} where m.device_key = @deviceKey order by m.id",
            new { deviceKey },
            ct
        );
        return [.. rows.Select(r => r.ToModule())];
    }

    public async Task<DeviceModule?> FindAsync(TenantId tenant, string deviceId, string id, CancellationToken ct)
    {
        var row = await db.FindAsync<Row>(
            tenant,
            $"{Select} where d.id = @deviceId and m.id = @id",
            new { deviceId, id },
            ct
        );
        return row?.ToModule();
    }

    public Task<DeviceModule?> AddAsync(
        DeviceModule module,
        (byte[] Primary, byte[] Secondary) keys,
        int most,
        AuditEntry audit,
        CancellationToken ct
    ) =>
        db.TransactionAsync<DeviceModule?>(
            module.TenantId,
            async t =>
            {
                // one at a time, so that the count holds
                await t.ExecuteAsync(
                    "select from device where device_key = @DeviceKey for no key update",
                    new { module.DeviceKey }
                );
                var key = await t.FindAsync<long?>(
                    """
                    with made as (
                      insert into device_module (device_key, id, managed_by, primary_key, secondary_key, created_at,
                        created_by, updated_by)
                      select device_key, @Id, @ManagedBy, @Primary, @Secondary, @CreatedAt, @By, @By from device d
                      where d.device_key = @DeviceKey
                        and (select count(*) from device_module m where m.device_key = @DeviceKey) < @most
                      on conflict (tenant_id, device_key, id) do nothing
                      returning module_key
                    ), empty as (
                      insert into twin (device_key, updated_at) select module_key, @CreatedAt from made
                    )
                    select module_key from made
                    """,
                    new
                    {
                        module.DeviceKey,
                        module.Id,
                        module.ManagedBy,
                        keys.Primary,
                        keys.Secondary,
                        module.CreatedAt,
                        most,
                        By = audit.Actor.Name,
                    }
                );
                if (key is null)
                    return null;
                await t.AuditAsync(audit);
                return module with { Key = key.Value };
            },
            ct
        );

    public async Task<(byte[] Primary, byte[] Secondary)?> KeysAsync(
        TenantId tenant,
        long moduleKey,
        CancellationToken ct
    )
    {
        var (primary, secondary) = await db.FindAsync<(byte[]?, byte[]?)>(
            tenant,
            "select primary_key, secondary_key from device_module where module_key = @moduleKey",
            new { moduleKey },
            ct
        );
        return primary is null || secondary is null ? null : (primary, secondary);
    }

    public Task ReplaceKeysAsync(
        DeviceModule module,
        (byte[] Primary, byte[] Secondary) keys,
        AuditEntry audit,
        CancellationToken ct
    ) =>
        db.TransactionAsync(
            module.TenantId,
            async t =>
            {
                var changed = await t.ExecuteAsync(
                    """
                    update device_module set primary_key = @Primary, secondary_key = @Secondary, version = version + 1,
                      updated_by = @By
                    where module_key = @Key and version = @Version
                    """,
                    new
                    {
                        module.Key,
                        module.Version,
                        keys.Primary,
                        keys.Secondary,
                        By = audit.Actor.Name,
                    }
                );
                if (changed == 0)
                    throw new StaleEditException(
                        "Somebody else changed this module meanwhile. Look at it again and repeat your change."
                    );
                await t.AuditAsync(audit);
                return true;
            },
            ct
        );

    public Task<bool> DeleteAsync(TenantId tenant, long moduleKey, AuditEntry audit, CancellationToken ct) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                var deleted = await t.ExecuteAsync(
                    "delete from device_module where module_key = @moduleKey",
                    new { moduleKey }
                );
                if (deleted > 0)
                    await t.AuditAsync(audit);
                return deleted > 0;
            },
            ct
        );

    private sealed record Row
    {
        public TenantId TenantId { get; init; }
        public long DeviceKey { get; init; }
        public required string DeviceId { get; init; }
        public required string Id { get; init; }
        public long ModuleKey { get; init; }
        public required string ManagedBy { get; init; }
        public int Version { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public bool IsConnected { get; init; }
        public DateTimeOffset? ConnectedAt { get; init; }
        public DateTimeOffset? DisconnectedAt { get; init; }
        public DateTimeOffset? LastMessageAt { get; init; }

        public DeviceModule ToModule() =>
            new()
            {
                TenantId = TenantId,
                DeviceKey = DeviceKey,
                DeviceId = DeviceId,
                Id = Id,
                Key = ModuleKey,
                ManagedBy = ManagedBy,
                Version = Version,
                CreatedAt = CreatedAt,
                Presence = new()
                {
                    IsConnected = IsConnected,
                    ConnectedAt = ConnectedAt,
                    DisconnectedAt = DisconnectedAt,
                    LastMessageAt = LastMessageAt,
                },
            };
    }
}
