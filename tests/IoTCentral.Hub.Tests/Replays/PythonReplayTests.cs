using System.Text.Json.Nodes;
using IoTCentral.Testing;

namespace IoTCentral.Hub.Tests.Replays;

/// <summary>What the Python SDK (2.14) sends: QoS 1 for everything, sessions that are kept, request ids that are UUIDs.</summary>
public sealed class PythonReplayTests(HubFixture fixture) : ReplayTests(fixture)
{
    private const string Rid = "3226c2f7-3d30-425c-b83b-0c34335f8220";
    private const string Client = "azure-iot-device-iothub-py%2F2.14.0%28Linux%3B%20x86_64%29";

    [Fact, Replay("Python", "register")]
    public async Task It_registers_without_a_policy_in_its_token_and_splits_the_answer_at_its_dollars()
    {
        var key = await DerivedKeyAsync("py-1");
        var scope = Hub.Application.IdScope;
        var login = new Login(
            "py-1",
            $"{scope}/registrations/py-1/api-version=2019-03-31&ClientVersion=azure-iot-device-provisioning-py%2F2.14.0",
            Sign.Token($"{scope}/registrations/py-1", key)
        );
        await using var dps = await Hub.OpenAsync();

        Assert.Equal(0, await dps.ConnectAsync(login, isClean: false));
        await SubscribeEachAsync(dps, 1, (Registrations, 1));
        var answer = await AskAsync(
            dps,
            $"$dps/registrations/PUT/iotdps-register/?$rid={Rid}",
            """{"registrationId": "py-1", "payload": {"modelId": "dtmi:com:example:Thermostat;1"}}""",
            2
        );

        Assigned(answer, "py-1");
        // topic.split("$"): nothing, dps…, rid…; what lies between the ampersands has a "=" each
        var parts = answer.Topic.Split('$');
        Assert.Equal(3, parts.Length);
        Assert.Equal("200", parts[1].Split('/')[3]);
        Assert.All(parts[2].Split('&'), p => Assert.Contains('=', p));
        Assert.Equal(Rid, parts[2].Split('=')[1]);
        var operation = JsonNode.Parse(answer.Payload)!["operationId"];
        var status = await AskAsync(
            dps,
            $"$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2{Rid}&operationId={operation}",
            " ",
            3
        );
        Assigned(status, "py-1");
    }

    [Fact, Replay("Python", "send telemetry")]
    public async Task It_sends_with_properties_in_its_order()
    {
        await using var device = await ConnectAsync("py-2", modelId: "dtmi%3Acom%3Aexample%3AThermostat%3B1");

        await device.PublishAsync(
            "devices/py-2/messages/events/%24.mid=smoke-1&%24.cid=corr%201&%24.ct=application%2Fjson&%24.ce=utf-8&%24.sub=thermostat1&odd%20key%2F%C3%A4=a%20b%26c%3Dd%25%2F%2B",
            """{"temperature": 21.5}""",
            packetId: 1
        );

        Assert.Equal(1, (await device.ReadAsync(MqttClient.PubAck)).Id);
        var stored = Assert.Single(await StoredAsync("py-2", 1));
        Assert.Equal("thermostat1", stored.Component);
        var properties = JsonNode.Parse(stored.Properties!)!;
        Assert.Equal("smoke-1", (string?)properties["system"]!["message-id"]);
        Assert.Equal("a b&c=d%/+", (string?)properties["application"]!["odd key/ä"]);
        var known = await Hub.Devices.GetAsync(Hub.Caller, "py-2", Ct);
        Assert.Equal("dtmi:com:example:Thermostat;1", known.AnnouncedModelId);
    }

    [Fact, Replay("Python", "read the twin"), Replay("Python", "report")]
    public async Task It_reads_its_twin_with_a_space_and_reports()
    {
        await using var device = await ConnectAsync("py-3");
        await SubscribeEachAsync(device, 1, (TwinAnswers, 1));

        var twin = await AskAsync(device, $"$iothub/twin/GET/?$rid={Rid}", " ", 2);
        var reported = await AskAsync(
            device,
            $"$iothub/twin/PATCH/properties/reported/?$rid=2{Rid}",
            """{"targetTemperature": {"value": 21, "ac": 200, "av": 1, "ad": "ok"}}""",
            3
        );

        Assert.Equal(("200", Rid), StatusAndRid(twin.Topic));
        Assert.Equal(("204", "2" + Rid), StatusAndRid(reported.Topic));
        var document = JsonNode.Parse(twin.Payload)!;
        Assert.Equal((1, 1), ((int)document["desired"]!["$version"]!, (int)document["reported"]!["$version"]!));
    }

