using System.Net;
using IoTCentral.Core.Installation;
using Microsoft.AspNetCore.HttpOverrides;

namespace IoTCentral.Web.Security;

/// <summary>The connection as it is, before a proxy's word about it was believed.</summary>
/// <param name="Address">Of the other end; null where there is none.</param>
/// <param name="IsForwarded">Whether the request says that somebody handed it on.</param>
internal sealed record DirectConnection(IPAddress? Address, string Host, bool IsForwarded);

/// <summary>
/// Behind a proxy that ends TLS: who asks, by which scheme and host, is what a trusted proxy says; nobody else's word
/// is taken. Comes before everything else.
/// </summary>
internal static class Forwarding
{
    private static readonly string[] Marks =
    [
        "X-Forwarded-For",
        "X-Forwarded-Proto",
        "X-Forwarded-Host",
        "X-Real-IP",
        "Forwarded",
        "Via",
    ];

    public static IServiceCollection AddForwarding(this IServiceCollection services)
    {
        services.AddOptions<ForwardedHeadersOptions>().Configure<InstallationOptions>(Configure);
        services.AddOptions<CookiePolicyOptions>().Configure<InstallationOptions>(Configure);
        return services;
    }

    public static void UseForwarding(this WebApplication app)
    {
        app.Use(
            (context, next) =>
            {
                var request = context.Request;
                var isForwarded = Marks.Any(request.Headers.ContainsKey);
                context.Features.Set(
                    new DirectConnection(context.Connection.RemoteIpAddress, request.Host.Host, isForwarded)
                );
                return next(context);
            }
        );
        app.UseForwardedHeaders();
        app.UseCookiePolicy();
    }

    private static void Configure(ForwardedHeadersOptions forwarded, InstallationOptions options)
    {
        forwarded.ForwardedHeaders =
            ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in options.Http.TrustedNetworks())
            forwarded.KnownIPNetworks.Add(network);
        // a chain is followed from our end for as long as each link is trusted
        forwarded.ForwardLimit = null;
    }

    /// <summary>
    /// Here and not at each cookie: the antiforgery system refuses to serve where its own cookie is always secure and a
    /// proxy forgets to say https.
    /// </summary>
    private static void Configure(CookiePolicyOptions cookies, InstallationOptions options) =>
        cookies.Secure = options.PublicUrl?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) is true
            ? CookieSecurePolicy.Always
            : CookieSecurePolicy.SameAsRequest;
}
