using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Hub.CloudToDevice;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Files;
using IoTCentral.Hub.Provisioning;
using IoTCentral.Hub.Security;
using IoTCentral.Hub.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Hub.Doors;

/// <summary>What devices ask by HTTPS (contract §3.2, §4): each request signs in by itself.</summary>
internal sealed class HttpRequests(
    DeviceSignIn signIn,
    HttpTelemetry telemetry,
    HttpInbox inbox,
    HttpRegistration registration,
    HttpFiles files,
    BlobDoor blobs,
    HubLog log,
    ILogger<HttpRequests> logger
)
{
    public async Task AnswerAsync(HttpContext context)
    {
        try
        {
            await RouteAsync(context);
        }
        catch (BadHttpRequestException e)
        {
            await HubErrors.WriteAsync(context, e.StatusCode, e.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // nobody waits for an answer
        }
        catch (Exception e)
        {
            if (e is not (UnavailableException or TimeoutException))
                logger.LogWarning(e, "A device's request {Path} could not be answered.", context.Request.Path);
            context.Response.Headers.RetryAfter = "5";
            await HubErrors.WriteAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                "Storage cannot be reached at the moment. Try again shortly."
            );
        }
    }

    private Task RouteAsync(HttpContext context)
    {
        var method = context.Request.Method;
        var segments = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return (method, Lower(segments)) switch
        {
            ("POST", ["devices", _, "messages", "events"]) => OfDeviceAsync(context, segments[1], telemetry.SendAsync),
            ("POST", ["devices", _, "modules", _, "messages", "events"]) => OfDeviceAsync(
                context,
                new(segments[1], segments[3]),
                telemetry.SendAsync
            ),
            ("GET", ["devices", _, "messages", "devicebound"]) => OfDeviceAsync(context, segments[1], inbox.TakeAsync),
            ("DELETE", ["devices", _, "messages", "devicebound", var lockToken]) => OfDeviceAsync(
                context,
                segments[1],
                (c, d) => inbox.EndAsync(c, d, lockToken)
            ),
            ("POST", ["devices", _, "messages", "devicebound", var lockToken, "abandon"]) => OfDeviceAsync(
                context,
                segments[1],
                (c, d) => inbox.AbandonAsync(c, d, lockToken)
            ),
            ("POST", ["devices", _, "files"]) => OfDeviceAsync(context, segments[1], files.OpenAsync),
            ("POST", ["devices", _, "files", "notifications"]) => OfDeviceAsync(
                context,
                segments[1],
                (c, d) => files.EndAsync(c, d, null)
            ),
            ("POST", ["devices", _, "files", "notifications", var upload]) => OfDeviceAsync(
                context,
                segments[1],
                (c, d) => files.EndAsync(c, d, upload)
            ),
            (_, [BlobDoor.Container, ..]) => blobs.AnswerAsync(context),
            ("PUT", [_, "registrations", _, "register"]) => registration.RegisterAsync(
                context,
                segments[0],
                segments[2]
            ),
            ("GET", [_, "registrations", _, "operations", _]) => registration.FindAsync(
                context,
                (segments[0], segments[2]),
                segments[4]
            ),
            ("POST", [_, "registrations", _]) => registration.FindAsync(context, (segments[0], segments[2]), null),
            _ => HubErrors.WriteAsync(
                context,
                StatusCodes.Status404NotFound,
                "There is nothing at this address of the hub."
            ),
        };
    }

    private async Task OfDeviceAsync(HttpContext context, IdentityId id, Func<HttpContext, SignedIn, Task> answer)
    {
        var address = context.AddressOf();
        var result = await signIn.SignInAsync(
            new SignInRequest
            {
                DeviceId = id.Device,
                ModuleId = id.Module,
                Host = context.Request.Host.Value ?? "",
                Password = context.Request.Headers.Authorization.ToString(),
                Certificate = ClientCertificates.Of(context),
                Address = address,
                LocalAddress = context.Connection.LocalIpAddress?.Unmapped(),
            },
            context.RequestAborted
        );
        if (result.Device is { } device)
        {
            await answer(context, device);
            return;
        }

        var refusal = result.Refusal!;
        log.Refused(refusal, id.ToString(), null, context.OriginOf());
        await HubErrors.WriteAsync(
            context,
            refusal.IsOurs ? StatusCodes.Status429TooManyRequests : StatusCodes.Status401Unauthorized,
            "Unauthorized"
        );
    }

    // SDKs differ in "deviceBound"; ids keep their case
    private static string[] Lower(string[] segments) =>
        [.. segments.Select(s => s.Equals("deviceBound", StringComparison.OrdinalIgnoreCase) ? "devicebound" : s)];
}
