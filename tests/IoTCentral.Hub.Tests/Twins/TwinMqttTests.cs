using System.Text.Json;
using System.Text.Json.Nodes;
using IoTCentral.Core.Twins;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Tests.Twins;

public sealed class TwinMqttTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private const string Get = "$iothub/twin/GET/?$rid=";
    private const string Report = "$iothub/twin/PATCH/properties/reported/?$rid=";

    private readonly TestHub _hub = fixture.Hub;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public async Task A_new_twin_is_two_empty_sides_of_version_1(string body)
    {
        await using var device = await SubscribedAsync("twin-1");

        await device.PublishAsync($"{Get}r1", body);
        var answer = await device.ReadAsync(MqttClient.Publish);

        Assert.Equal("$iothub/twin/res/200/?$rid=r1", answer.Topic);
        Assert.Equal("""{"desired":{"$version":1},"reported":{"$version":1}}""", answer.Payload);
    }

    [Fact]
    public async Task A_report_is_merged_acknowledged_and_answered_in_that_order()
    {
        await using var device = await SubscribedAsync("twin-2", qos: 1);

        await device.PublishAsync($"{Report}1", """{"a":{"b":1,"c":2},"d":[1,2]}""", packetId: 5);
        var ack = await device.ReadAsync(MqttClient.PubAck);
        var answer = await device.ReadAsync(MqttClient.Publish);
        await device.PublishAsync($"{Report}2", """{"a":{"b":null,"e":true}}""");
        await device.ReadAsync(MqttClient.Publish);
        await device.PublishAsync($"{Get}3", " ");
        var twin = JsonNode.Parse((await device.ReadAsync(MqttClient.Publish)).Payload)!;

        Assert.Equal(5, ack.Id);
        Assert.Equal(("$iothub/twin/res/204/?$rid=1&$version=2", "", 1), (answer.Topic, answer.Payload, answer.Qos));
        var expected = JsonNode.Parse("""{"a":{"c":2,"e":true},"d":[1,2],"$version":3}""");
        Assert.True(JsonNode.DeepEquals(expected, twin["reported"]), twin.ToJsonString());
    }

    [Theory]
    [InlineData("not json", 400)]
    [InlineData("[1]", 400)]
    [InlineData("""{"a.b":1}""", 400)]
    [InlineData("""{"$version":1}""", 400)]
    [InlineData("""{"a b":1}""", 400)]
    [InlineData("""{"a":1,"a":2}""", 400)]
    [InlineData("""{"a":"\ud800"}""", 400)]
    [InlineData("""{"a":"\u0000"}""", 400)]
    [InlineData("""{"a":1e999}""", 400)]
    [InlineData("""{"a":9007199254740993}""", 400)]
    [InlineData("""{"1":{"2":{"3":{"4":{"5":{"6":{"7":{"8":{"9":{"10":{"11":1}}}}}}}}}}}""", 400)]
    public async Task A_bad_report_is_refused_in_topic_and_body_and_the_connection_lives(string patch, int status)
    {
        await using var device = await SubscribedAsync("twin-3");

        await device.PublishAsync($"{Report}1", patch);
        var refused = await device.ReadAsync(MqttClient.Publish);
        await device.PublishAsync($"{Get}2", " ");
        var twin = await device.ReadAsync(MqttClient.Publish);

        Assert.Equal($"$iothub/twin/res/{status}/?$rid=1", refused.Topic);
        var body = JsonDocument.Parse(refused.Payload).RootElement;
        Assert.Equal(400004, body.GetProperty("errorCode").GetInt32());
        Assert.NotEmpty(body.GetProperty("message").GetString()!);
        Assert.Contains(
            """
            "reported":{"$version":1}
            """.Trim(),
            twin.Payload,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_twin_does_not_grow_beyond_32_KB()
    {
        await using var device = await SubscribedAsync("twin-4");
        var text = new string('x', 4000);

        for (var i = 1; i <= 8; i++)
        {
            await device.PublishAsync($"{Report}{i}", $$"""{"p{{i}}":"{{text}}"}""");
            Assert.StartsWith("$iothub/twin/res/204", (await device.ReadAsync(MqttClient.Publish)).Topic, Ordinal);
        }

        await device.PublishAsync($"{Report}9", $$"""{"p9":"{{text}}"}""");
        var refused = await device.ReadAsync(MqttClient.Publish);
        Assert.StartsWith("$iothub/twin/res/413", refused.Topic, Ordinal);
        Assert.Equal(413001, (int)JsonNode.Parse(refused.Payload)!["errorCode"]!);
    }

    [Fact]
    public async Task A_report_on_another_version_is_refused()
    {
        await using var device = await SubscribedAsync("twin-5");

        await device.PublishAsync($"{Report}1&$version=1", """{"a":1}""");
        var fits = await device.ReadAsync(MqttClient.Publish);
        await device.PublishAsync($"{Report}2&$version=1", """{"a":2}""");
        var stale = await device.ReadAsync(MqttClient.Publish);

        Assert.Equal("$iothub/twin/res/204/?$rid=1&$version=2", fits.Topic);
        Assert.Equal("$iothub/twin/res/412/?$rid=2", stale.Topic);
        Assert.Equal(412001, (int)JsonNode.Parse(stale.Payload)!["errorCode"]!);
    }

    [Fact]
    public async Task A_desired_patch_is_pushed_with_its_version_to_who_listens()
    {
        await using var device = await SubscribedAsync("twin-6");
        await device.SubscribeAsync(3, ("$iothub/twin/PATCH/properties/desired/#", 0));
        var twins = _hub.Services.GetRequiredService<TwinRegistry>();

        await twins.PatchDesiredAsync(_hub.Caller, "twin-6", new() { ["setPoint"] = 4 }, Ct);
        var pushed = await device.ReadAsync(MqttClient.Publish);
        await device.PublishAsync($"{Get}1", " ");
        var twin = JsonNode.Parse((await device.ReadAsync(MqttClient.Publish)).Payload)!;

        Assert.Equal("$iothub/twin/PATCH/properties/desired/?$version=2", pushed.Topic);
        Assert.Equal("""{"setPoint":4,"$version":2}""", pushed.Payload);
        Assert.Equal("""{"setPoint":4,"$version":2}""", twin["desired"]!.ToJsonString());
    }

    [Fact]
    public async Task Nobody_gets_what_he_did_not_ask_for()
    {
        await using var device = await _hub.ConnectAsync("twin-7");

        await device.PublishAsync($"{Get}1", " ", packetId: 1);
        await device.ReadAsync(MqttClient.PubAck);

        Assert.True(await device.IsSilentAsync());
    }

    [Fact]
    public async Task Cloud_properties_never_reach_the_device()
    {
        await using var device = await SubscribedAsync("twin-8");
        var twins = _hub.Services.GetRequiredService<TwinRegistry>();

        await twins.PatchCloudAsync(_hub.Caller, "twin-8", new() { ["owner"] = "me" }, Ct);
        await device.PublishAsync($"{Get}1", " ");

        var twin = await device.ReadAsync(MqttClient.Publish);
        Assert.DoesNotContain("owner", twin.Payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_to_a_method_that_nobody_asked_is_acknowledged_and_ignored()
    {
        await using var device = await SubscribedAsync("twin-9");

        await device.PublishAsync("$iothub/methods/res/200/?$rid=1", "{}", packetId: 9);

        Assert.Equal(9, (await device.ReadAsync(MqttClient.PubAck)).Id);
    }

    private const StringComparison Ordinal = StringComparison.Ordinal;

    private async Task<MqttClient> SubscribedAsync(string id, int qos = 0)
    {
        var device = await _hub.ConnectAsync(id);
        Assert.Equal([(byte)qos], await device.SubscribeAsync(1, ("$iothub/twin/res/#", qos)));
        return device;
    }
}
