using IoTCentral.Core.Files;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace IoTCentral.Hub.Files;

/// <summary>What a request of a blob client says, in the words of Azure's blob storage.</summary>
internal static class BlobRequest
{
    // Azure's: at most 64 bytes before they are base64.
    private const int LongestBlockId = 88;

    /// <summary>
    /// The blob's name in the address. Some SDKs encode it and some do not, so an id that holds a % may be meant either
    /// way; the signature tells.
    /// </summary>
    public static IReadOnlyList<string> NamesOf(HttpContext context, string container)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = (query < 0 ? target : target[..query]).TrimStart('/');
        if (path.Length <= container.Length)
            return [];
        var name = path[(container.Length + 1)..];
        return [Uri.UnescapeDataString(name), name];
    }

    /// <summary>Length and hash of the body.</summary>
    /// <exception cref="BlobException">There is no length, or a header cannot be read.</exception>
    public static FileBody BodyOf(HttpContext context) =>
        new(
            context.Request.Body,
            context.Request.ContentLength
                ?? throw new BlobException(
                    StatusCodes.Status411LengthRequired,
                    "MissingContentLengthHeader",
                    "Say how many bytes there are (Content-Length)."
                ),
            Md5(context, "Content-MD5")
        );

    /// <param name="usesContentType">The request's body is the file itself, so that its type is the file's.</param>
    public static FileAbout AboutOf(HttpContext context, bool usesContentType)
    {
        var headers = context.Request.Headers;
        var type = headers["x-ms-blob-content-type"].ToString();
        return new(
            type.Length > 0 ? type
                : usesContentType ? context.Request.ContentType
                : null,
            Md5(context, "x-ms-blob-content-md5"),
            headers.IfNoneMatch == "*"
        );
    }

    public static string BlockOf(HttpContext context)
    {
        var id = context.Request.Query["blockid"].ToString();
        return IsBlockId(id)
            ? id
            : throw new BlobException(
                StatusCodes.Status400BadRequest,
                "InvalidQueryParameterValue",
                "The id of a block is base64 of 1 to 64 bytes."
            );
    }

    public static bool IsBlockId(string id) =>
        id.Length is > 0 and <= LongestBlockId && Convert.TryFromBase64String(id, new byte[LongestBlockId], out _);

    /// <summary>What would be promised and not kept if it were not refused.</summary>
    public static void DemandPlain(HttpContext context)
    {
        string[] unknown = ["x-ms-structured-body", "x-ms-encryption-key", "x-ms-lease-id", "If-Match"];
        if (unknown.FirstOrDefault(context.Request.Headers.ContainsKey) is { } name)
            throw new BlobException(
                StatusCodes.Status400BadRequest,
                "UnsupportedHeader",
                $"This store does not know the header {name}."
            );
    }

    private static byte[]? Md5(HttpContext context, string header)
    {
        var text = context.Request.Headers[header].ToString();
        if (text.Length == 0)
            return null;
        var md5 = new byte[16];
        return Convert.TryFromBase64String(text, md5, out var length) && length == md5.Length
            ? md5
            : throw new BlobException(
                StatusCodes.Status400BadRequest,
                "InvalidMd5",
                $"The header {header} is no MD5 in base64."
            );
    }
}
