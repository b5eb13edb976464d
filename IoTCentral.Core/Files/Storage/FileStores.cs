using System.Collections.Concurrent;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Files.Storage;

/// <summary>The program's own folder, and the containers and buckets that applications have set up.</summary>
/// <param name="foreign">Null: the process has no way out to the network.</param>
public sealed class FileStores(IFileFolder folder, FileStorages storages, IForeignStorage? foreign = null) : IFileStores
{
    // Clients hold connections; one an application, made anew when it has set up another.
    private readonly ConcurrentDictionary<TenantId, (int Version, DateTimeOffset At, IFileStore Store)> _opened = new();

    public async Task<IFileStore> CurrentAsync(TenantId tenant, CancellationToken ct) =>
        await OpenAsync(tenant, ct) ?? folder;

    public async Task<IFileStore?> FindAsync(TenantId tenant, string place, CancellationToken ct)
    {
        if (place == folder.Place)
            return folder;
        return await OpenAsync(tenant, ct) is { } store && store.Place == place ? store : null;
    }

    public async Task<TimeSpan> LifeAsync(TenantId tenant, CancellationToken ct) =>
        (await storages.FindAsync(tenant, ct))?.SasTtl ?? FileUploads.Life;

    private async Task<IFileStore?> OpenAsync(TenantId tenant, CancellationToken ct)
    {
        if (await storages.FindAsync(tenant, ct) is not { } storage || foreign is null)
            return null;
        if (
            _opened.TryGetValue(tenant, out var known)
            && (known.Version, known.At) == (storage.Version, storage.UpdatedAt)
        )
            return known.Store;
        var store = foreign.Open(storage.Target);
        _opened[tenant] = (storage.Version, storage.UpdatedAt, store);
        return store;
    }
}
