using IoTCentral.Core.Audit;
using IoTCentral.Core.Telemetry.Retention;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Telemetry.Retention;

internal sealed class DataRemovalStore(TenantDb db) : IDataRemovalStore
{
    private const string Columns = "id, device_id, requested_at, requested_by, done_at, messages, points, last_values";

    public Task<IReadOnlyList<long>> KeysAsync(TenantId tenant, string deviceId, CancellationToken ct) =>
        db.QueryAsync<long>(
            tenant,
            """
            select device_key from device where id = @deviceId
            union
            select device_key from deleted_device where id = @deviceId
            """,
            new { deviceId },
            ct
        );

    public Task AddAsync(
        TenantId tenant,
        DataRemoval removal,
        IReadOnlyList<long> keys,
        AuditEntry audit,
        CancellationToken ct
    ) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                await t.ExecuteAsync(
                    """
                    insert into data_removal (id, device_id, device_keys, requested_at, requested_by)
                    values (@Id, @DeviceId, @keys, @at, @RequestedBy)
                    """,
                    new
                    {
                        removal.Id,
                        removal.DeviceId,
                        keys = keys.ToArray(),
                        at = removal.RequestedAt.UtcDateTime,
                        removal.RequestedBy,
                    }
                );
                await t.AuditAsync(audit);
            },
            ct
        );

    public async Task<IReadOnlyList<DataRemoval>> ListAsync(TenantId tenant, int limit, CancellationToken ct) =>
        [
            .. (
                await db.QueryAsync<Row>(
                    tenant,
                    $"select {Columns} from data_removal order by requested_at desc, id desc limit @limit",
                    new { limit },
                    ct
                )
            ).Select(r => r.ToRemoval()),
        ];

    public async Task<DataRemoval?> FindAsync(TenantId tenant, Guid id, CancellationToken ct) =>
        (
            await db.FindAsync<Row>(tenant, $"select {Columns} from data_removal where id = @id", new { id }, ct)
        )?.ToRemoval();

    public Task<bool> IsHeldAsync(TenantId tenant, IReadOnlyList<long> keys, CancellationToken ct) =>
        db.FindAsync<bool>(
            tenant,
            "select exists (select from legal_hold where device_key is null or device_key = any(@keys))",
            new { keys = keys.ToArray() },
            ct
        );

    private sealed record Row
    {
        public Guid Id { get; init; }
        public string DeviceId { get; init; } = "";
        public DateTimeOffset RequestedAt { get; init; }
        public string RequestedBy { get; init; } = "";
        public DateTimeOffset? DoneAt { get; init; }
        public long? Messages { get; init; }
        public long? Points { get; init; }
        public long? LastValues { get; init; }

        public DataRemoval ToRemoval() =>
            new(
                Id,
                DeviceId,
                RequestedAt,
                RequestedBy,
                DoneAt is { } done ? new(done, Messages ?? 0, Points ?? 0, LastValues ?? 0) : null
            );
    }
}
