using System.Globalization;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Files;
using IoTCentral.Core.Tenants;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Doors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Hub.Files;

/// <summary>
/// What an SDK's blob client does with the address of an upload, as Azure's blob storage answers it: Put Blob, Put Block,
/// Put Block List, Get and Head. The address is the credential; see <see cref="UploadTokens"/>.
/// </summary>
internal sealed class BlobDoor(
    UploadTokens tokens,
    FileUploads uploads,
    FileReceiver receiver,
    HubLog log,
    ILogger<BlobDoor> logger
)
{
    /// <summary>First part of the address; never a device's or an ID scope's.</summary>
    public const string Container = "device-files";

    private const string Version = "2021-12-02";

    // For lists of blocks; bytes of files are bounded by the receiver.
    private const int Patience = 5;

    public async Task AnswerAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers["x-ms-request-id"] = context.TraceIdentifier;
        headers["x-ms-version"] = Version;
        if (
            context.Request.Headers.TryGetValue("x-ms-client-request-id", out var client)
            && client.ToString().Length <= 1024
        )
            headers["x-ms-client-request-id"] = client;
        try
        {
            await RouteAsync(context);
        }
        catch (BlobException e)
        {
            await BlobErrors.WriteAsync(context, e.Status, e.Code, e.Message);
        }
        catch (BadHttpRequestException e)
        {
            await BlobErrors.WriteAsync(context, e.StatusCode, "InvalidInput", e.Message);
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            logger.LogWarning(e, "The bytes of a file could not be taken.");
            headers.RetryAfter = Patience.ToString(CultureInfo.InvariantCulture);
            await BlobErrors.WriteAsync(context, 503, "ServerBusy", "Files cannot be stored at the moment. Try again.");
        }
    }

    private async Task RouteAsync(HttpContext context)
    {
        var (tenant, upload) = await AdmitAsync(context);
        try
        {
            var comp = context.Request.Query["comp"].ToString();
            await (
                (context.Request.Method, comp) switch
                {
                    ("PUT", "") => PutAsync(context, tenant, upload),
                    ("PUT", "block") => PutBlockAsync(context, tenant, upload),
                    ("PUT", "blocklist") => JoinAsync(context, tenant, upload),
                    ("PUT", "appendblock" or "page") => throw BlobException.NotBlock(),
                    ("GET" or "HEAD", "") => ReadAsync(context, tenant, upload),
                    _ => throw new BlobException(
                        StatusCodes.Status400BadRequest,
                        "UnsupportedQueryParameter",
                        "This store takes Put Blob, Put Block, Put Block List, Get and Head."
                    ),
                }
            );
        }
        catch (DomainException e) when (e is InvalidRequestException or ConflictException)
        {
            log.Write(
                tenant,
                upload.DeviceKey,
                upload.DeviceId,
                ConnectionEvent.Refused,
                (ConnectionCode.FileRefused, $"The file '{FileRequest.Shown(upload.Name)}' was refused. {e.Message}"),
                context.OriginOf()
            );
            throw Translate(e);
        }
    }

    private async Task<(TenantId Tenant, FileUpload Upload)> AdmitAsync(HttpContext context)
    {
        var query = context.Request.Query;
        foreach (var name in BlobRequest.NamesOf(context, Container))
        {
            if (tokens.Read(name, query["si"], query["se"], query["sig"]) is not { } ticket)
                continue;
            if (await uploads.AdmitAsync(ticket, context.RequestAborted) is { } upload && upload.BlobName == name)
                return (ticket.Tenant, upload);
        }

        throw BlobException.Unauthorized();
    }

    private async Task PutAsync(HttpContext context, TenantId tenant, FileUpload upload)
    {
        if (context.Request.Headers["x-ms-blob-type"] != "BlockBlob")
            throw BlobException.NotBlock();
        BlobRequest.DemandPlain(context);
        var body = Bounded(context, BlobRequest.BodyOf(context));
        var about = BlobRequest.AboutOf(context, usesContentType: true);
        body = body with { Md5 = body.Md5 ?? about.Md5 };
        Stored(context, await receiver.PutAsync(tenant, upload, body, about, context.RequestAborted));
    }

    private async Task PutBlockAsync(HttpContext context, TenantId tenant, FileUpload upload)
    {
        BlobRequest.DemandPlain(context);
        var (block, body) = (BlobRequest.BlockOf(context), Bounded(context, BlobRequest.BodyOf(context)));
        if (body.Length == 0)
            throw BlobException.BadHeader("Content-Length");
        var md5 = await receiver.PutBlockAsync(tenant, upload, block, body, context.RequestAborted);
        context.Response.Headers.ContentMD5 = Convert.ToBase64String(md5);
        context.Response.Headers["x-ms-request-server-encrypted"] = "false";
        context.Response.StatusCode = StatusCodes.Status201Created;
    }

    private async Task JoinAsync(HttpContext context, TenantId tenant, FileUpload upload)
    {
        BlobRequest.DemandPlain(context);
        var body =
            await context.ReadBodyAsync(BlockList.MostBytes)
            ?? throw new BlobException(413, "RequestBodyTooLarge", "The list of blocks is too long.");
        var blocks = await BlockList.ReadAsync(body);
        var about = BlobRequest.AboutOf(context, usesContentType: false);
        Stored(context, await receiver.JoinAsync(tenant, upload, blocks, about, context.RequestAborted));
    }

    private async Task ReadAsync(HttpContext context, TenantId tenant, FileUpload upload)
    {
        await using var bytes =
            await receiver.FindAsync(tenant, upload, context.RequestAborted)
            ?? throw new BlobException(404, "BlobNotFound", "Nothing has been uploaded here yet.");
        Show(context, upload.File!);
        var headers = context.Response.Headers;
        headers["x-ms-blob-type"] = "BlockBlob";
        headers.ContentMD5 = Convert.ToBase64String(upload.File!.Md5);
        // a page that a device uploaded must not run under the hub's name
        headers.XContentTypeOptions = "nosniff";
        headers.ContentDisposition = "attachment";
        headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        context.Response.ContentType = upload.File.ContentType;
        context.Response.ContentLength = upload.File.Size;
        if (HttpMethods.IsGet(context.Request.Method))
            await bytes.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static void Stored(HttpContext context, DeviceFile file)
    {
        Show(context, file);
        context.Response.Headers.ContentMD5 = Convert.ToBase64String(file.Md5);
        context.Response.Headers["x-ms-request-server-encrypted"] = "false";
        context.Response.StatusCode = StatusCodes.Status201Created;
    }

    private static void Show(HttpContext context, DeviceFile file)
    {
        context.Response.Headers.ETag =
            $"\"0x{file.Id.ToString("N", CultureInfo.InvariantCulture)[..16].ToUpperInvariant()}\"";
        context.Response.Headers.LastModified = file.StoredAt.UtcDateTime.ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary>The server's own limit is far below that of files, which the receiver asks for before it reads.</summary>
    private static FileBody Bounded(HttpContext context, FileBody body)
    {
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = body.Length;
        return body;
    }

    private static BlobException Translate(DomainException e) =>
        e.Code switch
        {
            "file.too-large" => new(413, "RequestBodyTooLarge", e.Message),
            "file.quota" => new(403, "AccountIsDisabled", e.Message), // what its clients do not try again
            "file.damaged" => new(400, "Md5Mismatch", e.Message),
            "file.no-block" => new(400, "InvalidBlockList", e.Message),
            "file.exists" => new(409, "BlobAlreadyExists", e.Message),
            "file.ended" => new(409, "InvalidOperation", e.Message),
            _ => new(400, "InvalidInput", e.Message),
        };
}
