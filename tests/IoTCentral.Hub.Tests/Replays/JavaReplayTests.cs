using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IoTCentral.Testing;

namespace IoTCentral.Hub.Tests.Replays;

/// <summary>What the Java SDK (2.5) sends: a token that ends with its resource, raw; registering at QoS 0; twin versions always.</summary>
public sealed partial class JavaReplayTests(HubFixture fixture) : ReplayTests(fixture)
{
    private const string Rid = "0f3a1c2e-5b6d-4a7f-9c8b-1d2e3f4a5b6c";
    private const string Client =
        "com.microsoft.azure.sdk.iot.iot-device-client%2F2.5.0%20%2817.0.9%3B%20Linux%3B%20amd64%29";

    [Fact, Replay("Java", "register")]
    public async Task It_registers_at_QoS_0_with_an_empty_policy_in_its_token()
    {
        var scope = Hub.Application.IdScope;
        var token = Token(
            "sr={0}&sig={1}&se={2}&skn=",
            $"{scope}%2Fregistrations%2Fjava-1",
            await DerivedKeyAsync("java-1")
        );
        var login = new Login(
            "java-1",
            $"{scope}/registrations/java-1/api-version=2019-03-31&ClientVersion=2019-03-31",
            token
        );
        await using var dps = await Hub.OpenAsync();

        Assert.Equal(0, await dps.ConnectAsync(login, isClean: false, keepAlive: 230));
        await SubscribeEachAsync(dps, 1, (Registrations, 1));
        await dps.PublishAsync("$dps/registrations/PUT/iotdps-register/?$rid=1", """{"registrationId":"java-1"}""");
        var answer = await ReadAndAcknowledgeAsync(dps);
        var operation = JsonNode.Parse(answer.Payload)!["operationId"];
        await dps.PublishAsync(
            $"$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId={operation}",
            ""
        );
        var status = await ReadAndAcknowledgeAsync(dps);

        Assert.Equal("$dps/registrations/res/200/?$rid=1", answer.Topic);
        Assigned(answer, "java-1");
        Assigned(status, "java-1");
    }

    [Fact, Replay("Java", "send telemetry")]
    public async Task It_writes_the_dollar_of_system_properties_as_it_is()
    {
        await using var device = await ConnectAsync("java-2", "&model-id=dtmi%3Acom%3Aexample%3AThermostat%3B1");

        await device.PublishAsync(
            "devices/java-2/messages/events/$.mid=m-1&$.cid=c-1&$.cdid=java-2&$.ce=utf-8&$.ct=application%2Fjson&$.sub=thermostat1&a%20key=a%20value",
            """{"temperature":21.5}""",
            packetId: 2
        );

        Assert.Equal(2, (await device.ReadAsync(MqttClient.PubAck)).Id);
        var stored = Assert.Single(await StoredAsync("java-2", 1));
        Assert.Equal("thermostat1", stored.Component);
        var properties = JsonNode.Parse(stored.Properties!)!;
        Assert.Equal("m-1", (string?)properties["system"]!["message-id"]);
        Assert.Equal("a value", (string?)properties["application"]!["a key"]);
        var known = await Hub.Devices.GetAsync(Hub.Caller, "java-2", Ct);
        Assert.Equal("dtmi:com:example:Thermostat;1", known.AnnouncedModelId);
    }

    [Fact, Replay("Java", "read the twin"), Replay("Java", "report")]
    public async Task It_reports_with_version_0_when_its_application_names_none()
    {
        await using var device = await ConnectAsync("java-3");
        await SubscribeEachAsync(device, 2, (TwinAnswers, 1));

        var twin = await AskAsync(device, $"$iothub/twin/GET/?$rid={Rid}", "", 3);
        var any = await ReportAsync(device, version: 0, id: 4);
        var read = await ReportAsync(device, version: 2, id: 5);
        var stale = await ReportAsync(device, version: 2, id: 6);

        Assert.Equal("200", Status(twin.Topic));
        Assert.Equal(("204", "204", "412"), (Status(any.Topic), Status(read.Topic), Status(stale.Topic)));
        Assert.Equal(("r4", 2), RidAndVersion(any.Topic));
        Assert.Equal(("r5", 3), RidAndVersion(read.Topic));
    }

