using IoTCentral.Core.Installation;
using IoTCentral.Core.Tenants;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Core.Files;

/// <summary>
/// Forgets uploads that nobody finished and files whose time is over, and removes what nothing refers to any more: files
/// of devices that were deleted, and what a crash left half done in the folder.
/// </summary>
public sealed class FileSweep(
    IFileSweepStore rows,
    IFileFolder folder,
    IFileStores stores,
    InstallationOptions options,
    ChangeFeed changes,
    TimeProvider time,
    ILogger<FileSweep> logger
) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(10);

    // Until then a device that reports late is told so, and not that nobody knows its upload.
    private static readonly TimeSpan KeepExpired = TimeSpan.FromDays(1);

    // Far longer than any upload takes between its bytes and their row.
    private static readonly TimeSpan Young = TimeSpan.FromDays(1);
    private const int MostAtOnce = 500;

    // A store that is away, or an account to which the application lost its key.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromHours(1);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromDays(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pace, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TrySweepAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the next start goes on
        }
    }

    /// <summary>All of it, once.</summary>
    internal async Task SweepAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        foreach (var (tenant, upload) in await rows.SweepUploadsAsync(now, now - KeepExpired, ct))
            folder.DropBlocks(tenant, upload);
        if (options.Files.KeepDays > 0)
            await ForgetAsync(now.AddDays(-options.Files.KeepDays), ct);
        await RemoveDueAsync(now, ct);
        foreach (var some in folder.Old(now - Young).Chunk(MostAtOnce))
            await RemoveAsync(some, ct);
    }

    private async Task TrySweepAsync(CancellationToken ct)
    {
        try
        {
            await SweepAsync(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            logger.LogWarning(e, "Files that are over could not be removed; trying again.");
        }
    }

    private async Task ForgetAsync(DateTimeOffset before, CancellationToken ct)
    {
        IReadOnlyList<(TenantId Tenant, LooseFile File)> some;
        do
        {
            some = await rows.ForgetFilesAsync(before, MostAtOnce, ct);
            // their bytes are due with all the others
            foreach (var tenant in some.Select(s => s.Tenant).Distinct())
                changes.Publish(new Change(tenant, ChangeKind.File));
        } while (some.Count == MostAtOnce);
    }

    private async Task RemoveDueAsync(DateTimeOffset now, CancellationToken ct)
    {
        IReadOnlyList<(TenantId Tenant, LooseFile File)> some;
        do
        {
            some = await rows.DueRemovalsAsync(now, now - GiveUpAfter, MostAtOnce, ct);
            List<(TenantId Tenant, LooseFile File)> left = [];
            foreach (var (tenant, file) in some)
            {
                if (!await TryRemoveAsync(tenant, file, ct))
                    left.Add((tenant, file));
            }

            await rows.RemovedAsync([.. some.Except(left)], null, ct);
            await rows.RemovedAsync(left, now + RetryAfter, ct);
        } while (some.Count == MostAtOnce);
    }

    private async Task<bool> TryRemoveAsync(TenantId tenant, LooseFile file, CancellationToken ct)
    {
        try
        {
            if (await stores.FindAsync(tenant, file.Place, ct) is not { } store)
                return false;
            await store.DeleteAsync(tenant, file.Id, ct);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            logger.LogWarning(e, "The file {Id} could not be removed from {Place}; trying again.", file.Id, file.Place);
            return false;
        }
    }

    private async Task RemoveAsync(FolderEntry[] entries, CancellationToken ct)
    {
        var known = await rows.KnownAsync(entries, ct);
        foreach (var entry in entries.Where(e => !known.Contains(e)))
        {
            if (entry.IsUpload)
                folder.DropBlocks(entry.Tenant, entry.Id);
            else
                await folder.DeleteAsync(entry.Tenant, entry.Id, ct);
        }
    }
}
