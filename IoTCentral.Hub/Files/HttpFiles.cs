using System.Globalization;
using System.Text.Json;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Files;
using IoTCentral.Core.Provisioning;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Doors;
using Microsoft.AspNetCore.Http;

namespace IoTCentral.Hub.Files;

/// <summary>A device asks where to upload a file to, and says how it went (contract §4). The bytes go by <see cref="BlobDoor"/>.</summary>
internal sealed class HttpFiles(FileUploads uploads, HubLog log)
{
    private const int MostBodyBytes = 64 * 1024;

    public async Task OpenAsync(HttpContext context, SignedIn device)
    {
        if (await ReadAsync(context, device) is not { } body)
            return;
        if (FileRequest.FindBroken(body, "blobName") is { } broken)
        {
            await RefuseAsync(
                context,
                device,
                $"The name of the file, '{broken}', is no UTF-8. Send the request in UTF-8."
            );
            return;
        }

        var name = FileRequest.Text(body, "blobName") ?? "";
        try
        {
            var key = (device.DeviceKey, device.DeviceId);
            var opened = await uploads.OpenAsync(device.TenantId, key, name, context.RequestAborted);
            await context.Response.WriteAsJsonAsync(
                new
                {
                    correlationId = opened.Upload.Id.ToString(),
                    hostName = HostOf(context.Request),
                    containerName = BlobDoor.Container,
                    blobName = opened.Upload.BlobName,
                    sasToken = opened.Token,
                },
                context.RequestAborted
            );
        }
        catch (DomainException e) when (e is InvalidRequestException or ConflictException)
        {
            var words = $"The file '{FileRequest.Shown(name)}' was refused. {e.Message}";
            Log(context, device, words);
            var (status, word) = e.Code switch
            {
                "file.too-many-uploads" => (403, "DeviceMaximumActiveFileUploadLimitExceeded"), // 403006
                "file.quota" => (403, "IotHubQuotaExceeded"), // 403002
                _ => (400, "ArgumentInvalid"),
            };
            await HubErrors.WriteAsync(context, status, word, words);
        }
    }

    /// <param name="inPath">Node puts the id into the address, .NET into the body.</param>
    public async Task EndAsync(HttpContext context, SignedIn device, string? inPath)
    {
        if (await ReadAsync(context, device) is not { } body)
            return;
        var report = new UploadReport(
            FileRequest.IsTrue(body, "isSuccess"),
            FileRequest.Whole(body, "statusCode"),
            FileRequest.Text(body, "statusDescription")
        );
        var given = inPath ?? FileRequest.Text(body, "correlationId");
        var answer = Guid.TryParse(given, CultureInfo.InvariantCulture, out var id)
            ? await uploads.EndAsync(device.TenantId, device.DeviceKey, id, report, context.RequestAborted)
            : EndAnswer.Unknown;
        if (answer == EndAnswer.Ended)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        var (word, words) =
            answer == EndAnswer.Expired
                ? (
                    "ExpiredFileUploadCorrelationId", // 400016
                    "This upload ended by itself an hour after it began. Begin another one."
                )
                : (
                    "InvalidFileUploadCorrelationId", // 400015
                    $"It reported on an upload that it has not begun, '{FileRequest.Shown(given ?? "")}'. Report by the correlationId that it was given."
                );
        Log(context, device, words);
        await HubErrors.WriteAsync(context, 400, word, words);
    }

    /// <summary>By the name and port at which the device has just reached us.</summary>
    private static string HostOf(HttpRequest request) =>
        request.Host.Port is 443 ? request.Host.Host : request.Host.Value ?? "";

    private void Log(HttpContext context, SignedIn device, string words) =>
        log.Write(
            device.TenantId,
            device.DeviceKey,
            device.DeviceId,
            ConnectionEvent.Refused,
            (ConnectionCode.FileRefused, words),
            context.OriginOf().Of(device)
        );

    private Task RefuseAsync(HttpContext context, SignedIn device, string words)
    {
        Log(context, device, words);
        return HubErrors.WriteAsync(context, 400, words);
    }

    /// <summary>The body; null: it is none, which the device has been told.</summary>
    private async Task<JsonElement?> ReadAsync(HttpContext context, SignedIn device)
    {
        var bytes = await context.ReadBodyAsync(MostBodyBytes);
        try
        {
            if (bytes is not null && JsonElement.Parse(bytes) is { ValueKind: JsonValueKind.Object } body)
                return body;
        }
        catch (JsonException)
        {
            // said below
        }

        await RefuseAsync(
            context,
            device,
            bytes is null
                ? "Its request about a file was refused: it is longer than 64 KB."
                : $"Its request about a file, '{FileRequest.Shown(bytes)}', was refused: the body must be a JSON object. If its end is missing, Content-Length counts characters where it must count bytes."
        );
        return null;
    }
}
