using System.Text.Json;
using System.Text.Json.Serialization;
using IoTCentral.Core.Access;
using IoTCentral.Web.Api;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;

namespace IoTCentral.Web.Features.LiveTelemetry;

/// <summary>The hub of live telemetry, <c>/hubs/telemetry</c>.</summary>
internal static class LiveTelemetrySetup
{
    public const string Path = "/hubs/telemetry";

    // a thousand ids of 128 characters
    private const int MostBytes = 256 * 1024;

    public static IServiceCollection AddLiveTelemetry(this IServiceCollection services)
    {
        services.AddSingleton<LiveStreams>();
        services
            .AddSignalR()
            .AddJsonProtocol(json =>
                json.PayloadSerializerOptions.Converters.Add(
                    new JsonStringEnumConverter<FollowMode>(JsonNamingPolicy.CamelCase)
                )
            )
            .AddHubOptions<TelemetryHub>(o =>
            {
                o.MaximumReceiveMessageSize = MostBytes;
                o.MaximumParallelInvocationsPerClient = 4;
                o.DisableImplicitFromServicesParameters = true;
            });
        return services;
    }

    public static void MapLiveTelemetry(this IEndpointRouteBuilder routes) =>
        routes
            .MapHub<TelemetryHub>(
                Path,
                // what waits for a slow reader in the connection; the rest waits, bounded, in its frame
                o => o.TransportMaxBufferSize = MostBytes
            )
            .RequireAuthorization(
                new AuthorizeAttribute(nameof(Permission.ViewDevices))
                {
                    AuthenticationSchemes = ApiTokenAuthentication.Name,
                }
            )
            .RequireRateLimiting(ApiLimit.Policy);
}
