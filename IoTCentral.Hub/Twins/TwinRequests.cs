using System.Globalization;
using System.Text;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Twins;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Mqtt;

namespace IoTCentral.Hub.Twins;

/// <summary>Twin requests of one connection: read it all, report (contract §2.5); and desired patches to it.</summary>
internal sealed class TwinRequests
{
    private readonly MqttConnection _connection;
    private readonly HubServices _hub;
    private readonly SignedIn _device;
    private readonly Subscriptions _subscriptions;
    private readonly RequestQueue _requests;
    private int _packetId;

    public TwinRequests(MqttConnection connection, HubServices hub, SignedIn device, Subscriptions subscriptions)
    {
        _connection = connection;
        _hub = hub;
        _device = device;
        _subscriptions = subscriptions;
        _requests = new RequestQueue(connection, hub.Logger);
    }

    /// <summary>A PUBLISH below <c>$iothub/</c>.</summary>
    public ValueTask PublishAsync(in PublishPacket packet)
    {
        var get = "$iothub/twin/GET/?"u8;
        var report = "$iothub/twin/PATCH/properties/reported/?"u8;
        if (packet.Topic.StartsWith(get) && TopicQuery.TryRead(packet.Topic[get.Length..], out var query))
            return GetAsync(packet.PacketId, query);
        if (packet.Topic.StartsWith(report) && TopicQuery.TryRead(packet.Topic[report.Length..], out query))
            return ReportAsync(packet.PacketId, query, packet.Body.ToArray());
        if (packet.Topic.StartsWith("$iothub/methods/res/"u8))
            return IgnoreAsync(packet.PacketId); // nobody waits for it (any more)

        var topic = DeviceSession.Short(Encoding.UTF8.GetString(packet.Topic));
        _connection.Close(
            new Closing(ConnectionCode.BadTopic, $"It published to '{topic}', which is no topic of this hub.")
        );
        return default;
    }

    public bool PushDesired(ReadOnlyMemory<byte> patch, long version)
    {
        if (_subscriptions.Desired is not { } qos)
            return false;
        var topic = string.Create(
            CultureInfo.InvariantCulture,
            $"$iothub/twin/PATCH/properties/desired/?$version={version}"
        );
        _connection.Send(PacketWriter.Publish(topic, patch.Span, NextPacketId(qos)));
        return true;
    }

    private ValueTask GetAsync(ushort packetId, TopicQuery query) =>
        _requests.AddAsync(
            packetId,
            bytes: 200,
            async () =>
                await _hub.Twins.ReadAsync(_device.TenantId, _device.DeviceKey, _connection.Ended) is { } twin
                    ? Answer(200, query, null, twin)
                    : Refuse(404, query, "The device does not exist any more."),
            () => Refuse(503, query, "Storage cannot be reached at the moment. Ask again shortly.")
        );

    private ValueTask ReportAsync(ushort packetId, TopicQuery query, byte[] patch) =>
        _requests.AddAsync(
            packetId,
            bytes: 200 + patch.Length,
            async () =>
            {
                var (tenant, key) = (_device.TenantId, _device.DeviceKey);
                var answer = await _hub.Twins.ReportAsync(tenant, key, patch, query.Version, _connection.Ended);
                return answer.Message is null
                    ? Answer(answer.Status, query, answer.Version, [])
                    : Refuse(answer.Status, query, answer.Message);
            },
            () => Refuse(503, query, "Storage cannot be reached at the moment. Report again shortly.")
        );

    private ValueTask IgnoreAsync(ushort packetId) =>
        _requests.AddAsync(packetId, bytes: 100, () => Task.FromResult<byte[]?>(null), () => null);

    private byte[]? Refuse(int status, TopicQuery query, string message) =>
        Answer(status, query, null, ErrorBody.OfStatus(status, message, _hub.Time.GetUtcNow()));

    /// <summary>Null when the device does not listen: it gets nothing it did not ask for.</summary>
    private byte[]? Answer(int status, TopicQuery query, long? version, byte[] body)
    {
        if (_subscriptions.Twin is not { } qos)
            return null;
        var suffix = version is null ? "" : string.Create(CultureInfo.InvariantCulture, $"&$version={version}");
        var topic = string.Create(
            CultureInfo.InvariantCulture,
            $"$iothub/twin/res/{status}/?$rid={query.RequestId}{suffix}"
        );
        return PacketWriter.Publish(topic, body, NextPacketId(qos));
    }

    private ushort NextPacketId(int qos) =>
        qos == 0 ? (ushort)0 : (ushort)((uint)Interlocked.Increment(ref _packetId) % ushort.MaxValue + 1);
}
