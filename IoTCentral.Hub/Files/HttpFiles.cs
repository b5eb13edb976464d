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
        if (await ReadAsync(context) is not { } body)
            return;
        var name = Text(body, "blobName") ?? "";
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
            Log(context, device, e);
            var (status, word) = e.Code switch
            {
                "file.too-many-uploads" => (403, "DeviceMaximumActiveFileUploadLimitExceeded"), // 403006
                "file.quota" => (403, "IotHubQuotaExceeded"), // 403002
                _ => (400, "ArgumentInvalid"),
            };
            await HubErrors.WriteAsync(context, status, word, e.Message);
        }
    }

    /// <param name="inPath">Node puts the id into the address, .NET into the body.</param>
    public async Task EndAsync(HttpContext context, SignedIn device, string? inPath)
    {
        if (await ReadAsync(context) is not { } body)
            return;
        var report = new UploadReport(
            IsTrue(body, "isSuccess"),
            Whole(body, "statusCode"),
            Text(body, "statusDescription")
        );
        var answer = Guid.TryParse(inPath ?? Text(body, "correlationId"), CultureInfo.InvariantCulture, out var id)
            ? await uploads.EndAsync(device.TenantId, device.DeviceKey, id, report, context.RequestAborted)
            : EndAnswer.Unknown;
        if (answer == EndAnswer.Ended)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        await (
            answer == EndAnswer.Expired
                ? HubErrors.WriteAsync(
                    context,
                    400,
                    "ExpiredFileUploadCorrelationId", // 400016
                    "This upload ended by itself an hour after it began. Begin another one."
                )
                : HubErrors.WriteAsync(
                    context,
                    400,
                    "InvalidFileUploadCorrelationId", // 400015
                    "This device has no upload of this correlation id."
                )
        );
    }

    /// <summary>By the name and port at which the device has just reached us.</summary>
    private static string HostOf(HttpRequest request) =>
        request.Host.Port is 443 ? request.Host.Host : request.Host.Value ?? "";

    private void Log(HttpContext context, SignedIn device, DomainException refusal) =>
        log.Write(
            device.TenantId,
            device.DeviceKey,
            device.DeviceId,
            ConnectionEvent.Refused,
            (ConnectionCode.FileRefused, refusal.Message),
            (context.AddressOf(), "HTTPS")
        );

    /// <summary>The body; null: it is none, which the device has been told.</summary>
    private static async Task<JsonElement?> ReadAsync(HttpContext context)
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

        await HubErrors.WriteAsync(context, 400, "The body must be a JSON object.");
        return null;
    }

    private static string? Text(JsonElement body, string name)
    {
        try
        {
            return body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half a surrogate pair
        }
    }

    private static bool IsTrue(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static int? Whole(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt32(out var number)
            ? number
            : null;
}
