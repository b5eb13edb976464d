using System.Globalization;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Twins;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Mqtt;

namespace IoTCentral.Hub.Twins;

/// <summary>Twin requests of one connection: read it all, report (contract §2.5); and desired patches to it.</summary>
internal sealed class TwinRequests(
    MqttConnection connection,
    RequestQueue requests,
    HubServices hub,
    SignedIn device,
    Subscriptions subscriptions
)
{
    public ValueTask AnswerAsync(TwinRequest request, in PublishPacket packet) =>
        request.IsReport
            ? ReportAsync(packet.PacketId, request.Query, packet.Body.ToArray())
            : GetAsync(packet.PacketId, request.Query);

    public bool PushDesired(ReadOnlyMemory<byte> patch, long version)
    {
        if (subscriptions.Desired is not { } qos)
            return false;
        var topic = string.Create(
            CultureInfo.InvariantCulture,
            $"$iothub/twin/PATCH/properties/desired/?$version={version}"
        );
        connection.Send(PacketWriter.Publish(topic, patch.Span, connection.Ids.Next(qos)));
        return true;
    }

    private ValueTask GetAsync(ushort packetId, TopicQuery query) =>
        requests.AddAsync(
            packetId,
            bytes: 200,
            async () =>
                await hub.Twins.ReadAsync(device.TenantId, device.DeviceKey, connection.Ended) is { } twin
                    ? Answer(200, query, null, twin)
                    : Refuse(404, query, "The device does not exist any more."),
            () => Refuse(503, query, "Storage cannot be reached at the moment. Ask again shortly.")
        );

    private ValueTask ReportAsync(ushort packetId, TopicQuery query, byte[] patch) =>
        requests.AddAsync(
            packetId,
            bytes: 200 + patch.Length,
            async () =>
            {
                var (tenant, key) = (device.TenantId, device.DeviceKey);
                var answer = await hub.Twins.ReportAsync(tenant, key, patch, query.Version, connection.Ended);
                return answer.Message is null
                    ? Answer(answer.Status, query, answer.Version, [])
                    : Refuse(answer.Status, query, answer.Message);
            },
            () => Refuse(503, query, "Storage cannot be reached at the moment. Report again shortly.")
        );

    private byte[]? Refuse(int status, TopicQuery query, string message) =>
        Answer(status, query, null, ErrorBody.OfStatus(status, message, hub.Time.GetUtcNow()));

    /// <summary>Null when the device does not listen: it gets nothing it did not ask for.</summary>
    private byte[]? Answer(int status, TopicQuery query, long? version, byte[] body)
    {
        if (subscriptions.Twin is not { } qos)
            return null;
        var suffix = version is null ? "" : string.Create(CultureInfo.InvariantCulture, $"&$version={version}");
        var topic = string.Create(
            CultureInfo.InvariantCulture,
            $"$iothub/twin/res/{status}/?$rid={query.RequestId}{suffix}"
        );
        return PacketWriter.Publish(topic, body, connection.Ids.Next(qos));
    }
}
