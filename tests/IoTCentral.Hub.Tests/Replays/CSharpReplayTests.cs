using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Testing;

namespace IoTCentral.Hub.Tests.Replays;

/// <summary>What the C# SDK (1.42) sends, and what it demands: it is the strictest reader of topics and of order.</summary>
public sealed partial class CSharpReplayTests(HubFixture fixture) : ReplayTests(fixture)
{
    private const string Rid = "9b1b2a3c-0d4e-4f5a-8b6c-7d8e9f0a1b2c";
    private const string Client = ".NET%2F1.42.0%20%28.NET%208.0.0%3B%20Linux%3B%20X64%29";

    [Theory, Replay("C#", "register")]
    [InlineData("cs-1", "")] // without a payload of the application it says nothing at all
    [InlineData("cs-2", """{"payload":{"modelId":"dtmi:com:example:Thermostat;1"}}""")]
    public async Task It_registers_in_strict_order(string id, string body)
    {
        var scope = Hub.Application.IdScope;
        var token = Token(
            "sr={0}&sig={1}&se={2}&skn=registration",
            $"{scope}%2Fregistrations%2F{id}",
            await DerivedKeyAsync(id)
        );
        var login = new Login(id, $"{scope}/registrations/{id}/api-version=2019-03-31&ClientVersion={Client}", token);
        await using var dps = await Hub.OpenAsync();

        await dps.SendAsync(MqttClient.ConnectPacket(login, isClean: true, keepAlive: 0));
        // A session that is present ends its state machine.
        var connected = await dps.ReadAsync(MqttClient.ConnAck);
        Assert.Equal((0, 0), (connected.Body[0], connected.Body[1]));
        await SubscribeEachAsync(dps, 1, (Registrations, 1));
        // AskAsync has the order: in the state WaitForPubAck any other packet is fatal.
        var answer = await AskAsync(dps, "$dps/registrations/PUT/iotdps-register/?$rid=2", body, 2);
        var operation = JsonNode.Parse(answer.Payload)!["operationId"];
        var status = await AskAsync(
            dps,
            $"$dps/registrations/GET/iotdps-get-operationstatus/?$rid=3&operationId={operation}",
            "",
            3
        );

        Assert.Equal(("200", "2"), Groups(RegistrationTopic(), answer.Topic));
        Assert.Equal(("200", "3"), Groups(RegistrationTopic(), status.Topic));
        Assigned(answer, id);
        Assigned(status, id);
    }

    [Fact, Replay("C#", "send telemetry")]
    public async Task It_ends_the_property_bag_with_a_slash_and_writes_its_model_as_it_is()
    {
        await using var device = await ConnectAsync("cs-3", "&model-id=dtmi:com:example:Thermostat;1");

        await device.PublishAsync(
            "devices/cs-3/messages/events/%24.ct=application%2Fjson&%24.ce=utf-8&%24.sub=thermostat1&%24.mid=m-1&k=v/",
            """{"temperature":21.5}""",
            packetId: 1
        );

        Assert.Equal(1, (await device.ReadAsync(MqttClient.PubAck)).Id);
        var stored = Assert.Single(await StoredAsync("cs-3", 1));
        Assert.Equal("thermostat1", stored.Component);
        Assert.Equal("v", (string?)JsonNode.Parse(stored.Properties!)!["application"]!["k"]);
        var known = await Hub.Devices.GetAsync(Hub.Caller, "cs-3", Ct);
        Assert.Equal("dtmi:com:example:Thermostat;1", known.AnnouncedModelId);
    }

    [Fact, Replay("C#", "read the twin"), Replay("C#", "report")]
    public async Task It_reads_its_twin_and_reports()
    {
        await using var device = await ConnectAsync("cs-4");
        await SubscribeEachAsync(device, 1, (TwinAnswers, 1));

        var twin = await AskAsync(device, $"$iothub/twin/GET/?$rid={Rid}", "", 2);
        var reported = await AskAsync(
            device,
            $"$iothub/twin/PATCH/properties/reported/?$rid=2{Rid}",
            """{"serial":"x"}""",
            3
        );
        var refused = await AskAsync(device, $"$iothub/twin/PATCH/properties/reported/?$rid=3{Rid}", "[1]", 4);

        Assert.Equal(("200", $"?$rid={Rid}"), Groups(TwinTopic(), twin.Topic));
        Assert.Equal(("204", $"?$rid=2{Rid}&$version=2"), Groups(TwinTopic(), reported.Topic));
        Assert.Equal(("400", $"?$rid=3{Rid}"), Groups(TwinTopic(), refused.Topic));
        Assert.Equal("""{"desired":{"$version":1},"reported":{"$version":1}}""", twin.Payload);
    }

