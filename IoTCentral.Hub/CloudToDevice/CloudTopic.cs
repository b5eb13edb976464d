using System.Globalization;
using System.Text;
using IoTCentral.Core.CloudToDevice;

namespace IoTCentral.Hub.CloudToDevice;

/// <summary>The topic of a message to a device, with its properties (contract §2.7).</summary>
internal static class CloudTopic
{
    /// <summary>
    /// Names of system properties stand percent-encoded, since the C SDK looks for that text; and the bag is never empty,
    /// since the C# SDK reads it unasked (contract §0 traps 3 and 4).
    /// </summary>
    /// <param name="path">What follows <c>devices/</c>: the device's id, or <c>D/modules/M</c>.</param>
    /// <param name="level">The same as its subscription spells it; null: as it is.</param>
    public static string Of(string path, CloudMessage message, string? level = null)
    {
        var topic = new StringBuilder("devices/").Append(Level(level ?? path)).Append("/messages/devicebound/");
        Add(topic, "%24.mid", message.MessageId);
        Add(topic, "%24.cid", message.CorrelationId);
        Add(topic, "%24.to", $"/devices/{path}/messages/deviceBound");
        Add(topic, "%24.uid", message.UserId);
        Add(topic, "%24.exp", message.Expires.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        Add(topic, "%24.ct", message.ContentType);
        Add(topic, "%24.ce", message.ContentEncoding);
        Add(topic, "iothub-ack", Ack(message.Ack));
        foreach (var (name, value) in message.Properties)
        {
            if (value is null)
                topic.Append(Uri.EscapeDataString(name)).Append('&');
            else
                Add(topic, Uri.EscapeDataString(name), value);
        }

        topic.Length--;
        return topic.ToString();
    }

    private static void Add(StringBuilder topic, string name, string? value)
    {
        if (value is not null)
            topic.Append(name).Append('=').Append(Uri.EscapeDataString(value)).Append('&');
    }

    private static string Ack(CloudAck ack) =>
        ack switch
        {
            CloudAck.Positive => "positive",
            CloudAck.Negative => "negative",
            CloudAck.Full => "full",
            _ => "none",
        };

    // Ids may hold MQTT's wildcards, a topic to publish to may not.
    private static string Level(string path) =>
        path.Replace("+", "%2B", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal);
}
