using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Files.Storage;

/// <summary>Which storage an application has set up for its files.</summary>
public interface IFileStorageStore
{
    Task<WrappedStorage?> FindAsync(TenantId tenant, CancellationToken ct);

    /// <param name="expectedVersion">Null: last write wins.</param>
    /// <exception cref="StaleEditException">The stored version is another.</exception>
    Task<FileStorage> SaveAsync(
        TenantId tenant,
        WrappedStorage storage,
        int? expectedVersion,
        AuditEntry audit,
        CancellationToken ct
    );

    /// <summary>False: there was none.</summary>
    Task<bool> DeleteAsync(TenantId tenant, AuditEntry audit, CancellationToken ct);
}

/// <summary>Containers and buckets over the network.</summary>
public interface IForeignStorage
{
    IFileStore Open(StorageTarget target);

    /// <summary>Why it cannot be used; null: a file was written, read and deleted there.</summary>
    Task<Fault?> TryAsync(StorageTarget target, TenantId tenant, CancellationToken ct);
}
