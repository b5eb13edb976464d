using System.Globalization;
using System.Text.Json;
using IoTCentral.Core.Provisioning;
using IoTCentral.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Tests.Replays;

/// <summary>What the C SDK (1.15) sends, packet by packet: the client with the oddest habits (contract §0–§3).</summary>
public sealed class CReplayTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private const string Id = "c-device";

    private readonly HeldIngest _store = new();
    private TestHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await TestHub.StartAsync(database, ingest: _store);

    public async ValueTask DisposeAsync()
    {
        _store.IsOpen = true;
        _store.Commit();
        await _hub.DisposeAsync();
    }

    [Fact, Replay("C", "register"), Replay("C", "send telemetry"), Replay("C", "read the twin"), Replay("C", "report")]
    public async Task It_registers_connects_reports_and_its_resend_is_no_second_message()
    {
        var groups = _hub.Services.GetRequiredService<EnrollmentGroups>();
        var group = await groups.KeysAsync(_hub.Caller, EnrollmentGroup.DefaultId, CancellationToken.None);
        var key = DeviceKey.Derive(group.Primary, Id);

        var assigned = await RegisterAsync(key);
        Assert.Equal("hub.example.com", assigned.GetProperty("assignedHub").GetString());
        Assert.Equal(Id, assigned.GetProperty("deviceId").GetString());
        await using var hub = await ConnectAsync(key);
        await TwinAsync(hub);
        await TelemetryAsync(hub);
    }

    /// <summary>Keep-alive 0, clean session, QoS 0, lower-case %2f with skn in the middle, polling with the register body.</summary>
    private async Task<JsonElement> RegisterAsync(string key)
    {
        var resource = $"{_hub.Application.IdScope}%2fregistrations%2f{Id}";
        var expiry = TimeProvider.System.GetUtcNow().AddSeconds(2400).ToUnixTimeSeconds();
        var mac = Uri.EscapeDataString(
            Sign.Mac(key, string.Create(CultureInfo.InvariantCulture, $"{resource}\n{expiry}"))
        );
        var login = new Login(
            Id,
            $"{_hub.Application.IdScope}/registrations/{Id}/api-version=2021-06-01&ClientVersion=1.15.0",
            $"SharedAccessSignature sr={resource}&sig={mac}&skn=registration&se={expiry}"
        );
        var body = $$"""{"registrationId":"{{Id}}"}""";
        await using var dps = await _hub.OpenAsync();

        Assert.Equal(0, await dps.ConnectAsync(login, keepAlive: 0));
        Assert.Equal([1], await dps.SubscribeAsync(1, ("$dps/registrations/res/#", 1)));
        await dps.PublishAsync("$dps/registrations/PUT/iotdps-register/?$rid=1", body);
        var answer = await dps.ReadAsync(MqttClient.Publish);
        var operation = JsonDocument.Parse(answer.Payload).RootElement.GetProperty("operationId").GetString();
        await dps.PublishAsync(
            $"$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId={operation}",
            body
        );
        var status = await dps.ReadAsync(MqttClient.Publish);

        Assert.Equal("$dps/registrations/res/200/?$rid=1", answer.Topic);
        Assert.Equal("$dps/registrations/res/200/?$rid=2", status.Topic);
        var document = JsonDocument.Parse(status.Payload).RootElement;
        Assert.Equal("assigned", document.GetProperty("status").GetString());
        return document.GetProperty("registrationState").Clone();
    }

    /// <summary>Session not clean, raw resource, everything in one SUBSCRIBE.</summary>
    private async Task<MqttClient> ConnectAsync(string key)
    {
        var hub = await _hub.OpenAsync();
        var login = new Login(
            Id,
            $"hub.example.com/{Id}/?api-version=2020-09-30&DeviceClientType=iothubclient%2f1.15.0&model-id=dtmi%3acom%3aexample%3aThermostat%3b1",
            Sign.Token($"hub.example.com/devices/{Id}", key, encode: s => s)
        );
        Assert.Equal(0, await hub.ConnectAsync(login, isClean: false, keepAlive: 240));
        var codes = await hub.SubscribeAsync(
            2,
            ($"devices/{Id}/messages/devicebound/#", 1),
            ("$iothub/twin/res/#", 0),
            ("$iothub/twin/PATCH/properties/desired/#", 0),
            ("$iothub/methods/POST/#", 0)
        );
        Assert.Equal([1, 0, 0, 0], codes);
        return hub;
    }

    private static async Task TwinAsync(MqttClient hub)
    {
        await hub.PublishAsync("$iothub/twin/GET/?$rid=2", "");
        Assert.Equal("$iothub/twin/res/200/?$rid=2", (await hub.ReadAsync(MqttClient.Publish)).Topic);
        await hub.PublishAsync("$iothub/twin/PATCH/properties/reported/?$rid=3", """{"maxTempSinceLastReboot":38.2}""");
        var reported = await hub.ReadAsync(MqttClient.Publish);
        Assert.Equal(("$iothub/twin/res/204/?$rid=3&$version=2", 0), (reported.Topic, reported.Qos));
    }

    /// <summary>After 60 s without an acknowledgement it sends the same packet again, without DUP.</summary>
    private async Task TelemetryAsync(MqttClient hub)
    {
        const string topic = $"devices/{Id}/messages/events/%24.ct=application%2fjson&%24.ce=utf8&%24.sub=thermostat1";
        await hub.PublishAsync(topic, """{"temperature":22.1}""", packetId: 4);
        await _store.HasAsync(1);
        await hub.PublishAsync(topic, """{"temperature":22.1}""", packetId: 4);
        await hub.PublishAsync(topic, """{"temperature":22.2}""", packetId: 5);
        var messages = await _store.HasAsync(2);
        _store.Commit();

        Assert.Equal(4, (await hub.ReadAsync(MqttClient.PubAck)).Id);
        Assert.Equal(5, (await hub.ReadAsync(MqttClient.PubAck)).Id);
        Assert.Equal(2, messages.Count);
        Assert.All(messages, m => Assert.Equal("thermostat1", m.Component));
    }
}
