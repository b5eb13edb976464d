using System.Text;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Tests.CloudToDevice;

/// <summary>Messages to devices over MQTT, as the contract's §2.7 has them.</summary>
public sealed class CloudToDeviceMqttTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private readonly TestHub _hub = fixture.Hub;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_comes_with_its_properties_as_every_SDK_reads_them()
    {
        await using var device = await ListeningAsync("c2d-1", qos: 1);

        var sent = await SendAsync(
            "c2d-1",
            "on",
            m =>
                m with
                {
                    MessageId = "m-1",
                    CorrelationId = "corr 1",
                    UserId = "anna",
                    ContentType = "text/plain",
                    ContentEncoding = "utf-8",
                    Ack = CloudAck.Full,
                    Properties = new Dictionary<string, string?> { ["odd key/ä"] = "a b&c=d%", ["bare"] = null },
                }
        );
        var message = await device.ReadAsync(MqttClient.Publish);

        var expires = Uri.EscapeDataString(sent.Expires.UtcDateTime.ToString("O"));
        Assert.Equal(
            "devices/c2d-1/messages/devicebound/%24.mid=m-1&%24.cid=corr%201"
                + $"&%24.to=%2Fdevices%2Fc2d-1%2Fmessages%2FdeviceBound&%24.uid=anna&%24.exp={expires}"
                + "&%24.ct=text%2Fplain&%24.ce=utf-8&iothub-ack=full"
                + "&bare&odd%20key%2F%C3%A4=a%20b%26c%3Dd%25",
            message.Topic
        );
        Assert.Equal(("on", 1), (message.Payload, message.Qos));
    }

    [Fact]
    public async Task What_waits_comes_in_order_once_the_device_listens_and_its_acknowledgement_completes_it()
    {
        await _hub.DeviceAsync("c2d-2");
        for (var i = 0; i < 25; i++)
            await SendAsync("c2d-2", $"m{i}");

        await using var device = await ListeningAsync("c2d-2", qos: 1);
        for (var i = 0; i < 25; i++)
        {
            var message = await device.ReadAsync(MqttClient.Publish);
            Assert.Equal($"m{i}", message.Payload);
            await AcknowledgeAsync(device, message);
        }

        await EndedAsync("c2d-2", CloudOutcome.Success, 25);
    }

    [Fact]
    public async Task At_QoS_0_it_is_complete_when_it_was_sent()
    {
        await using var device = await ListeningAsync("c2d-3", qos: 0);

        await SendAsync("c2d-3", "on");

        Assert.Equal(0, (await device.ReadAsync(MqttClient.Publish)).Qos);
        await EndedAsync("c2d-3", CloudOutcome.Success, 1);
    }

    [Fact]
    public async Task What_was_not_acknowledged_comes_again_on_the_next_connection()
    {
        await using (var first = await ListeningAsync("c2d-4", qos: 1))
        {
            await SendAsync("c2d-4", "on");
            await first.ReadAsync(MqttClient.Publish);
        }

        await using var second = await ListeningAsync("c2d-4", qos: 1);
        var again = await second.ReadAsync(MqttClient.Publish);
        await AcknowledgeAsync(second, again);

        Assert.Equal("on", again.Payload);
        Assert.Equal(2, (await EndedAsync("c2d-4", CloudOutcome.Success, 1))[0].DeliveryCount);
    }

    [Fact]
    public async Task A_kept_session_gets_its_messages_without_subscribing_again()
    {
        var credentials = await _hub.DeviceAsync("c2d-5");
        await using (var first = await _hub.ConnectAsync(credentials, isClean: false))
            await first.SubscribeAsync(1, ("devices/c2d-5/messages/devicebound/#", 1));
        await SendAsync("c2d-5", "on");

        await using var second = await _hub.ConnectAsync(credentials, isClean: false);

        Assert.Equal("on", (await second.ReadAsync(MqttClient.Publish)).Payload);
    }

    [Fact]
    public async Task What_a_device_never_takes_ends_as_undeliverable()
    {
        await _hub.DeviceAsync("c2d-6");
        await SendAsync("c2d-6", "on");

        for (var i = 0; i < 10; i++)
        {
            await using var device = await ListeningAsync("c2d-6", qos: 1);
            await device.ReadAsync(MqttClient.Publish);
        }

        await using var last = await ListeningAsync("c2d-6", qos: 1);
        await EndedAsync("c2d-6", CloudOutcome.DeliveryCountExceeded, 1);
        Assert.True(await last.IsSilentAsync());
    }

    [Fact]
    public async Task More_than_fifty_do_not_wait_and_purging_makes_room()
    {
        await _hub.DeviceAsync("c2d-7");
        for (var i = 0; i < CloudMessages.MostWaiting; i++)
            await SendAsync("c2d-7", "on");

        var full = await Assert.ThrowsAsync<ConflictException>(() => SendAsync("c2d-7", "on"));
        Assert.Equal("cloud-message.queue-full", full.Code);

        Assert.Equal(50, await Messages.PurgeAsync(_hub.Caller, "c2d-7", Ct));
        await EndedAsync("c2d-7", CloudOutcome.Purged, 50);
        await SendAsync("c2d-7", "on");
    }

    [Fact]
    public async Task What_cannot_be_sent_is_refused_with_every_fault()
    {
        await _hub.DeviceAsync("c2d-8");

        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() =>
            SendAsync(
                "c2d-8",
                new string('x', 70_000),
                m => m with { MessageId = "", TimeToLive = TimeSpan.FromDays(3) }
            )
        );

        Assert.Equal(["messageId", "timeToLive", "body"], refused.Faults.Select(f => f.Path));
    }

    [Fact]
    public async Task A_device_that_listens_to_nothing_gets_nothing()
    {
        await using var device = await _hub.ConnectAsync("c2d-9");

        await SendAsync("c2d-9", "on");

        Assert.True(await device.IsSilentAsync());
    }

    private CloudMessages Messages => _hub.Services.GetRequiredService<CloudMessages>();

    private Task<CloudMessage> SendAsync(
        string deviceId,
        string body,
        Func<NewCloudMessage, NewCloudMessage>? change = null
    )
    {
        var message = new NewCloudMessage { Body = Encoding.UTF8.GetBytes(body) };
        return Messages.SendAsync(_hub.Caller, deviceId, change is null ? message : change(message), Ct);
    }

    private async Task<MqttClient> ListeningAsync(string id, int qos)
    {
        var device = await _hub.ConnectAsync(id);
        await device.SubscribeAsync(1, ($"devices/{id}/messages/devicebound/#", qos));
        return device;
    }

    private static Task AcknowledgeAsync(MqttClient device, Packet message) =>
        device.SendAsync([0x40, 2, (byte)(message.PacketId >> 8), (byte)message.PacketId]);

    private Task<IReadOnlyList<CloudMessage>> EndedAsync(string deviceId, CloudOutcome outcome, int count) =>
        Eventually.FindAsync(async () =>
        {
            var page = await Messages.ListAsync(_hub.Caller, deviceId, null, 100, Ct);
            var ended = page.Items.Where(m => m.Outcome == outcome).ToList();
            return ended.Count == count ? (IReadOnlyList<CloudMessage>)ended : null;
        });
}