    [Fact, Replay("Python", "desired changes")]
    public async Task It_is_told_of_desired_changes()
    {
        await using var device = await ConnectAsync("py-4");
        await SubscribeEachAsync(device, 1, (TwinAnswers, 1), (DesiredPatches, 1));

        await DesireAsync("py-4", """{"targetTemperature":23}""");
        var patch = await ReadAndAcknowledgeAsync(device);

        Assert.Equal(("$iothub/twin/PATCH/properties/desired/?$version=2", 1), (patch.Topic, patch.Qos));
        Assert.Equal("""{"targetTemperature":23,"$version":2}""", patch.Payload);
    }

    [Fact, Replay("Python", "answer a method")]
    public async Task It_answers_a_method_at_QoS_1()
    {
        await using var device = await ConnectAsync("py-5");
        await SubscribeEachAsync(device, 1, (Methods, 1));

        var call = await CallAsync("py-5", "thermostat1*getMaxMinReport", "\"2026-11-23T05:00:00Z\"");
        var request = await ReadAndAcknowledgeAsync(device);
        // topic.split("/")[3] and topic.split("?")[1]
        Assert.Equal("thermostat1*getMaxMinReport", request.Topic.Split('/')[3]);
        var rid = request.Topic.Split('?')[1].Split('&').Single().Split('=');
        Assert.Equal("$rid", rid[0]);
        await device.PublishAsync($"$iothub/methods/res/200/?$rid={rid[1]}", """{"max": 5}""", packetId: 2);

        Assert.Equal(2, (await device.ReadAsync(MqttClient.PubAck)).Id);
        Assert.Equal(200, (await call).Status);
    }

    [Fact, Replay("Python", "receive a message"), Replay("Python", "renew the token")]
    public async Task It_receives_messages_and_still_does_after_it_has_renewed_its_token()
    {
        await using (var device = await ConnectAsync("py-6"))
        {
            await SubscribeEachAsync(device, 1, (CloudFilter("py-6"), 1));
            await SendAsync("py-6", new() { MessageId = "m 1", Body = "one"u8.ToArray() });
            var message = await ReadAndAcknowledgeAsync(device);
            var bag = message.Topic.Split('/')[4].Split('&').Select(p => p.Split('=')).ToList();
            Assert.Equal("m%201", bag.Single(p => p[0] == "%24.mid")[1]);
            Assert.All(bag, p => Assert.Equal(2, p.Length));
            await device.DisconnectAsync();
        }

        await using var renewed = await ConnectAsync("py-6");
        await SendAsync("py-6", new() { Body = "two"u8.ToArray() });

        Assert.Equal("two", (await ReadAndAcknowledgeAsync(renewed)).Payload);
    }

    [Fact, Replay("Python", "receive a message")]
    public async Task It_takes_only_messages_whose_topic_spells_its_id_as_it_does()
    {
        await using var device = await ConnectAsync("py:7@a");
        await SubscribeEachAsync(device, 1, (CloudFilter("py%3A7%40a"), 1));

        await SendAsync("py:7@a", new() { Body = "on"u8.ToArray() });
        var message = await ReadAndAcknowledgeAsync(device);

        Assert.StartsWith("devices/py%3A7%40a/messages/devicebound/%24.", message.Topic, StringComparison.Ordinal);
    }

    private async Task<MqttClient> ConnectAsync(string id, string? modelId = null)
    {
        var login = new Login(
            id,
            modelId is null
                ? $"{Host}/{id}/?api-version=2019-10-01&DeviceClientType={Client}"
                : $"{Host}/{id}/?api-version=2020-09-30&DeviceClientType={Client}&model-id={modelId}",
            Sign.Token($"{Host}/devices/{id}", await KeyAsync(id))
        );
        var client = await Hub.OpenAsync();
        Assert.Equal(0, await client.ConnectAsync(login, isClean: false));
        return client;
    }

    /// <summary>As mqtt_topic_iothub.py reads them.</summary>
    private static (string Status, string Rid) StatusAndRid(string topic)
    {
        Assert.StartsWith("$iothub/twin/res/", topic, StringComparison.Ordinal);
        var pairs = topic.Split('?')[1].Split('&').ToDictionary(p => p.Split('=')[0], p => p.Split('=')[1]);
        return (topic.Split('/')[3], pairs["$rid"]);
    }
}
