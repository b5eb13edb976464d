using System.Net;
using IoTCentral.Core.Installation;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenTelemetry.Metrics;

namespace IoTCentral.Web.Health;

/// <summary>What the one on call asks: is it alive, can it serve, how is it doing.</summary>
internal static class HealthSetup
{
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddHostedService<DiskWatch>();
        services
            .AddOpenTelemetry()
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
    }

    /// <summary>Figures name no tenant, but they are nobody's business outside this machine: there the page does not exist.</summary>
    public static void UseMetrics(this WebApplication app) =>
        app.UseOpenTelemetryPrometheusScrapingEndpoint(c => c.Request.Path == "/metrics" && IsFromHere(c));

    private static async Task<Results<ContentHttpResult, JsonHttpResult<string>>> ReadyAsync(
        IStorageProbe storage,
        CancellationToken ct
    ) =>
        await storage.AnswersAsync(ct)
            ? TypedResults.Text("ready")
            : TypedResults.Json("storage unavailable", statusCode: StatusCodes.Status503ServiceUnavailable);

    /// <summary>From this machine itself, and not handed on by a proxy on it.</summary>
    internal static bool IsFromHere(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address
        && IPAddress.IsLoopback(address)
        && !context.Request.Headers.ContainsKey("X-Forwarded-For")
        && !context.Request.Headers.ContainsKey("Forwarded");
}
