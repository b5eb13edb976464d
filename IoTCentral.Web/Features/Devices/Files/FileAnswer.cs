using System.Globalization;
using IoTCentral.Core.Files;
using IoTCentral.Web.Security;
using Microsoft.Net.Http.Headers;

namespace IoTCentral.Web.Features.Devices.Files;

/// <summary>Hands out the bytes of a file, which came from a device and may be anything.</summary>
internal static class FileAnswer
{
    /// <param name="isInline">Shown in the page: pictures alone are, all else is saved.</param>
    public static IResult Of(HttpContext context, OpenedFile opened, bool isInline)
    {
        var file = opened.File;
        isInline = isInline && file.Kind == FileKind.Image;
        context.Features.Set(new ForeignContent());
        var headers = context.Response.GetTypedHeaders();
        var disposition = new ContentDispositionHeaderValue(isInline ? "inline" : "attachment");
        disposition.SetHttpFileName(file.Name[(file.Name.LastIndexOf('/') + 1)..]);
        headers.ContentDisposition = disposition;
        // asked for again each time, since it may have been deleted; answered with 304 while it is there
        headers.CacheControl = new CacheControlHeaderValue { Private = true, NoCache = true };
        return Results.Stream(
            opened.Bytes,
            // a browser that saves a file needs no type, and guesses none
            isInline || context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)
                ? file.ContentType
                : FileTypes.Unknown,
            lastModified: file.StoredAt,
            entityTag: new EntityTagHeaderValue($"\"{file.Id.ToString("N", CultureInfo.InvariantCulture)}\""),
            enableRangeProcessing: true
        );
    }
}
