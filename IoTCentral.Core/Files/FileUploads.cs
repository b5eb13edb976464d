using IoTCentral.Core.Common;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Files;

/// <summary>An upload that a device may begin: where to, and by what right.</summary>
/// <param name="Token">The query of the address, with its question mark.</param>
public sealed record OpenedUpload(FileUpload Upload, string Token);

/// <summary>Uploads as devices ask for them and report on them, over whatever they are connected by.</summary>
public sealed class FileUploads(
    IDeviceFileStore store,
    IFileFolder folder,
    IFileStores stores,
    UploadTokens tokens,
    InstallationOptions options,
    TimeProvider time
)
{
    /// <summary>IoT Hub's (contract §4).</summary>
    public const int MostOpen = 10;

    /// <summary>Unless the application says otherwise; IoT Hub's default: long enough for the largest file over a slow line.</summary>
    public static TimeSpan Life { get; } = TimeSpan.FromHours(1);

    /// <exception cref="InvalidRequestException"><c>file.invalid-name</c>.</exception>
    /// <exception cref="ConflictException"><c>file.too-many-uploads</c>, <c>file.quota</c>.</exception>
    public async Task<OpenedUpload> OpenAsync(
        TenantId tenant,
        (long Key, string Id) device,
        string name,
        CancellationToken ct
    )
    {
        if (FileName.FaultOf(device.Id, name) is { } fault)
            throw new InvalidRequestException("file.invalid-name", fault);
        var now = time.GetUtcNow();
        var expires = now + await stores.LifeAsync(tenant, ct);
        var upload = new FileUpload
        {
            Id = Guid.CreateVersion7(now),
            DeviceKey = device.Key,
            DeviceId = device.Id,
            Name = name,
            Expires = expires.AddTicks(-(expires.Ticks % TimeSpan.TicksPerSecond)), // as the token says it
        };
        var limits = (now, MostOpen, options.Files.ApplicationBytes);
        return await store.OpenAsync(tenant, upload, limits, ct) switch
        {
            RoomAnswer.Granted => new OpenedUpload(upload, tokens.Make(tenant, upload)),
            RoomAnswer.Full => throw FileRefusals.Full(options.Files),
            _ => throw new ConflictException(
                "file.too-many-uploads",
                $"The device has {MostOpen} uploads open already. It has to report how they went (notifications), or wait until they end by themselves."
            ),
        };
    }

    /// <summary>The upload that a good token is for; null: it is gone, or its device may not talk any more.</summary>
    public async Task<FileUpload?> AdmitAsync(UploadTicket ticket, CancellationToken ct)
    {
        var upload = await store.FindUploadAsync(ticket.Tenant, ticket.Upload, ct);
        return upload is { IsBarred: false } && upload.DeviceKey == ticket.DeviceKey ? upload : null;
    }

    public async Task<EndAnswer> EndAsync(
        TenantId tenant,
        long deviceKey,
        Guid upload,
        UploadReport report,
        CancellationToken ct
    )
    {
        var answer = await store.EndAsync(tenant, deviceKey, upload, (report, time.GetUtcNow()), ct);
        if (answer == EndAnswer.Ended)
            folder.DropBlocks(tenant, upload);
        return answer;
    }
}

internal static class FileRefusals
{
    public static ConflictException Full(FilesOptions options) =>
        new(
            "file.quota",
            $"The files of this application have all of the {options.ApplicationMegabytes} MB they may have. Delete some, or raise Files:ApplicationMegabytes."
        );
}
