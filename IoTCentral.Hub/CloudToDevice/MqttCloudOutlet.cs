using IoTCentral.Core.CloudToDevice;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Mqtt;

namespace IoTCentral.Hub.CloudToDevice;

/// <summary>
/// Messages by MQTT: at QoS 1 a message has arrived with its PUBACK, at QoS 0 when it was sent. MQTT cannot refuse one or
/// put it back (contract §2.7).
/// </summary>
internal sealed class MqttCloudOutlet(MqttConnection connection, Subscriptions subscriptions, string path)
    : ICloudOutlet
{
    public CancellationToken Ended => connection.Ended;

    public int Room => subscriptions.CloudToDevice is null ? 0 : int.MaxValue;

    public void Send(CloudMessage message, Action<CloudEnding, Action<bool>?> end)
    {
        // Unsubscribed a moment ago, it gets this one nevertheless and may ignore it.
        var qos = subscriptions.CloudToDevice ?? 0;
        var id = connection.Ids.Next(qos, () => end(CloudEnding.Complete, null));
        var topic = CloudTopic.Of(path, message, subscriptions.CloudLevel);
        connection.Send(PacketWriter.Publish(topic, message.Body.Span, id));
        if (qos == 0)
            end(CloudEnding.Complete, null);
    }
}
