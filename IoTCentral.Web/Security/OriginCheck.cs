using IoTCentral.Core.Installation;
using IoTCentral.Web.Api;

namespace IoTCentral.Web.Security;

/// <summary>
/// Refuses live connections that a foreign page opens in somebody's browser: browsers send cookies with WebSockets
/// whoever asks, and the Origin header is the only thing that tells. Programs send none and carry no cookie. A hub is
/// opened with a token alone, which no foreign page has.
/// </summary>
internal static class OriginCheck
{
    public static IApplicationBuilder UseOriginCheck(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                if (!IsLive(context) || context.IsHub() || IsOwn(context))
                    return next(context);
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            }
        );

    private static bool IsLive(HttpContext context) =>
        context.WebSockets.IsWebSocketRequest
        || context.Request.Headers.Upgrade.Count > 0
        || context.Request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase);

    private static bool IsOwn(HttpContext context)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0)
            return true;
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var from))
            return false;
        // behind a proxy that ends TLS the Host header is the public one, or else the public URL names it
        var request = context.Request.Host;
        var port = request.Port ?? (from.Scheme is "https" or "wss" ? 443 : 80);
        return IsSame(from, request.Host, port) || IsPublic(context, from);
    }

    private static bool IsPublic(HttpContext context, Uri from) =>
        context.RequestServices.GetService<InstallationOptions>()?.PublicUrl is { } url
        && Uri.TryCreate(url, UriKind.Absolute, out var own)
        && from.Scheme == own.Scheme
        && IsSame(from, own.Host, own.Port);

    private static bool IsSame(Uri from, string host, int port) =>
        string.Equals(from.IdnHost, host, StringComparison.OrdinalIgnoreCase) && from.Port == port;
}
