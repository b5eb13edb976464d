using IoTCentral.Core.CloudToDevice;
using IoTCentral.Testing;

namespace IoTCentral.Hub.Tests.Replays;

/// <summary>What the cloud says to the C SDK (1.15), which compares topics as text and decodes nothing before it does.</summary>
public sealed class CCloudReplayTests(HubFixture fixture) : ReplayTests(fixture)
{
    [Fact, Replay("C", "desired changes")]
    public async Task It_is_told_of_desired_changes_at_QoS_0()
    {
        await using var device = await ConnectAsync("c-1");

        await DesireAsync("c-1", """{"target":23}""");
        var patch = await device.ReadAsync(MqttClient.Publish);

        Assert.Equal(("$iothub/twin/PATCH/properties/desired/?$version=2", 0), (patch.Topic, patch.Qos));
        Assert.Equal("""{"target":23,"$version":2}""", patch.Payload);
    }

    [Fact, Replay("C", "answer a method")]
    public async Task It_gives_back_a_methods_request_id_as_it_was()
    {
        await using var device = await ConnectAsync("c-2");

        var call = await CallAsync("c-2", "reboot", "null");
        var request = await device.ReadAsync(MqttClient.Publish);
        var rid = request.Topic[(request.Topic.IndexOf("?$rid=", StringComparison.Ordinal) + "?$rid=".Length)..];
        await device.PublishAsync($"$iothub/methods/res/200/?$rid={rid}", "{}");

        Assert.Equal(0, request.Qos);
        Assert.StartsWith("$iothub/methods/POST/reboot/?$rid=", request.Topic, StringComparison.Ordinal);
        Assert.Equal(200, (await call).Status);
    }

    [Fact, Replay("C", "receive a message")]
    public async Task It_finds_system_properties_by_their_encoded_names()
    {
        await using var device = await ConnectAsync("c-3");

        await SendAsync("c-3", Message());
        var message = await device.ReadAsync(MqttClient.Publish);
        await device.SendAsync([0x40, 2, (byte)(message.PacketId >> 8), (byte)message.PacketId]);

        Assert.Contains("/%24.mid=m-1&%24.cid=c-1&%24.to=", message.Topic, StringComparison.Ordinal);
        Assert.Contains("&%24.ct=text%2Fplain&%24.ce=utf-8", message.Topic, StringComparison.Ordinal);
        Assert.EndsWith("&key=value", message.Topic, StringComparison.Ordinal);
        Assert.DoesNotContain("?", message.Topic, StringComparison.Ordinal);
    }

    private static NewCloudMessage Message() =>
        new()
        {
            MessageId = "m-1",
            CorrelationId = "c-1",
            ContentType = "text/plain",
            ContentEncoding = "utf-8",
            Properties = new Dictionary<string, string?> { ["key"] = "value" },
            Body = "on"u8.ToArray(),
        };

    private async Task<MqttClient> ConnectAsync(string id)
    {
        var login = new Login(
            id,
            $"{Host}/{id}/?api-version=2020-09-30&DeviceClientType=iothubclient%2f1.15.0%20(native%3b%20Linux%3b%20x86_64)",
            Token("sr={0}&sig={1}&se={2}", $"{Host}/devices/{id}", await KeyAsync(id))
        );
        var client = await Hub.OpenAsync();
        Assert.Equal(0, await client.ConnectAsync(login, isClean: false, keepAlive: 240));
        var codes = await client.SubscribeAsync(
            2,
            (CloudFilter(id), 1),
            (TwinAnswers, 0),
            (DesiredPatches, 0),
            (Methods, 0)
        );
        Assert.Equal([1, 0, 0, 0], codes);
        return client;
    }
}
