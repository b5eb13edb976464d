using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Files.Storage;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Files;

internal sealed class FileStorageStore(TenantDb db) : IFileStorageStore
{
    private const string Columns =
        "account, container, endpoint, region, bucket, access_key_id, path_style, coalesce(connection_string, secret_key) secret, sas_ttl, version, updated_at";

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
                var (azure, s3) = (storage.Storage.Target as AzureContainer, storage.Storage.Target as S3Bucket);
                var row = await t.FindAsync<Row>(
                    $"""
                    insert into file_storage as s (account, container, connection_string, endpoint, region, bucket,
                      access_key_id, path_style, secret_key, sas_ttl, updated_at, updated_by)
                    select @Account, @Container, @connection, @Endpoint, @Region, @Bucket,
                      @AccessKeyId, @PathStyle, @key, @SasTtl, @at, @by
                    where @expected::int is null or exists (select from file_storage where version = @expected)
                    on conflict (tenant_id) do update
                    set account = excluded.account, container = excluded.container,
                      connection_string = excluded.connection_string, endpoint = excluded.endpoint,
                      region = excluded.region, bucket = excluded.bucket, access_key_id = excluded.access_key_id,
                      path_style = excluded.path_style, secret_key = excluded.secret_key, sas_ttl = excluded.sas_ttl,
                      version = s.version + 1, updated_at = excluded.updated_at, updated_by = excluded.updated_by
                    where @expected::int is null or s.version = @expected
                    returning {Columns}
                    """,
                    new
                    {
                        azure?.Account,
                        azure?.Container,
                        connection = azure is null ? null : storage.Secret,
                        s3?.Endpoint,
                        s3?.Region,
                        s3?.Bucket,
                        s3?.AccessKeyId,
                        s3?.PathStyle,
                        key = s3 is null ? null : storage.Secret,
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

    /// <summary>Either with an account and a container, or with all of a bucket; the table sees to it.</summary>
    private sealed record Row
    {
        public string? Account { get; init; }
        public string? Container { get; init; }
        public string? Endpoint { get; init; }
        public string? Region { get; init; }
        public string? Bucket { get; init; }
        public string? AccessKeyId { get; init; }
        public bool? PathStyle { get; init; }
        public required byte[] Secret { get; init; }
        public required TimeSpan SasTtl { get; init; }
        public required int Version { get; init; }
        public required DateTimeOffset UpdatedAt { get; init; }

        public WrappedStorage ToStorage() =>
            new(
                new FileStorage
                {
                    Target = ToTarget(),
                    SasTtl = SasTtl,
                    Version = Version,
                    UpdatedAt = UpdatedAt,
                },
                Secret
            );

        private StorageTarget ToTarget() =>
            Account is null
                ? new S3Bucket
                {
                    Endpoint = Endpoint!,
                    Region = Region!,
                    Bucket = Bucket!,
                    AccessKeyId = AccessKeyId!,
                    PathStyle = PathStyle!.Value,
                    Secret = "",
                }
                : new AzureContainer
                {
                    Account = Account,
                    Container = Container!,
                    Secret = "",
                };
    }
}
