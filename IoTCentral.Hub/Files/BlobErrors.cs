using System.Security;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace IoTCentral.Hub.Files;

/// <summary>A refusal as clients of Azure's blob storage read it.</summary>
internal sealed class BlobException(int status, string code, string message) : Exception(message)
{
    public int Status => status;

    /// <summary>One of Azure Storage's words.</summary>
    public string Code => code;

    public static BlobException Unauthorized() =>
        new(
            StatusCodes.Status403Forbidden,
            "AuthenticationFailed",
            "The address of this upload is damaged, for another blob, or over. Ask the hub for another one."
        );

    public static BlobException NotBlock() =>
        new(
            StatusCodes.Status409Conflict,
            "InvalidBlobType",
            "Append and page blobs are not kept here. Upload a block blob (x-ms-blob-type: BlockBlob)."
        );

    public static BlobException BadHeader(string name) =>
        new(StatusCodes.Status400BadRequest, "InvalidHeaderValue", $"The header {name} cannot be read.");
}

internal static class BlobErrors
{
    public static Task WriteAsync(HttpContext context, int status, string code, string message)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.Headers["x-ms-error-code"] = code;
        if (HttpMethods.IsHead(context.Request.Method))
            return Task.CompletedTask;
        response.ContentType = "application/xml";
        var text = $"{message}\nRequestId:{context.TraceIdentifier}";
        return response.WriteAsync(
            $"<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>{SecurityElement.Escape(text)}</Message></Error>",
            Encoding.UTF8,
            context.RequestAborted
        );
    }
}
