using System.Text;
using System.Text.Json;
using IoTCentral.Core.Telemetry;

namespace IoTCentral.Hub.Tests.Telemetry;

public sealed class TelemetryTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private const string Seen =
        "%24.mid=smoke-1&%24.cid=corr%201&%24.ct=application%2Fjson&%24.ce=utf-8&%24.sub=thermostat1"
        + "&iothub-creation-time-utc=2026-11-23T05%3A00%3A10.908Z&odd%20key%2F%C3%A4=a%20b%26c%3Dd%25%2F%2B";

    private readonly TestHub _hub = fixture.Hub;

    [Fact]
    public async Task A_message_is_stored_with_component_time_and_properties()
    {
        await using var device = await _hub.ConnectAsync("sensor-1");

        await device.PublishAsync($"devices/sensor-1/messages/events/{Seen}", """{"t":21.5}""", packetId: 7);

        Assert.Equal(7, (await device.ReadAsync(MqttClient.PubAck)).Id);
        var stored = Assert.Single(await _hub.StoredAsync("sensor-1"));
        Assert.Equal("""{"t":21.5}""", Encoding.UTF8.GetString(stored.Body));
        Assert.Equal("thermostat1", stored.Component);
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 5, 0, 10, 908, TimeSpan.Zero), stored.MessageTime);
        var properties = JsonDocument.Parse(stored.Properties!).RootElement;
        Assert.Equal("smoke-1", properties.GetProperty("system").GetProperty("message-id").GetString());
        Assert.Equal("a b&c=d%/+", properties.GetProperty("application").GetProperty("odd key/ä").GetString());
    }

    [Fact]
    public async Task Qos_0_is_stored_without_an_answer()
    {
        await using var device = await _hub.ConnectAsync("sensor-2");

        await device.PublishAsync("devices/sensor-2/messages/events/", """{"t":1}""");
        await device.PingAsync();

        await device.ReadAsync(MqttClient.PingResp);
        await Eventually.FindAsync(async () => (await _hub.StoredAsync("sensor-2")) is [var one] ? one : null);
    }

    [Fact]
    public async Task The_same_message_sent_again_with_its_id_is_marked_as_a_repeat()
    {
        await using (var device = await _hub.ConnectAsync("sensor-3"))
        {
            await device.PublishAsync("devices/sensor-3/messages/events/$.mid=a", """{"t":1}""", packetId: 1);
            await device.ReadAsync(MqttClient.PubAck);
        }

        await using var again = await _hub.ConnectAsync("sensor-3");
        await again.PublishAsync("devices/sensor-3/messages/events/%24.mid=a", """{"t":1}""", packetId: 1, dup: true);
        await again.PublishAsync("devices/sensor-3/messages/events/%24.mid=b", """{"t":1}""", packetId: 2);
        await again.ReadAsync(MqttClient.PubAck);
        await again.ReadAsync(MqttClient.PubAck);

        var flags = (await _hub.StoredAsync("sensor-3")).Select(m => m.Flags);
        Assert.Equal([MessageFlags.None, MessageFlags.Repeat, MessageFlags.None], flags);
    }

    [Fact]
    public async Task A_clock_far_ahead_is_flagged_and_the_retain_flag_is_a_property()
    {
        await using var device = await _hub.ConnectAsync("sensor-4");
        const string topic = "devices/sensor-4/messages/events/";

        await device.PublishAsync($"{topic}iothub-creation-time-utc=2100-01-01T00:00:00Z", "{}", packetId: 1);
        await device.PublishAsync(topic, "{}", packetId: 2, retain: true);
        await device.PublishAsync($"{topic}$.ct=text%2fplain", "hello", packetId: 3);
        for (var i = 0; i < 3; i++)
            await device.ReadAsync(MqttClient.PubAck);

        var stored = await _hub.StoredAsync("sensor-4");
        Assert.Equal(MessageFlags.ClockAhead, stored[0].Flags);
        Assert.Equal(2100, stored[0].MessageTime.Year);
        Assert.Equal(MessageFlags.Retain, stored[1].Flags);
        Assert.Contains("mqtt-retain", Encoding.UTF8.GetString(stored[1].Properties!), StringComparison.Ordinal);
        Assert.True(stored[2].Flags.HasFlag(MessageFlags.NotJson));
    }

    [Fact]
    public async Task Received_times_strictly_increase_over_connections()
    {
        for (var connection = 0; connection < 3; connection++)
        {
            await using var device = await _hub.ConnectAsync("sensor-5");
            for (var i = 1; i <= 50; i++)
                await device.PublishAsync("devices/sensor-5/messages/events/", $$"""{"n":{{i}}}""", packetId: i);
            for (var i = 1; i <= 50; i++)
                await device.ReadAsync(MqttClient.PubAck);
        }

        var times = (await _hub.StoredAsync("sensor-5")).Select(m => m.Received).ToList();
        Assert.Equal(150, times.Distinct().Count());
        Assert.Equal(times.Order(), times);
    }

    [Fact]
    public async Task Ids_with_odd_characters_work_encoded_and_not()
    {
        const string id = "a%b+c#d$e'f";
        await using var device = await _hub.ConnectAsync(id);

        await device.PublishAsync($"devices/{id}/messages/events/", "{}", packetId: 1);
        await device.PublishAsync($"devices/{Uri.EscapeDataString(id)}/messages/events/", "{}", packetId: 2);
        await device.PublishAsync($"devices/{id}/messages/events", "{}", packetId: 3);

        for (var i = 1; i <= 3; i++)
            Assert.Equal(i, (await device.ReadAsync(MqttClient.PubAck)).Id);
    }

    [Fact]
    public async Task A_message_of_256_KB_is_taken_and_a_larger_one_ends_the_connection()
    {
        await using var device = await _hub.ConnectAsync("sensor-6");
        var largest = new byte[256 * 1024];

        await device.SendAsync(MqttClient.PublishPacket("devices/sensor-6/messages/events/", largest, 1));
        Assert.Equal(1, (await device.ReadAsync(MqttClient.PubAck)).Id);
        await device.SendAsync(MqttClient.PublishPacket("devices/sensor-6/messages/events/a=b", largest, 2));
        await device.ClosedAsync();

        await _hub.LineAsync("sensor-6", "too-large");
        Assert.Equal(largest.Length, Assert.Single(await _hub.StoredAsync("sensor-6")).Body.Length);
    }

    [Fact]
    public async Task The_will_of_a_broken_connection_is_telemetry_and_that_of_an_orderly_one_is_not()
    {
        var credentials = await _hub.DeviceAsync("sensor-7");
        var will = ("devices/sensor-7/messages/events/$.ct=application%2Fjson", """{"gone":true}""");
        var orderly = await _hub.OpenAsync();
        await orderly.ConnectAsync(Sign.Hub(credentials), will: will);
        await orderly.DisconnectAsync();
        await orderly.ClosedAsync();
        var broken = await _hub.OpenAsync();
        await broken.ConnectAsync(Sign.Hub(credentials), will: will);
        broken.Break();

        var stored = await Eventually.FindAsync(async () =>
            (await _hub.StoredAsync("sensor-7")) is [var one] ? one : null
        );

        Assert.Equal(MessageFlags.Will, stored.Flags);
        Assert.Contains("Will", Encoding.UTF8.GetString(stored.Properties!), StringComparison.Ordinal);
    }
}
