using IoTCentral.Core.Files;
using IoTCentral.Core.Files.Storage;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Files;
using IoTCentral.Data.Tests.Telemetry;
using IoTCentral.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace IoTCentral.Data.Tests.Files;

/// <summary>Files with a real database and a real folder, for one device.</summary>
internal sealed class FileShop
{
    private readonly FileStores _stores;

    private FileShop(MessageLogFixture fixture, FilesOptions options)
    {
        Options = new InstallationOptions { DataFolder = TestRun.NewFolder("files"), Files = options };
        Folder = new FileFolder(Options);
        Storages = new FileStorages(
            new FileStorageStore(fixture.Database.TenantDb),
            new SecretBox(MasterKey.New()),
            Time
        );
        _stores = new FileStores(Folder, Storages);
        Rows = new DeviceFileStore(fixture.Database.TenantDb);
        Uploads = new FileUploads(Rows, Folder, _stores, new UploadTokens(MasterKey.New(), Time), Options, Time);
        Receiver = new FileReceiver(Rows, Folder, _stores, Options, new ChangeFeed(), Time);
        Sweep = new FileSweep(
            new FileSweepStore(fixture.Database.SystemDb),
            Folder,
            _stores,
            Options,
            new ChangeFeed(),
            Time,
            NullLogger<FileSweep>.Instance
        );
    }

    public static async Task<FileShop> OpenAsync(MessageLogFixture fixture, FilesOptions? options = null)
    {
        var (tenant, device) = await fixture.NewDeviceAsync(CancellationToken.None);
        return new FileShop(fixture, options ?? new FilesOptions()) { Tenant = tenant, Device = device };
    }

    // the folder's times are the disk's, so this clock begins with it
    public FakeTimeProvider Time { get; } = new(TimeProvider.System.GetUtcNow());
    public InstallationOptions Options { get; }
    public FileFolder Folder { get; }
    public FileStorages Storages { get; }
    public DeviceFileStore Rows { get; }
    public FileUploads Uploads { get; }
    public FileReceiver Receiver { get; }
    public FileSweep Sweep { get; }
    public required TenantId Tenant { get; init; }
    public required long Device { get; init; }

    public async Task<FileUpload> BeginAsync(string name) =>
        (await Uploads.OpenAsync(Tenant, (Device, "pump"), name, CancellationToken.None)).Upload;

    /// <summary>As a request would find it now.</summary>
    public async Task<FileUpload> AgainAsync(FileUpload upload) =>
        (await Rows.FindUploadAsync(Tenant, upload.Id, CancellationToken.None))!;

    public Task<DeviceFile> PutAsync(FileUpload upload, byte[] bytes, byte[]? md5 = null, bool onlyNew = false) =>
        Receiver.PutAsync(Tenant, upload, Body(bytes, md5), new FileAbout(null, null, onlyNew), CancellationToken.None);

    public Task<byte[]> PutBlockAsync(FileUpload upload, string block, byte[] bytes, byte[]? md5 = null) =>
        Receiver.PutBlockAsync(Tenant, upload, block, Body(bytes, md5), CancellationToken.None);

    public Task<DeviceFile> JoinAsync(FileUpload upload, byte[]? md5, params string[] blocks) =>
        Receiver.JoinAsync(Tenant, upload, blocks, new FileAbout(null, md5, false), CancellationToken.None);

    public async Task<DeviceFile> StoreAsync(string name, byte[] bytes)
    {
        var upload = await BeginAsync(name);
        var file = await PutAsync(upload, bytes);
        await EndAsync(upload);
        return file;
    }

    public Task<EndAnswer> EndAsync(FileUpload upload, bool isSuccess = true) =>
        Uploads.EndAsync(Tenant, Device, upload.Id, new(isSuccess, 201, "done"), CancellationToken.None);

    public async Task<IReadOnlyList<DeviceFile>> ListAsync(string? search = null) =>
        (await Rows.ListAsync(Tenant, Device, search, (null, 100), CancellationToken.None)).Items;

    public async Task<byte[]?> BytesAsync(Guid id)
    {
        await using var stream = await Folder.FindAsync(Tenant, id, CancellationToken.None);
        if (stream is null)
            return null;
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    public Task<long> UsageAsync() => Rows.UsageAsync(Tenant, CancellationToken.None);

    /// <summary>Every file below the folder.</summary>
    public string[] OnDisk() =>
        Directory
            .GetFiles(Options.DataFolder, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .ToArray();

    /// <summary>Makes all that lies there look this old.</summary>
    public void Age(TimeSpan by)
    {
        foreach (var path in Directory.GetFileSystemEntries(Options.DataFolder, "*", SearchOption.AllDirectories))
            new FileInfo(path).LastWriteTimeUtc = (Time.GetUtcNow() - by).UtcDateTime;
    }

    private static FileBody Body(byte[] bytes, byte[]? md5) => new(new MemoryStream(bytes), bytes.Length, md5);
}
