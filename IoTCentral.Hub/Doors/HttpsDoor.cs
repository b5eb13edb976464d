using IoTCentral.Hub.Mqtt;
using IoTCentral.Hub.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Doors;

/// <summary>
/// The HTTPS port of the hub. What comes in by it is a device's: pages and the API are not there, and what is here is
/// nowhere else.
/// </summary>
internal static class HttpsDoor
{
    private const string WebSocketPath = "/$iothub/websocket";
    private const string MqttProtocol = "mqtt";

    private static readonly object Key = new();

    /// <summary>Marks the connections of this port; comes after TLS.</summary>
    public static void MarkHttpsDoor(this ListenOptions listen) =>
        listen.Use(next =>
            connection =>
            {
                TlsAttempt.Of(connection)?.Finished();
                connection.Items[Key] = true;
                return next(connection);
            }
        );

    /// <summary>Takes the requests that came in by the hub's port; comes before everything that pages need.</summary>
    public static void UseHttpsDoor(this IApplicationBuilder app) =>
        app.MapWhen(
            IsHere,
            hub =>
            {
                hub.UseWebSockets();
                hub.Run(AnswerAsync);
            }
        );

    private static bool IsHere(HttpContext context) =>
        context.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(Key) == true;

    private static Task AnswerAsync(HttpContext context) =>
        context.Request.Path == WebSocketPath
            ? WebSocketAsync(context)
            : context.RequestServices.GetRequiredService<HttpRequests>().AnswerAsync(context);

    private static async Task WebSocketAsync(HttpContext context)
    {
        var offered = context.WebSockets.WebSocketRequestedProtocols;
        if (!context.WebSockets.IsWebSocketRequest || !offered.Contains(MqttProtocol, StringComparer.OrdinalIgnoreCase))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync("This is a WebSocket for the sub-protocol 'mqtt'.");
            return;
        }

        var handler = context.RequestServices.GetRequiredService<MqttHandler>();
        using var socket = await context.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext
            {
                SubProtocol = offered.First(p => p.Equals(MqttProtocol, StringComparison.OrdinalIgnoreCase)),
                KeepAliveInterval = Timeout.InfiniteTimeSpan, // MQTT has its own
            }
        );
        await new WebSocketConnection(socket, context).RunAsync(handler.OnConnectedAsync);
    }
}