    [Fact, Replay("Java", "desired changes")]
    public async Task It_reads_the_version_of_a_desired_change_from_its_topic()
    {
        await using var device = await ConnectAsync("java-4");
        await SubscribeEachAsync(device, 2, (TwinAnswers, 1), (DesiredPatches, 1));

        await DesireAsync("java-4", """{"target":23}""");
        var patch = await ReadAndAcknowledgeAsync(device);

        Assert.Equal("?$version=2", patch.Topic.Split('/')[5]);
        Assert.Equal("""{"target":23,"$version":2}""", patch.Payload);
    }

    [Fact, Replay("Java", "answer a method")]
    public async Task It_answers_a_method_at_QoS_1()
    {
        await using var device = await ConnectAsync("java-5");
        await SubscribeEachAsync(device, 2, (Methods, 1));

        var call = await CallAsync("java-5", "reboot", "null");
        var request = await ReadAndAcknowledgeAsync(device);
        var tokens = request.Topic.Split('/');
        Assert.Equal(("reboot", "?$rid="), (tokens[3], tokens[4][..6]));
        await device.PublishAsync($"$iothub/methods/res/202/?$rid={tokens[4][6..]}", "", packetId: 3);

        Assert.Equal(3, (await device.ReadAsync(MqttClient.PubAck)).Id);
        Assert.Equal(202, (await call).Status);
    }

    [Fact, Replay("Java", "receive a message")]
    public async Task It_acknowledges_a_message_when_its_application_has_it()
    {
        await using var device = await ConnectAsync("java-6");

        await SendAsync("java-6", new() { MessageId = "m-1", Body = "on"u8.ToArray() });
        var message = await ReadAndAcknowledgeAsync(device);

        Assert.Equal(("on", 1), (message.Payload, message.Qos));
        Assert.StartsWith("devices/java-6/messages/devicebound/%24.mid=m-1&", message.Topic, StringComparison.Ordinal);
    }

    /// <summary>Its model before its name; and it listens to messages at once.</summary>
    private async Task<MqttClient> ConnectAsync(string id, string model = "")
    {
        var login = new Login(
            id,
            $"{Host}/{id}/?api-version=2020-09-30{model}&DeviceClientType={Client}",
            Token("sig={1}&se={2}&sr={0}", $"{Host}/devices/{id}", await KeyAsync(id))
        );
        var client = await Hub.OpenAsync();
        Assert.Equal(0, await client.ConnectAsync(login, isClean: false, keepAlive: 230));
        await SubscribeEachAsync(client, 1, (CloudFilter(id), 1));
        return client;
    }

    private static Task<Packet> ReportAsync(MqttClient device, int version, int id) =>
        AskAsync(
            device,
            $"$iothub/twin/PATCH/properties/reported/?$rid=r{id}&$version={version}",
            $$"""{"n":{{id}}}""",
            id
        );

    private static string Status(string topic)
    {
        var status = topic.Split('/')[3];
        Assert.Matches(ThreeDigits(), status);
        return status;
    }

    /// <summary>As MqttTwin.java cuts them out of the fifth level.</summary>
    private static (string Rid, int Version) RidAndVersion(string topic)
    {
        var token = topic.Split('/')[4];
        var start = token.IndexOf("?$rid=", StringComparison.Ordinal) + "?$rid=".Length;
        var version = token.IndexOf("$version=", StringComparison.Ordinal);
        return (token[start..(version - 1)], int.Parse(token[(version + "$version=".Length)..]));
    }

    [GeneratedRegex(@"^\d{3}$", RegexOptions.CultureInvariant)]
    private static partial Regex ThreeDigits();
}
