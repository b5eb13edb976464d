using IoTCentral.Core.Devices;

namespace IoTCentral.Hub.Tests.Mqtt;

public sealed class ProtocolTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private readonly TestHub _hub = fixture.Hub;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Mqtt_5_is_refused_with_code_1()
    {
        await using var client = await _hub.OpenAsync();
        byte[] body = [.. MqttClient.Text("MQTT"), 5, 2, 0, 60, 0, .. MqttClient.Text("x")];

        await client.SendAsync(MqttClient.Framed(0x10, body));

        Assert.Equal(1, (await client.ReadAsync(MqttClient.ConnAck)).Body[1]);
        await client.ClosedAsync();
    }

    [Fact]
    public async Task The_first_packet_has_at_most_16_KB()
    {
        await using var client = await _hub.OpenAsync();

        await client.SendAsync([0x10, .. Length(16 * 1024 + 1)]);

        await client.ClosedAsync();
        await _hub.AttemptAsync(ConnectionCode.TooLarge);
    }

    [Fact]
    public async Task A_packet_larger_than_any_message_is_refused_by_its_length()
    {
        await using var device = await _hub.ConnectAsync("large");

        await device.SendAsync([0x32, .. Length(400 * 1024)]);

        await device.ClosedAsync();
        await _hub.LineAsync("large", ConnectionCode.TooLarge);
    }

    [Theory]
    [InlineData("malformed-1", new byte[] { 0xF0, 0 })] // no such type
    [InlineData("malformed-2", new byte[] { 0x32, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 })] // length of five bytes
    [InlineData("malformed-3", new byte[] { 0x32, 2, 0, 9 })] // topic beyond the end
    [InlineData("malformed-4", new byte[] { 0x80, 5, 0, 1, 0, 0, 0 })] // SUBSCRIBE with wrong flags
    [InlineData("malformed-5", new byte[] { 0x82, 2, 0, 1 })] // SUBSCRIBE without a filter
    [InlineData("malformed-6", new byte[] { 0x36, 5, 0, 1, 0x61, 0, 1 })] // QoS 3
    [InlineData("malformed-7", new byte[] { 0x32, 5, 0, 1, 0x61, 0, 0 })] // packet id 0
    [InlineData("malformed-8", new byte[] { 0x32, 6, 0, 2, 0xC3, 0x28, 0, 1 })] // no UTF-8
    [InlineData("malformed-9", new byte[] { 0xC1, 0 })] // PINGREQ with flags
    [InlineData("malformed-10", new byte[] { 0x10, 0 })] // a second CONNECT
    public async Task Nonsense_ends_the_connection_with_a_reason(string id, byte[] nonsense)
    {
        await using var device = await _hub.ConnectAsync(id);

        await device.SendAsync(nonsense);

        await device.ClosedAsync();
        await _hub.LineAsync(id, ConnectionCode.Malformed);
    }

    [Fact]
    public async Task Qos_2_ends_the_connection_with_a_reason()
    {
        await using var device = await _hub.ConnectAsync("exactly-once");

        await device.SendAsync(
            MqttClient.Framed(0x34, [.. MqttClient.Text("devices/exactly-once/messages/events/"), 0, 1])
        );

        await device.ClosedAsync();
        await _hub.LineAsync("exactly-once", ConnectionCode.Qos2);
    }

    [Theory]
    [InlineData("own-1", "some/topic", ConnectionCode.BadTopic)]
    [InlineData("own-2", "$iothub/nothing", ConnectionCode.BadTopic)]
    [InlineData("own-3", "$iothub/twin/GET/?$rid=", ConnectionCode.BadTopic)]
    [InlineData("own-4", "devices/other/messages/events/", ConnectionCode.OtherDevice)]
    [InlineData("own-5", "devices/own-5x/messages/events/", ConnectionCode.OtherDevice)]
    [InlineData("own-6", "devices/OWN-6/messages/events/", ConnectionCode.OtherDevice)]
    [InlineData("own-7", "devices/own-7/modules/m/messages/events/", ConnectionCode.OtherDevice)]
    public async Task A_device_publishes_to_its_own_topics_only(string id, string topic, string code)
    {
        await using var device = await _hub.ConnectAsync(id);

        await device.PublishAsync(topic, "{}", packetId: 1);

        await device.ClosedAsync();
        Assert.Equal(ConnectionEvent.Disconnected, (await _hub.LineAsync(id, code)).Kind);
    }

    [Fact]
    public async Task All_filters_of_the_hub_are_granted_several_in_one_packet_and_others_refused()
    {
        await using var device = await _hub.ConnectAsync("listener");

        var codes = await device.SubscribeAsync(
            7,
            ("devices/listener/messages/devicebound/#", 1),
            ("$iothub/twin/res/#", 0),
            ("$iothub/twin/PATCH/properties/desired/#", 2),
            ("$iothub/methods/POST/#", 1),
            ("#", 0),
            ("devices/+/messages/devicebound/#", 0),
            ("devices/other/messages/devicebound/#", 0),
            ("$iothub/#", 0),
            ("$dps/registrations/res/#", 0)
        );

        Assert.Equal([1, 0, 1, 1, 0x80, 0x80, 0x80, 0x80, 0x80], codes);
        var line = await _hub.LineAsync("listener", ConnectionCode.BadFilter);
        Assert.Contains(
            "Subscribe to 'devices/listener/messages/devicebound/#'",
            line.Detail,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Unsubscribing_is_always_acknowledged()
    {
        await using var device = await _hub.ConnectAsync("leaver");
        await device.SubscribeAsync(1, ("$iothub/twin/res/#", 0));

        await device.SendAsync(
            MqttClient.Framed(0xA2, [0, 9, .. MqttClient.Text("$iothub/twin/res/#"), .. MqttClient.Text("never/had")])
        );
        var answer = await device.ReadAsync(MqttClient.UnsubAck);
        await device.PublishAsync("$iothub/twin/GET/?$rid=1", "");

        Assert.Equal(9, answer.Id);
        Assert.True(await device.IsSilentAsync());
    }

    [Fact]
    public async Task A_new_connection_of_the_same_device_wins()
    {
        await using var old = await _hub.ConnectAsync("twice");
        await using var @new = await _hub.ConnectAsync("twice");

        await old.ClosedAsync();
        await _hub.LineAsync("twice", ConnectionCode.Replaced);
        await @new.PingAsync();
        await @new.ReadAsync(MqttClient.PingResp);
        var device = await Eventually.FindAsync(async () =>
            await _hub.Devices.GetAsync(_hub.Caller, "twice", Ct) is { Presence.IsConnected: true } d ? d : null
        );
        Assert.NotNull(device.Presence.ConnectedAt);
    }

    [Fact]
    public async Task Subscriptions_outlive_the_connection_of_a_session_that_is_not_clean()
    {
        var credentials = await _hub.DeviceAsync("lasting");
        await using (var first = await _hub.ConnectAsync(credentials, isClean: false))
            await first.SubscribeAsync(1, ("$iothub/twin/res/#", 0));

        await using var second = await _hub.OpenAsync();
        await second.SendAsync(MqttClient.ConnectPacket(Sign.Hub(credentials), isClean: false));
        var connack = await second.ReadAsync(MqttClient.ConnAck);
        await second.PublishAsync("$iothub/twin/GET/?$rid=1", "");

        Assert.Equal([1, 0], connack.Body);
        Assert.Equal("$iothub/twin/res/200/?$rid=1", (await second.ReadAsync(MqttClient.Publish)).Topic);
    }

    [Fact]
    public async Task A_blocked_device_is_cut_off_at_once()
    {
        await using var device = await _hub.ConnectAsync("cut-off");

        await _hub.Devices.BlockAsync(_hub.Caller, "cut-off", Ct);

        await device.ClosedAsync();
        var line = await _hub.LineAsync("cut-off", ConnectionCode.Blocked);
        Assert.Equal(ConnectionEvent.Disconnected, line.Kind);
    }

    [Fact]
    public async Task A_deleted_device_is_cut_off_at_once()
    {
        await using var device = await _hub.ConnectAsync("gone");

        await _hub.Devices.DeleteAsync(_hub.Caller, "gone", Ct);

        await device.ClosedAsync();
        await _hub.LineAsync("gone", ConnectionCode.Deleted);
    }

    [Fact]
    public async Task A_packet_may_come_byte_by_byte_and_several_in_one()
    {
        await using var device = await _hub.ConnectAsync("dribble");
        var packet = MqttClient.PublishPacket("devices/dribble/messages/events/", "{}"u8.ToArray(), 1);

        foreach (var single in packet)
            await device.SendAsync([single]);
        await device.SendAsync([.. MqttClient.PublishPacket("devices/dribble/messages/events/", [], 2), 0xC0, 0]);

        var answers = new[] { await device.ReadAsync(), await device.ReadAsync(), await device.ReadAsync() };
        Assert.Equal(3, answers.Length);
        Assert.Contains(answers, a => a.Type == MqttClient.PingResp);
        Assert.Equal([1, 2], answers.Where(a => a.Type == MqttClient.PubAck).Select(a => a.Id));
    }

    private static byte[] Length(int length) => MqttClient.Framed(0, new byte[length])[1..^length];
}
