using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Twins;
using IoTCentral.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Tests.Replays;

/// <summary>What a test replays: docs/replays.md is made of these.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ReplayAttribute(string sdk, string operation) : Attribute
{
    public string Sdk => sdk;
    public string Operation => operation;
}

/// <summary>What the cloud does while a replayed client talks, and what SDKs have in common.</summary>
public abstract class ReplayTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private protected const string Host = "hub.example.com";
    private protected const string TwinAnswers = "$iothub/twin/res/#";
    private protected const string DesiredPatches = "$iothub/twin/PATCH/properties/desired/#";
    private protected const string Methods = "$iothub/methods/POST/#";
    private protected const string Registrations = "$dps/registrations/res/#";

    private protected TestHub Hub => fixture.Hub;

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected static string CloudFilter(string id) => $"devices/{id}/messages/devicebound/#";

    private protected async Task<string> KeyAsync(string id) => (await Hub.DeviceAsync(id)).Keys.Primary;

    /// <summary>Of a device that has not registered yet.</summary>
    private protected async Task<string> DerivedKeyAsync(string id)
    {
        var groups = Hub.Services.GetRequiredService<EnrollmentGroups>();
        return DeviceKey.Derive((await groups.KeysAsync(Hub.Caller, EnrollmentGroup.DefaultId, Ct)).Primary, id);
    }

    /// <summary>A token whose fields come in this order.</summary>
    /// <param name="format">{0} resource, {1} signature, {2} end.</param>
    private protected static string Token(string format, string resource, string key)
    {
        var end = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        var signature = Sign.Mac(key, string.Create(CultureInfo.InvariantCulture, $"{resource}\n{end}"));
        return string.Format(
            CultureInfo.InvariantCulture,
            $"SharedAccessSignature {format}",
            resource,
            Uri.EscapeDataString(signature),
            end
        );
    }

    private protected async Task<Task<MethodAnswer>> CallAsync(string id, string name, string payload)
    {
        var device = await Hub.Devices.GetAsync(Hub.Caller, id, Ct);
        var call = new MethodCall(name, Encoding.UTF8.GetBytes(payload));
        return Hub.Services.GetRequiredService<IDeviceLink>().CallAsync(Hub.Application.TenantId, device.Key, call, Ct);
    }

    private protected Task DesireAsync(string id, string patch) =>
        Hub
            .Services.GetRequiredService<TwinRegistry>()
            .PatchDesiredAsync(Hub.Caller, id, JsonNode.Parse(patch)!.AsObject(), Ct);

    private protected Task SendAsync(string id, NewCloudMessage message) =>
        Hub.Services.GetRequiredService<CloudMessages>().SendAsync(Hub.Caller, id, message, Ct);

    private protected Task<RawMessage[]> StoredAsync(string id, int count) =>
        Eventually.FindAsync(async () =>
            await Hub.StoredAsync(id) is { } stored && stored.Count >= count ? stored.ToArray() : null
        );

    private protected static async Task SubscribeEachAsync(
        MqttClient client,
        int firstId,
        params (string Filter, int Qos)[] filters
    )
    {
        foreach (var filter in filters)
            Assert.Equal([(byte)filter.Qos], await client.SubscribeAsync(firstId++, filter));
    }

    /// <summary>Sends at QoS 1: the PUBACK comes first, its answer right behind it.</summary>
    private protected static async Task<Packet> AskAsync(MqttClient client, string topic, string body, int id)
    {
        await client.PublishAsync(topic, body, id);
        Assert.Equal(id, (await client.ReadAsync(MqttClient.PubAck)).Id);
        return await ReadAndAcknowledgeAsync(client);
    }

    private protected static async Task<Packet> ReadAndAcknowledgeAsync(MqttClient client)
    {
        var packet = await client.ReadAsync(MqttClient.Publish);
        if (packet.Qos == 1)
            await client.SendAsync([0x40, 2, (byte)(packet.PacketId >> 8), (byte)packet.PacketId]);
        return packet;
    }

    private protected void Assigned(Packet answer, string id)
    {
        var document = JsonDocument.Parse(answer.Payload).RootElement;
        Assert.Equal("assigned", document.GetProperty("status").GetString());
        Assert.NotEmpty(document.GetProperty("operationId").GetString()!);
        var state = document.GetProperty("registrationState");
        Assert.Equal(
            (Host, id),
            (state.GetProperty("assignedHub").GetString(), state.GetProperty("deviceId").GetString())
        );
    }
}
