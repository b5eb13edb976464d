using IoTCentral.Hub.Amqp;
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
    private const string AmqpProtocol = "AMQPWSB10";

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
        context.Request.Path == WebSocketPath || IsMqttElsewhere(context)
            ? WebSocketAsync(context)
            : context.RequestServices.GetRequiredService<HttpRequests>().AnswerAsync(context);

    /// <summary>Java's MQTT client asks for a WebSocket at no path, or at the one that it has by default.</summary>
    private static bool IsMqttElsewhere(HttpContext context) =>
        context.Request.Path.Value is "" or "/" or "/mqtt"
        && context.WebSockets.IsWebSocketRequest
        && context.WebSockets.WebSocketRequestedProtocols.Any(p => Is(p, MqttProtocol));

    private static async Task WebSocketAsync(HttpContext context)
    {
        var offered = context.WebSockets.WebSocketRequestedProtocols;
        if (!context.WebSockets.IsWebSocketRequest || offered.FirstOrDefault(IsOurs) is not { } protocol)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync("This is a WebSocket for the sub-protocols 'mqtt' and 'AMQPWSB10'.");
            return;
        }

        ConnectionDoor door = Is(protocol, MqttProtocol)
            ? context.RequestServices.GetRequiredService<MqttHandler>()
            : context.RequestServices.GetRequiredService<AmqpHandler>();
        using var socket = await context.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext
            {
                SubProtocol = protocol,
                KeepAliveInterval = Timeout.InfiniteTimeSpan, // both have their own
            }
        );
        await new WebSocketConnection(socket, context).RunAsync(door.OnConnectedAsync);
    }

    private static bool IsOurs(string protocol) => Is(protocol, MqttProtocol) || Is(protocol, AmqpProtocol);

    private static bool Is(string protocol, string name) => protocol.Equals(name, StringComparison.OrdinalIgnoreCase);
}
