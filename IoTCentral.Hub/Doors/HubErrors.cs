using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace IoTCentral.Hub.Doors;

/// <summary>Errors of the hub's HTTPS as its clients read them: a word in a header and in the body (contract §6.1).</summary>
internal static class HubErrors
{
    // People read these in a terminal, where ü is better than its number; no browser takes JSON for a page.
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Task WriteAsync(HttpContext context, int status, string message) =>
        WriteAsync(context, status, WordOf(status), message);

    /// <param name="word">IoT Hub's for this error, where it has more than one of a status.</param>
    public static Task WriteAsync(HttpContext context, int status, string word, string message)
    {
        var now = (
            context.RequestServices.GetService(typeof(TimeProvider)) as TimeProvider ?? TimeProvider.System
        ).GetUtcNow();
        context.Response.StatusCode = status;
        // Who sends what cannot be read may have counted characters instead of bytes: what is left of its body must not
        // be taken for its next request.
        if (status == StatusCodes.Status400BadRequest)
            context.Response.Headers.Connection = "close";
        context.Response.Headers["iothub-errorcode"] = word;
        return context.Response.WriteAsJsonAsync(
            new ErrorBody(
                $"ErrorCode:{word};{message}",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Tracking ID:{context.TraceIdentifier}-TimeStamp:{now.UtcDateTime:O}"
                )
            ),
            Readable,
            context.RequestAborted
        );
    }

    private static string WordOf(int status) =>
        status switch
        {
            StatusCodes.Status400BadRequest => "ArgumentInvalid",
            StatusCodes.Status401Unauthorized => "IotHubUnauthorizedAccess",
            StatusCodes.Status404NotFound => "InvalidOperation",
            StatusCodes.Status412PreconditionFailed => "DeviceMessageLockLost",
            StatusCodes.Status413PayloadTooLarge => "MessageTooLarge",
            StatusCodes.Status429TooManyRequests => "ThrottlingException",
            StatusCodes.Status503ServiceUnavailable => "ServiceUnavailable",
            _ => "ServerError",
        };

    /// <param name="Message">Begins with <c>ErrorCode:…;</c>, by which Node tells errors apart.</param>
    private sealed record ErrorBody(
        [property: System.Text.Json.Serialization.JsonPropertyName("Message")] string Message,
        [property: System.Text.Json.Serialization.JsonPropertyName("ExceptionMessage")] string ExceptionMessage
    );
}
