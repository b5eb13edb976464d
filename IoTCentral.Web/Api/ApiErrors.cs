using System.Globalization;
using System.Text.Json.Serialization;
using IoTCentral.Core.Common;

namespace IoTCentral.Web.Api;

/// <summary>An answer that is no success, in IoT Central's shape.</summary>
internal sealed record ApiErrorBody(ApiError Error);

/// <param name="Code">IoT Central's word for the kind of error; also the header <c>x-ms-error-code</c>.</param>
/// <param name="RequestId">The id under which the log has this request.</param>
/// <param name="Time">RFC 1123.</param>
/// <param name="InnerError">Our stable code of the reason, listed in docs/errors.md.</param>
/// <param name="Details">Every fault with its path, when the body was wrong.</param>
internal sealed record ApiError(
    string Code,
    string Message,
    string RequestId,
    string Time,
    [property: JsonPropertyName("innererror")] ApiInnerError? InnerError,
    IReadOnlyList<ApiErrorDetail>? Details
);

internal sealed record ApiInnerError(string Code);

internal sealed record ApiErrorDetail(string Target, string Message);

/// <summary>Writes errors of <c>/api</c>.</summary>
internal static class ApiErrors
{
    private static readonly Dictionary<int, string> Codes = new()
    {
        [400] = "BadRequest",
        [401] = "Unauthorized",
        [403] = "Forbidden",
        [404] = "NotFound",
        [405] = "MethodNotAllowed",
        [409] = "Conflict",
        [412] = "PreconditionFailed",
        [413] = "PayloadTooLarge",
        [415] = "UnsupportedMediaType",
        [422] = "InvalidBody",
        [429] = "TooManyRequests",
        [503] = "ServiceUnavailable",
        [504] = "GatewayTimeout",
    };

    public static Task WriteAsync(
        HttpContext context,
        int status,
        string message,
        string? reason = null,
        IReadOnlyList<Fault>? faults = null,
        string? code = null
    )
    {
        code ??= Codes.GetValueOrDefault(status, "InternalServerError");
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var error = new ApiError(
            code,
            message,
            context.TraceIdentifier,
            now.ToString("R", CultureInfo.InvariantCulture),
            reason is null ? null : new(reason),
            faults is null or [{ Path: "" }] ? null : [.. faults.Select(f => new ApiErrorDetail(f.Path, f.Message))]
        );
        context.Response.StatusCode = status;
        context.Response.Headers["x-ms-error-code"] = code;
        return context.Response.WriteAsJsonAsync(new ApiErrorBody(error), ApiJson.Options, context.RequestAborted);
    }

    /// <summary>The answer where no endpoint gave one: unknown address, wrong verb, wrong content type.</summary>
    public static Task WriteBareAsync(HttpContext context) =>
        WriteAsync(
            context,
            context.Response.StatusCode,
            context.Response.StatusCode switch
            {
                StatusCodes.Status404NotFound => "There is nothing at this address.",
                StatusCodes.Status405MethodNotAllowed => "This address does not take this HTTP method.",
                StatusCodes.Status415UnsupportedMediaType => "Send JSON (Content-Type: application/json).",
                _ => "The request could not be answered.",
            }
        );

    /// <summary>No good token, or one whose role does not reach; 404 where another application is addressed.</summary>
    public static Task RefuseAsync(HttpContext context, bool isForbidden)
    {
        if (!isForbidden)
        {
            context.Response.Headers.WWWAuthenticate = "SharedAccessSignature";
            return WriteAsync(
                context,
                StatusCodes.Status401Unauthorized,
                "Send an API token of this application in the Authorization header; this one is missing, unknown or expired."
            );
        }

        return context.ApiCaller() is { IsElsewhere: true }
            ? WriteAsync(context, StatusCodes.Status404NotFound, "There is nothing here for this token.")
            : WriteAsync(
                context,
                StatusCodes.Status403Forbidden,
                "The role of this API token does not allow this.",
                "access.denied"
            );
    }
}
