using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Files;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Web.Tests.Devices.Files;

/// <summary>Files of devices, kept in memory with their bytes.</summary>
internal sealed class MemoryFiles : IDeviceFileStore, IFileStores, IFileStore
{
    private readonly Dictionary<Guid, byte[]> _bytes = [];

    public List<(long Device, DeviceFile File)> All { get; } = [];

    public List<AuditEntry> Audits { get; } = [];

    public string Place => "memory";

    public DeviceFile Add(long device, string name, byte[] bytes, bool? isSuccess = true)
    {
        var file = new DeviceFile
        {
            Id = Guid.CreateVersion7(),
            Name = name,
            Size = bytes.Length,
            ContentType = FileTypes.Of(null, name, bytes),
            Md5 = new byte[16],
            StoredAt = DateTimeOffset.UnixEpoch.AddSeconds(All.Count),
            Place = Place,
            IsSuccess = isSuccess,
        };
        _bytes[file.Id] = bytes;
        All.Add((device, file));
        return file;
    }

    public Task<Page<DeviceFile>> ListAsync(
        TenantId tenant,
        long deviceKey,
        string? search,
        (Guid? Before, int Limit) page,
        CancellationToken ct
    )
    {
        var files = All.Where(f => f.Device == deviceKey)
            .Select(f => f.File)
            .Where(f => search is null || f.Name.Contains(search, StringComparison.OrdinalIgnoreCase))
            .Reverse()
            .SkipWhile(f => page.Before is not null && f.Id != page.Before)
            .Skip(page.Before is null ? 0 : 1)
            .ToList();
        var next = files.Count > page.Limit ? files[page.Limit - 1].Id.ToString() : null;
        return Task.FromResult(new Page<DeviceFile>([.. files.Take(page.Limit)], next));
    }

    public Task<DeviceFile?> FindAsync(TenantId tenant, long deviceKey, Guid id, CancellationToken ct) =>
        Task.FromResult(All.Where(f => f.Device == deviceKey).Select(f => f.File).FirstOrDefault(f => f.Id == id));

    public Task<bool> DeleteAsync(TenantId tenant, long deviceKey, Guid id, AuditEntry audit, CancellationToken ct)
    {
        Audits.Add(audit);
        return Task.FromResult(All.RemoveAll(f => f.File.Id == id) > 0);
    }

    public Task<long> UsageAsync(TenantId tenant, CancellationToken ct) => Task.FromResult(All.Sum(f => f.File.Size));

    public Task<IFileStore> CurrentAsync(TenantId tenant, CancellationToken ct) => Task.FromResult<IFileStore>(this);

    public Task<IFileStore?> FindAsync(TenantId tenant, string place, CancellationToken ct) =>
        Task.FromResult<IFileStore?>(this);

    public Task<TimeSpan> LifeAsync(TenantId tenant, CancellationToken ct) => throw new NotSupportedException();

    public Task<Stream?> FindAsync(TenantId tenant, Guid id, CancellationToken ct) =>
        Task.FromResult<Stream?>(_bytes.TryGetValue(id, out var bytes) ? new MemoryStream(bytes) : null);

    public Task DeleteAsync(TenantId tenant, Guid id, CancellationToken ct) => Task.FromResult(_bytes.Remove(id));

    public Task PutAsync(TenantId tenant, Guid id, Stream bytes, CancellationToken ct) =>
        throw new NotSupportedException();

    public Task<RoomAnswer> OpenAsync(
        TenantId tenant,
        FileUpload upload,
        (DateTimeOffset Now, int MostOpen, long MostBytes) limits,
        CancellationToken ct
    ) => throw new NotSupportedException();

    public Task<FileUpload?> FindUploadAsync(TenantId tenant, Guid id, CancellationToken ct) =>
        throw new NotSupportedException();

    public Task<RoomAnswer> ReserveAsync(
        TenantId tenant,
        Guid upload,
        RoomWanted room,
        (DateTimeOffset Now, RoomLimits Limits) when,
        CancellationToken ct
    ) => throw new NotSupportedException();

    public Task ReleaseAsync(TenantId tenant, Guid upload, long bytes, CancellationToken ct) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<LooseFile>?> StoreAsync(
        TenantId tenant,
        Guid upload,
        DeviceFile file,
        bool onlyNew,
        CancellationToken ct
    ) => throw new NotSupportedException();

    public Task<EndAnswer> EndAsync(
        TenantId tenant,
        long deviceKey,
        Guid upload,
        (UploadReport Report, DateTimeOffset Now) end,
        CancellationToken ct
    ) => throw new NotSupportedException();
}
