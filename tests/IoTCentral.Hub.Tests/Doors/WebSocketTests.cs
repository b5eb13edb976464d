using System.Net;
using System.Net.WebSockets;
using IoTCentral.Core.Devices;
using IoTCentral.Testing;

namespace IoTCentral.Hub.Tests.Doors;

/// <summary>MQTT over WebSocket is MQTT: the same connection, in frames.</summary>
public sealed class WebSocketTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private readonly TestHub _hub = fixture.Hub;

    [Fact]
    public async Task A_device_sends_telemetry_and_gets_its_acknowledgement()
    {
        var credentials = await _hub.DeviceAsync("ws-1");
        await using var device = await _hub.OpenWebSocketAsync();

        Assert.Equal(0, await device.ConnectAsync(Sign.Hub(credentials)));
        await device.PublishAsync("devices/ws-1/messages/events/", """{"t":1}""", packetId: 7);

        Assert.Equal(7, (await device.ReadAsync(MqttClient.PubAck)).Id);
        Assert.Single(await _hub.StoredAsync("ws-1"));
        Assert.Equal("MQTT over WebSocket", (await _hub.LineAsync("ws-1", ConnectionCode.Connected)).Protocol);
    }

    [Fact]
    public async Task Packets_may_lie_in_frames_as_they_like()
    {
        var credentials = await _hub.DeviceAsync("ws-2");
        await using var device = await _hub.OpenWebSocketAsync();
        byte[] bytes =
        [
            .. MqttClient.ConnectPacket(Sign.Hub(credentials)),
            .. MqttClient.PublishPacket("devices/ws-2/messages/events/", """{"t":1}"""u8.ToArray(), 1),
            .. MqttClient.PublishPacket("devices/ws-2/messages/events/", """{"t":2}"""u8.ToArray(), 2),
        ];

        foreach (var chunk in bytes.Chunk(7))
            await device.SendAsync(chunk);

        await device.ReadAsync(MqttClient.ConnAck);
        Assert.Equal(1, (await device.ReadAsync(MqttClient.PubAck)).Id);
        Assert.Equal(2, (await device.ReadAsync(MqttClient.PubAck)).Id);
    }

    [Fact]
    public async Task A_wrong_key_is_refused_as_on_the_other_door()
    {
        var (credentials, other) = (await _hub.DeviceAsync("ws-3"), await _hub.DeviceAsync("ws-3b"));
        await using var device = await _hub.OpenWebSocketAsync();

        var code = await device.ConnectAsync(Sign.Hub(credentials) with { Password = Sign.Hub(other).Password });

        Assert.Equal(5, code);
        await device.ClosedAsync();
    }

    [Fact]
    public async Task A_device_that_goes_is_seen_to_have_gone()
    {
        var credentials = await _hub.DeviceAsync("ws-4");
        await using (var device = await _hub.OpenWebSocketAsync())
        {
            await device.ConnectAsync(Sign.Hub(credentials));
            await device.DisconnectAsync();
            await device.ClosedAsync();
        }

        await _hub.LineAsync("ws-4", ConnectionCode.Disconnected);
    }

    [Fact]
    public async Task A_connection_that_is_replaced_is_closed()
    {
        var credentials = await _hub.DeviceAsync("ws-5");
        await using var first = await _hub.OpenWebSocketAsync();
        await first.ConnectAsync(Sign.Hub(credentials));

        await using var second = await _hub.ConnectAsync(credentials);

        await first.ClosedAsync();
        await _hub.LineAsync("ws-5", ConnectionCode.Replaced);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/mqtt")]
    public async Task A_Java_device_registers_at_the_paths_that_its_client_asks_for(string path)
    {
        var id = $"ws-java-{path.Length}";
        var credentials = await _hub.DeviceAsync(id);
        await using var device = await MqttClient.OpenWebSocketAsync(_hub.HttpsPort, path: path);

        var login = Sign.Dps(_hub.Application.IdScope, id, credentials.Keys.Primary);

        Assert.Equal(0, await device.ConnectAsync(login));
    }

    [Theory]
    [InlineData("/", "AMQPWSB10")]
    [InlineData("/mqtt", "chat")]
    [InlineData("/other", "mqtt")]
    public async Task No_other_WebSocket_is_opened_at_other_paths(string path, string protocol)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(protocol);
#pragma warning disable CA5359 // the same
        socket.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359

        await Assert.ThrowsAsync<WebSocketException>(() =>
            socket.ConnectAsync(
                new Uri($"wss://127.0.0.1:{_hub.HttpsPort}{path}"),
                TestContext.Current.CancellationToken
            )
        );
    }

    [Theory]
    [InlineData("/", HttpStatusCode.NotFound)]
    [InlineData("/apps", HttpStatusCode.NotFound)]
    [InlineData("/$iothub/websocket", HttpStatusCode.BadRequest)]
    public async Task Nothing_but_the_hub_is_behind_this_door(string path, HttpStatusCode status)
    {
#pragma warning disable MA0039 // whom it trusts is another test's business
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
#pragma warning restore MA0039
        using var http = new HttpClient(handler);

        using var answer = await http.GetAsync(
            new Uri($"https://127.0.0.1:{_hub.HttpsPort}{path}"),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task A_WebSocket_for_something_else_is_refused()
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("chat");
#pragma warning disable CA5359 // the same
        socket.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359

        await Assert.ThrowsAsync<WebSocketException>(() =>
            socket.ConnectAsync(
                new Uri($"wss://127.0.0.1:{_hub.HttpsPort}/$iothub/websocket"),
                TestContext.Current.CancellationToken
            )
        );
    }
}
