using IoTCentral.Core.Files;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Data.Files;

/// <summary>All files are in the program's own folder.</summary>
internal sealed class FileStores(IFileFolder folder) : IFileStores
{
    public Task<IFileStore> CurrentAsync(TenantId tenant, CancellationToken ct) => Task.FromResult<IFileStore>(folder);

    public Task<IFileStore?> FindAsync(TenantId tenant, string place, CancellationToken ct) =>
        Task.FromResult<IFileStore?>(place == folder.Place ? folder : null);
}
