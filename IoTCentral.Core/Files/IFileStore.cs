using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Files;

/// <summary>
/// Holds the bytes of files under ids that we make; what a device calls a file never gets here. A written file is there
/// whole and on the disk, or not at all.
/// </summary>
public interface IFileStore
{
    /// <summary>Which store this is, kept with each file: <c>folder</c>, or an account and container elsewhere.</summary>
    string Place { get; }

    /// <exception cref="IOException">It could not be written; nothing of it is there.</exception>
    Task PutAsync(TenantId tenant, Guid id, Stream bytes, CancellationToken ct);

    /// <summary>Can be read from any position. Null: it is not there.</summary>
    Task<Stream?> FindAsync(TenantId tenant, Guid id, CancellationToken ct);

    /// <summary>Does nothing when it is not there.</summary>
    Task DeleteAsync(TenantId tenant, Guid id, CancellationToken ct);
}

/// <summary>The stores of the installation.</summary>
public interface IFileStores
{
    /// <summary>Where new files of this application go.</summary>
    Task<IFileStore> CurrentAsync(TenantId tenant, CancellationToken ct);

    /// <summary>Where files of this place are; null: this application does not have access to it any more.</summary>
    Task<IFileStore?> FindAsync(TenantId tenant, string place, CancellationToken ct);

    /// <summary>How long a device of this application may take for an upload.</summary>
    Task<TimeSpan> LifeAsync(TenantId tenant, CancellationToken ct);
}

/// <summary>Something in the program's own folder and when it was last written.</summary>
/// <param name="IsUpload">Blocks of an unfinished upload; else the bytes of a file.</param>
public readonly record struct FolderEntry(TenantId Tenant, Guid Id, bool IsUpload);

/// <summary>The program's own folder: files of applications that have no other store, and blocks of unfinished uploads.</summary>
public interface IFileFolder : IFileStore
{
    /// <summary>Writes a block, over one of the same name, whose size is answered (0: there was none).</summary>
    Task<long> PutBlockAsync(TenantId tenant, Guid upload, string block, Stream bytes, CancellationToken ct);

    /// <summary>These blocks as one; null: one of them is not there.</summary>
    Stream? FindBlocks(TenantId tenant, Guid upload, IReadOnlyList<string> blocks);

    void DropBlocks(TenantId tenant, Guid upload);

    /// <summary>Everything that nobody has written to since then.</summary>
    IEnumerable<FolderEntry> Old(DateTimeOffset before);
}
