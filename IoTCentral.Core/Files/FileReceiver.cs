using IoTCentral.Core.Common;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Files;

/// <summary>Bytes on their way in.</summary>
/// <param name="Length">As announced; there must be exactly so many.</param>
/// <param name="Md5">What they must add up to; null: nothing is said.</param>
public sealed record FileBody(Stream Bytes, long Length, byte[]? Md5);

/// <summary>What a device says of a file as it stores it.</summary>
/// <param name="Md5">What all of it must add up to; null: nothing is said.</param>
/// <param name="OnlyNew">There must be no file of this name yet.</param>
public sealed record FileAbout(string? ContentType, byte[]? Md5, bool OnlyNew);

/// <summary>Takes the bytes of uploads: whole, or in blocks that are put together in the end.</summary>
public sealed class FileReceiver(
    IDeviceFileStore rows,
    IFileFolder folder,
    IFileStores stores,
    InstallationOptions options,
    ChangeFeed changes,
    TimeProvider time
)
{
    // What even the smallest block takes on a disk; so nobody fills it with a million of them.
    private const int SmallestCharge = 4096;

    // Blocks that are sent again count twice for a moment.
    private RoomLimits Limits => new(2 * options.Files.MaxBytes + SmallestCharge, options.Files.ApplicationBytes);

    /// <summary>One block; its MD5.</summary>
    /// <exception cref="DomainException"><c>file.too-large</c>, <c>file.quota</c>, <c>file.damaged</c>, <c>file.ended</c>.</exception>
    public async Task<byte[]> PutBlockAsync(
        TenantId tenant,
        FileUpload upload,
        string block,
        FileBody body,
        CancellationToken ct
    )
    {
        await ReserveAsync(tenant, upload, new RoomWanted(Charge(body.Length)), body.Length, ct);
        var spare = Charge(body.Length);
        try
        {
            await using var bytes = new HashedStream(body);
            var replaced = await folder.PutBlockAsync(tenant, upload.Id, block, bytes, ct);
            spare = replaced == 0 ? 0 : Charge(replaced);
            return bytes.Md5;
        }
        finally
        {
            if (spare > 0)
                await rows.ReleaseAsync(tenant, upload.Id, spare, CancellationToken.None);
        }
    }

    /// <summary>Puts blocks together.</summary>
    /// <exception cref="InvalidRequestException"><c>file.no-block</c>: one of them was never sent.</exception>
    /// <inheritdoc cref="PutBlockAsync"/>
    public async Task<DeviceFile> JoinAsync(
        TenantId tenant,
        FileUpload upload,
        IReadOnlyList<string> blocks,
        FileAbout about,
        CancellationToken ct
    )
    {
        Demand(upload);
        await using var all =
            folder.FindBlocks(tenant, upload.Id, blocks)
            ?? throw new InvalidRequestException("file.no-block", "The list names a block that was not sent.");
        // a list may name a block often: all of them together take the room of the file
        await ReserveAsync(tenant, upload, new RoomWanted(all.Length, IsTotal: true), all.Length, ct);
        return await StoreAsync(tenant, upload, new FileBody(all, all.Length, about.Md5), about, ct);
    }

    /// <summary>All of it at once.</summary>
    /// <inheritdoc cref="PutBlockAsync"/>
    public async Task<DeviceFile> PutAsync(
        TenantId tenant,
        FileUpload upload,
        FileBody body,
        FileAbout about,
        CancellationToken ct
    )
    {
        await ReserveAsync(tenant, upload, new RoomWanted(Charge(body.Length)), body.Length, ct);
        var isStored = false;
        try
        {
            var file = await StoreAsync(tenant, upload, body, about, ct);
            isStored = true;
            return file;
        }
        finally
        {
            if (!isStored)
                await rows.ReleaseAsync(tenant, upload.Id, Charge(body.Length), CancellationToken.None);
        }
    }

    /// <summary>The bytes of what is stored, as its own device reads them back; null: nothing is.</summary>
    public async Task<Stream?> FindAsync(TenantId tenant, FileUpload upload, CancellationToken ct) =>
        upload.File is { } file && await stores.FindAsync(tenant, file.Place, ct) is { } store
            ? await store.FindAsync(tenant, file.Id, ct)
            : null;

    private async Task<DeviceFile> StoreAsync(
        TenantId tenant,
        FileUpload upload,
        FileBody body,
        FileAbout about,
        CancellationToken ct
    )
    {
        var store = await stores.CurrentAsync(tenant, ct);
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var bytes = new HashedStream(body);
        await store.PutAsync(tenant, id, bytes, ct);

        var file = new DeviceFile
        {
            Id = id,
            Name = upload.Name,
            Size = bytes.Count,
            ContentType = FileTypes.Of(about.ContentType, upload.Name, bytes.Head),
            Md5 = bytes.Md5,
            StoredAt = now,
            Place = store.Place,
        };
        // From here on it is not left half done: the device hears of it, or the bytes go.
        if (await TryNoteAsync(tenant, upload, file, about, store) is not { } loose)
            throw Ended();
        foreach (var old in loose)
            await DropAsync(tenant, old);
        folder.DropBlocks(tenant, upload.Id);
        changes.Publish(new Change(tenant, ChangeKind.File, upload.DeviceKey, file.Id.ToString()));
        return file;
    }

    private async Task<IReadOnlyList<LooseFile>?> TryNoteAsync(
        TenantId tenant,
        FileUpload upload,
        DeviceFile file,
        FileAbout about,
        IFileStore store
    )
    {
        IReadOnlyList<LooseFile>? loose = null;
        try
        {
            return loose = await rows.StoreAsync(tenant, upload.Id, file, about.OnlyNew, CancellationToken.None);
        }
        catch (Exception e) when (e is not DomainException)
        {
            // Whether it was noted is not known: the sweep finds out.
            loose = [];
            throw;
        }
        finally
        {
            if (loose is null)
                await store.DeleteAsync(tenant, file.Id, CancellationToken.None);
        }
    }

    private async Task DropAsync(TenantId tenant, LooseFile file)
    {
        if (await stores.FindAsync(tenant, file.Place, CancellationToken.None) is { } store)
            await store.DeleteAsync(tenant, file.Id, CancellationToken.None);
    }

    private async Task ReserveAsync(
        TenantId tenant,
        FileUpload upload,
        RoomWanted room,
        long length,
        CancellationToken ct
    )
    {
        Demand(upload);
        if (length > options.Files.MaxBytes)
            throw TooLarge();
        switch (await rows.ReserveAsync(tenant, upload.Id, room, (time.GetUtcNow(), Limits), ct))
        {
            case RoomAnswer.Full:
                throw FileRefusals.Full(options.Files);
            case RoomAnswer.Refused:
                throw TooLarge();
            default:
                return;
        }
    }

    private static void Demand(FileUpload upload)
    {
        if (upload.EndedAt is not null)
            throw Ended();
    }

    private static long Charge(long length) => Math.Max(length, SmallestCharge);

    private InvalidRequestException TooLarge() =>
        new("file.too-large", $"A file has at most {options.Files.MaxMegabytes} MB here (Files:MaxMegabytes).");

    private static ConflictException Ended() =>
        new("file.ended", "The device has said how this upload went, or its hour is over. Ask for another one.");
}
