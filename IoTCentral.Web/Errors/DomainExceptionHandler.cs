using System.Data.Common;
using System.Text;
using System.Text.Json;
using IoTCentral.Core.Commands;
using IoTCentral.Core.Common;
using IoTCentral.Web.Api;
using Microsoft.AspNetCore.Diagnostics;

namespace IoTCentral.Web.Errors;

/// <summary>
/// The one map from exceptions to HTTP: status and words by the exception, the shape of the answer by the family of the
/// route. Pages get an empty answer with the status; the status pages draw it.
/// </summary>
internal sealed class DomainExceptionHandler(ILogger<DomainExceptionHandler> log) : IExceptionHandler
{
    private const string Away = "Storage cannot be reached at the moment. Please try again shortly.";
    private const string Unexpected = "Something went wrong on our side; it has been written to the log.";

    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext,
        Exception exception,
        CancellationToken cancellationToken
    )
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
            return true; // nobody is there to read an answer
        var status = StatusOf(exception);
        if (status == StatusCodes.Status500InternalServerError)
            log.LogError(exception, "Request {RequestId} failed", httpContext.TraceIdentifier);
        if (status == StatusCodes.Status503ServiceUnavailable)
            httpContext.Response.Headers.RetryAfter = "5";

        if (exception is InvalidRequestException refusal && FaultNamesOf(httpContext) is { } names)
            exception = names.Translate(refusal);
        if (httpContext.IsApi())
            await ApiErrors.WriteAsync(
                httpContext,
                status,
                WordsOf(exception),
                (exception as DomainException)?.Code,
                (exception as InvalidRequestException)?.Faults
            );
        else
            httpContext.Response.StatusCode = status;
        return true;
    }

    private static FaultNames? FaultNamesOf(HttpContext context) =>
        context.Features.Get<IExceptionHandlerFeature>()?.Endpoint?.Metadata.GetMetadata<FaultNames>();

    public static int StatusOf(Exception exception) =>
        exception switch
        {
            NotFoundException => StatusCodes.Status404NotFound,
            CommandException { IsSilence: true } => StatusCodes.Status504GatewayTimeout,
            CommandException => StatusCodes.Status404NotFound,
            ForbiddenException => StatusCodes.Status403Forbidden,
            ConflictException => StatusCodes.Status409Conflict,
            StaleEditException => StatusCodes.Status412PreconditionFailed,
            InvalidRequestException { Code: "page.invalid" } => StatusCodes.Status400BadRequest, // as ApiQueryException
            InvalidRequestException => StatusCodes.Status422UnprocessableEntity,
            UnavailableException or DbException { IsTransient: true } => StatusCodes.Status503ServiceUnavailable,
            ApiQueryException => StatusCodes.Status400BadRequest,
            BadHttpRequestException bad => bad.StatusCode,
            JsonException => StatusCodes.Status400BadRequest,
            _ when IsOfText(exception) => StatusCodes.Status400BadRequest,
            _ => StatusCodes.Status500InternalServerError,
        };

    /// <summary>
    /// The last net below the checks of bodies and addresses: PostgreSQL was given U+0000 or a character its encoding
    /// lacks, or the driver half a surrogate pair. Only who asks can have sent that.
    /// </summary>
    private static bool IsOfText(Exception exception) =>
        exception is DbException { SqlState: "22021" or "22P05" } or EncoderFallbackException;

    private static string WordsOf(Exception exception) =>
        exception switch
        {
            UnavailableException or DbException { IsTransient: true } => Away,
            DomainException refusal => refusal.Message,
            BadHttpRequestException { InnerException: JsonException json } =>
                $"The body is not the JSON expected here: {json.Message}",
            // ASP.NET's own words for it are for whoever wrote the endpoint
            BadHttpRequestException bad when bad.Message.StartsWith("Implicit body", StringComparison.Ordinal) =>
                "The body must be a JSON object; there is none.",
            BadHttpRequestException bad => bad.Message,
            JsonException json => $"The body is not the JSON expected here: {json.Message}",
            _ when IsOfText(exception) => "A text has a character that cannot be stored, such as U+0000.",
            _ => Unexpected,
        };
}
