using System.Globalization;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Mqtt;

namespace IoTCentral.Hub.Twins;

/// <summary>Twin requests of one MQTT connection: read it all, report (contract §2.5); and desired patches to it.</summary>
internal sealed class TwinRequests(
    MqttConnection connection,
    RequestQueue requests,
    TwinDesk desk,
    Subscriptions subscriptions
)
{
    public ValueTask AnswerAsync(TwinRequest request, in PublishPacket packet)
    {
        var query = request.Query;
        if (!request.IsReport)
            return AnswerAsync(packet.PacketId, 200, query, () => desk.GetAsync(connection.Ended));
        var patch = packet.Body.ToArray();
        return AnswerAsync(
            packet.PacketId,
            200 + patch.Length,
            query,
            () => desk.ReportAsync(patch, query.Version, connection.Ended)
        );
    }

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

    private ValueTask AnswerAsync(ushort packetId, int bytes, TopicQuery query, Func<Task<TwinReply>> answer) =>
        requests.AddAsync(
            packetId,
            bytes,
            async () => Packet(query, await answer()),
            () => Packet(query, desk.Unavailable())
        );

    /// <summary>Null when the device does not listen: it gets nothing it did not ask for.</summary>
    private byte[]? Packet(TopicQuery query, TwinReply reply)
    {
        if (subscriptions.Twin is not { } qos)
            return null;
        var suffix = reply.Version is { } version
            ? string.Create(CultureInfo.InvariantCulture, $"&$version={version}")
            : "";
        var topic = string.Create(
            CultureInfo.InvariantCulture,
            $"$iothub/twin/res/{reply.Status}/?$rid={query.RequestId}{suffix}"
        );
        return PacketWriter.Publish(topic, reply.Body, connection.Ids.Next(qos));
    }
}
