using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Files;

/// <summary>Bytes that nothing refers to any more.</summary>
public readonly record struct LooseFile(Guid Id, string Place);

/// <summary>What became of a wish to use room.</summary>
public enum RoomAnswer
{
    Granted,

    /// <summary>The upload has ended, or is over its own limit.</summary>
    Refused,

    /// <summary>The application has no room left.</summary>
    Full,
}

/// <summary>What became of a device's last word.</summary>
public enum EndAnswer
{
    Ended,
    Unknown,
    Expired,
}

/// <summary>How much may be in use.</summary>
/// <param name="Upload">By the blocks of one upload.</param>
/// <param name="Application">By all of an application; 0: no limit.</param>
public readonly record struct RoomLimits(long Upload, long Application);

/// <summary>Uploads of devices and what is known of their files; the bytes are in an <see cref="IFileStore"/>.</summary>
public interface IDeviceFileStore
{
    /// <summary>Refused: as many are open as may be.</summary>
    Task<RoomAnswer> OpenAsync(
        TenantId tenant,
        FileUpload upload,
        (DateTimeOffset Now, int MostOpen, long MostBytes) limits,
        CancellationToken ct
    );

    Task<FileUpload?> FindUploadAsync(TenantId tenant, Guid id, CancellationToken ct);

    /// <summary>Takes room for bytes to come.</summary>
    Task<RoomAnswer> ReserveAsync(
        TenantId tenant,
        Guid upload,
        RoomWanted room,
        (DateTimeOffset Now, RoomLimits Limits) when,
        CancellationToken ct
    );

    /// <summary>Gives room back.</summary>
    Task ReleaseAsync(TenantId tenant, Guid upload, long bytes, CancellationToken ct);

    /// <summary>
    /// The upload's bytes are there: it has this file now, and all its room but the file's is free. What the device stored
    /// by this name before is replaced. The bytes that nothing refers to any more; null: the upload has ended meanwhile.
    /// </summary>
    /// <param name="onlyNew">Refused when there is a file of this name.</param>
    /// <exception cref="ConflictException"><c>file.exists</c>.</exception>
    Task<IReadOnlyList<LooseFile>?> StoreAsync(
        TenantId tenant,
        Guid upload,
        DeviceFile file,
        bool onlyNew,
        CancellationToken ct
    );

    Task<EndAnswer> EndAsync(
        TenantId tenant,
        long deviceKey,
        Guid upload,
        (UploadReport Report, DateTimeOffset Now) end,
        CancellationToken ct
    );

    /// <summary>Newest first.</summary>
    /// <param name="search">Part of the name, any case; null: all.</param>
    Task<Page<DeviceFile>> ListAsync(
        TenantId tenant,
        long deviceKey,
        string? search,
        (Guid? Before, int Limit) page,
        CancellationToken ct
    );

    Task<DeviceFile?> FindAsync(TenantId tenant, long deviceKey, Guid id, CancellationToken ct);

    /// <summary>False: it is gone already.</summary>
    Task<bool> DeleteAsync(TenantId tenant, long deviceKey, Guid id, AuditEntry audit, CancellationToken ct);

    /// <summary>Bytes in use by all devices together.</summary>
    Task<long> UsageAsync(TenantId tenant, CancellationToken ct);
}

/// <summary>Room that an upload asks for.</summary>
/// <param name="IsTotal">What it has taken already counts; else this comes on top.</param>
public readonly record struct RoomWanted(long Bytes, bool IsTotal = false);

/// <summary>What time does to the uploads and files of all tenants.</summary>
public interface IFileSweepStore
{
    /// <summary>
    /// Frees the room of uploads that have expired, whose blocks can go, and forgets those without a file
    /// that expired before <paramref name="forget"/>.
    /// </summary>
    Task<IReadOnlyList<(TenantId Tenant, Guid Upload)>> SweepUploadsAsync(
        DateTimeOffset now,
        DateTimeOffset forget,
        CancellationToken ct
    );

    /// <summary>Forgets some files that were stored before then. Their bytes can go.</summary>
    Task<IReadOnlyList<(TenantId Tenant, LooseFile File)>> ForgetFilesAsync(
        DateTimeOffset storedBefore,
        int most,
        CancellationToken ct
    );

    /// <summary>
    /// Bytes that no row refers to any more, and that are due. Those whose removal began before <paramref name="giveUp"/>
    /// are forgotten.
    /// </summary>
    Task<IReadOnlyList<(TenantId Tenant, LooseFile File)>> DueRemovalsAsync(
        DateTimeOffset now,
        DateTimeOffset giveUp,
        int most,
        CancellationToken ct
    );

    /// <summary>They are gone; or, if <paramref name="again"/> is not null, to be tried again then.</summary>
    Task RemovedAsync(
        IReadOnlyCollection<(TenantId Tenant, LooseFile File)> files,
        DateTimeOffset? again,
        CancellationToken ct
    );

    /// <summary>Those of these that something refers to.</summary>
    Task<IReadOnlySet<FolderEntry>> KnownAsync(IReadOnlyCollection<FolderEntry> entries, CancellationToken ct);
}