    [Fact, Replay("C#", "desired changes")]
    public async Task It_is_told_of_desired_changes()
    {
        await using var device = await ConnectAsync("cs-5");
        await SubscribeEachAsync(device, 1, (DesiredPatches, 1));

        await DesireAsync("cs-5", """{"target":23}""");
        var patch = await ReadAndAcknowledgeAsync(device);

        Assert.StartsWith("$iothub/twin/PATCH/properties/desired/", patch.Topic, StringComparison.Ordinal);
        Assert.Equal("""{"target":23,"$version":2}""", patch.Payload);
    }

    [Fact, Replay("C#", "answer a method")]
    public async Task It_takes_the_rest_of_a_methods_topic_for_its_request_id()
    {
        await using var device = await ConnectAsync("cs-6");
        await SubscribeEachAsync(device, 1, (Methods, 1));

        var call = await CallAsync("cs-6", "reboot", "{}");
        var request = await ReadAndAcknowledgeAsync(device);
        var tokens = request.Topic.Split('/');
        Assert.Equal(("reboot", "?$rid="), (tokens[3], tokens[4][..6]));
        await device.PublishAsync($"$iothub/methods/res/200/?$rid={tokens[4][6..]}", """{"ok":true}""", packetId: 2);

        Assert.Equal(2, (await device.ReadAsync(MqttClient.PubAck)).Id);
        Assert.Equal(200, (await call).Status);
    }

    [Fact, Replay("C#", "receive a message")]
    public async Task It_reads_the_fifth_level_of_a_messages_topic_unasked_and_its_expiry_to_the_letter()
    {
        await using var device = await ConnectAsync("cs-7");
        await SubscribeEachAsync(device, 1, (CloudFilter("cs-7"), 1));

        await SendAsync("cs-7", new() { Body = "bare"u8.ToArray(), Ack = CloudAck.Full });
        var message = await ReadAndAcknowledgeAsync(device);

        var bag = message
            .Topic.Split('/', StringSplitOptions.RemoveEmptyEntries)[4]
            .Split('&')
            .ToDictionary(p => Uri.UnescapeDataString(p.Split('=')[0]), p => Uri.UnescapeDataString(p.Split('=')[1]));
        Assert.Equal("/devices/cs-7/messages/deviceBound", bag["$.to"]);
        Assert.Equal("full", bag["iothub-ack"]);
        DateTime.ParseExact(bag["$.exp"], "o", CultureInfo.InvariantCulture);
    }

    /// <summary>Keep-alive 300, pings every 75 s, the session is kept.</summary>
    private async Task<MqttClient> ConnectAsync(string id, string more = "")
    {
        var login = new Login(
            id,
            $"{Host}/{id}/?api-version=2020-09-30&DeviceClientType={Client}{more}",
            Token("sr={0}&sig={1}&se={2}", $"{Host}%2Fdevices%2F{id}", await KeyAsync(id))
        );
        var client = await Hub.OpenAsync();
        Assert.Equal(0, await client.ConnectAsync(login, isClean: false, keepAlive: 300));
        await client.PingAsync();
        await client.ReadAsync(MqttClient.PingResp);
        return client;
    }

    private static (string, string) Groups(Regex pattern, string topic)
    {
        var match = pattern.Match(topic);
        Assert.True(match.Success, topic);
        return (match.Groups["status"].Value, match.Groups["rest"].Value);
    }

    [GeneratedRegex(@"^\$dps/registrations/res/(?<status>.*?)/\?\$rid=(?<rest>.*?)$", RegexOptions.CultureInvariant)]
    private static partial Regex RegistrationTopic();

    [GeneratedRegex(@"\$iothub/twin/res/(?<status>\d+)/(?<rest>\?.+)", RegexOptions.CultureInvariant)]
    private static partial Regex TwinTopic();
}
