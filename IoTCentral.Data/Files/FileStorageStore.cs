using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Files.Storage;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Files;

internal sealed class FileStorageStore(TenantDb db) : IFileStorageStore
{
    private const string Columns = "account, container, connection_string, sas_ttl, version, updated_at";

    public async Task<WrappedStorage?> FindAsync(TenantId tenant, CancellationToken ct) =>
        (await db.FindAsync<Row>(tenant, $"select {Columns} from file_storage", null, ct))?.ToStorage();

    public Task<FileStorage> SaveAsync(
        TenantId tenant,
        WrappedStorage storage,
        int? expectedVersion,
        AuditEntry audit,
        CancellationToken ct
    ) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                var row = await t.FindAsync<Row>(
                    $"""
                    insert into file_storage as s (account, container, connection_string, sas_ttl, updated_at, updated_by)
                    select @Account, @Container, @secret, @SasTtl, @at, @by
                    where @expected::int is null or exists (select from file_storage where version = @expected)
                    on conflict (tenant_id) do update
                    set account = excluded.account, container = excluded.container,
                      connection_string = excluded.connection_string, sas_ttl = excluded.sas_ttl,
                      version = s.version + 1, updated_at = excluded.updated_at, updated_by = excluded.updated_by
                    where @expected::int is null or s.version = @expected
                    returning {Columns}
                    """,
                    new
                    {
                        storage.Storage.Account,
                        storage.Storage.Container,
                        secret = storage.ConnectionString,
                        storage.Storage.SasTtl,
                        at = storage.Storage.UpdatedAt.UtcDateTime,
                        by = audit.Actor.Name,
                        expected = expectedVersion,
                    }
                );
                if (row is null)
                    throw new StaleEditException(
                        "Somebody else changed the storage meanwhile. Look at it again and repeat your change."
                    );
                await t.AuditAsync(audit);
                return row.ToStorage().Storage;
            },
            ct
        );

    public Task<bool> DeleteAsync(TenantId tenant, AuditEntry audit, CancellationToken ct) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                var deleted = await t.ExecuteAsync("delete from file_storage", null);
                if (deleted > 0)
                    await t.AuditAsync(audit);
                return deleted > 0;
            },
            ct
        );

    private sealed record Row
    {
        public required string Account { get; init; }
        public required string Container { get; init; }
        public required byte[] ConnectionString { get; init; }
        public required TimeSpan SasTtl { get; init; }
        public required int Version { get; init; }
        public required DateTimeOffset UpdatedAt { get; init; }

        public WrappedStorage ToStorage() =>
            new(
                new FileStorage
                {
                    Account = Account,
                    Container = Container,
                    ConnectionString = "",
                    SasTtl = SasTtl,
                    Version = Version,
                    UpdatedAt = UpdatedAt,
                },
                ConnectionString
            );
    }
}
