using System.Net;
using IoTCentral.Core.Installation;
using IoTCentral.Web.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace IoTCentral.Web.Health;

/// <summary>What the one on call asks: is it alive, can it serve, how is it doing.</summary>
internal static class HealthSetup
{
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddHostedService<DiskWatch>();
        services
            .AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("iotcentral"))
            .WithMetrics(metrics =>
                metrics
                    .AddMeter("IoTCentral.*", "Npgsql")
                    .AddAspNetCoreInstrumentation()
                    .AddRuntimeInstrumentation()
                    .AddPrometheusExporter()
            );
        return services;
    }

    public static void MapHealth(this WebApplication app)
    {
        // Anonymous on purpose: load balancers and supervisors have no account, and both say next to nothing.
        app.MapGet("/health/live", () => TypedResults.Text("live")).AllowAnonymous().ExcludeFromDescription();
        app.MapGet("/health/ready", ReadyAsync).AllowAnonymous().ExcludeFromDescription();
        // figures name no tenant, but outside this machine they are the business of who runs the installation only
        app.MapPrometheusScrapingEndpoint("/metrics")
            .RequireAuthorization(who =>
                who.RequireAssertion(c =>
                    c.Resource is HttpContext http && IsFromHere(http)
                    || c.User.HasClaim(claim => claim.Type == PersonClaims.InstallationAdministrator)
                )
            );
    }

    private static async Task<Results<ContentHttpResult, JsonHttpResult<string>>> ReadyAsync(
        IStorageProbe storage,
        CancellationToken ct
    ) =>
        await storage.AnswersAsync(ct)
            ? TypedResults.Text("ready")
            : TypedResults.Json("storage unavailable", statusCode: StatusCodes.Status503ServiceUnavailable);

    /// <summary>
    /// From this machine itself, not handed on by a proxy on it, and addressed so: a page whose name was made to point
    /// to 127.0.0.1 lets this machine's browser ask with that name.
    /// </summary>
    private static bool IsFromHere(HttpContext context) =>
        context.Features.Get<DirectConnection>() is { Address: { } address, IsForwarded: false } direct
        && IPAddress.IsLoopback(address)
        && IsLoopback(direct.Host);

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
