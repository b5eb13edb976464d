using System.Globalization;
using System.Text.Json.Nodes;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Files;

/// <summary>A file and its bytes, to be read from any position.</summary>
public sealed record OpenedFile(DeviceFile File, Stream Bytes) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Bytes.DisposeAsync();
}

/// <summary>How much of its room an application uses.</summary>
/// <param name="Most">0: no limit.</param>
public readonly record struct FileUsage(long Bytes, long Most);

/// <summary>Files of devices, for people and programs.</summary>
public sealed class DeviceFiles(
    IDeviceFileStore rows,
    IFileStores stores,
    IDeviceStore devices,
    InstallationOptions options,
    ChangeFeed changes
)
{
    /// <summary>Newest first.</summary>
    /// <param name="search">Part of the name, any case; null: all.</param>
    /// <param name="page">The last page's <see cref="Page{T}.Next"/>, and how many.</param>
    /// <exception cref="NotFoundException"><c>device.not-found</c>.</exception>
    public async Task<Page<DeviceFile>> ListAsync(
        Caller caller,
        string deviceId,
        string? search,
        (string? After, int Limit) page,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewFiles);
        Guid? before =
            page.After is null ? null
            : Guid.TryParse(page.After, CultureInfo.InvariantCulture, out var id) ? id
            : throw PageKey.Unknown();
        var device = await devices.GetAsync(caller.Tenant, deviceId, ct);
        return await rows.ListAsync(caller.Tenant, device.Key, search, (before, page.Limit), ct);
    }

    /// <exception cref="NotFoundException"><c>device.not-found</c>, <c>file.not-found</c>.</exception>
    public async Task<DeviceFile> GetAsync(Caller caller, string deviceId, Guid id, CancellationToken ct)
    {
        caller.Demand(Permission.ViewFiles);
        var device = await devices.GetAsync(caller.Tenant, deviceId, ct);
        return await rows.FindAsync(caller.Tenant, device.Key, id, ct) ?? throw NotFound();
    }

    /// <exception cref="NotFoundException"><c>file.not-found</c>, or <c>file.lost</c>: the store does not have its bytes.</exception>
    public async Task<OpenedFile> OpenAsync(Caller caller, string deviceId, Guid id, CancellationToken ct)
    {
        var file = await GetAsync(caller, deviceId, id, ct);
        var store = await stores.FindAsync(caller.Tenant, file.Place, ct);
        var bytes = store is null ? null : await store.FindAsync(caller.Tenant, id, ct);
        return bytes is null
            ? throw new NotFoundException(
                "file.lost",
                $"The bytes of this file are not where they were stored ({file.Place}). Ask whoever runs the installation."
            )
            : new OpenedFile(file, bytes);
    }

    /// <exception cref="NotFoundException"><c>device.not-found</c>, <c>file.not-found</c>.</exception>
    public async Task DeleteAsync(Caller caller, string deviceId, Guid id, CancellationToken ct)
    {
        caller.Demand(Permission.ManageFiles);
        var device = await devices.GetAsync(caller.Tenant, deviceId, ct);
        var file = await rows.FindAsync(caller.Tenant, device.Key, id, ct) ?? throw NotFound();
        var audit = caller.Audit("device.file-delete", deviceId, device.Name, before: Describe(file));
        if (!await rows.DeleteAsync(caller.Tenant, device.Key, id, audit, ct))
            throw NotFound();
        // the row is gone: what is left of the bytes if this fails, the sweep finds
        if (await stores.FindAsync(caller.Tenant, file.Place, ct) is { } store)
            await store.DeleteAsync(caller.Tenant, id, CancellationToken.None);
        changes.Publish(new Change(caller.Tenant, ChangeKind.File, device.Key, id.ToString()));
    }

    public async Task<FileUsage> UsageAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permission.ViewFiles);
        return new(await rows.UsageAsync(caller.Tenant, ct), options.Files.ApplicationBytes);
    }

    private static NotFoundException NotFound() =>
        new("file.not-found", "This device has no such file. It was deleted, or uploaded again since.");

    private static string Describe(DeviceFile file) =>
        new JsonObject
        {
            ["name"] = file.Name,
            ["bytes"] = file.Size,
            ["contentType"] = file.ContentType,
            ["storedAt"] = file.StoredAt,
        }.ToJsonString();
}
