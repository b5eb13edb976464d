using IoTCentral.Hub.Amqp.Wire;
using IoTCentral.Hub.Telemetry;

namespace IoTCentral.Hub.Amqp;

/// <summary>A message's properties and annotations as the topic of MQTT would spell them (contract §2.4, §5).</summary>
internal static class AmqpProperties
{
    private const int AbsoluteExpiryTime = 8;

    public static PropertyBag Of(IncomingMessage message) =>
        PropertyBag.Of(System(message).Where(p => p.Value is not null).Concat(message.Application.Select(Own)));

    private static IEnumerable<KeyValuePair<string, string?>> System(IncomingMessage message)
    {
        if (message.Properties is { } properties)
        {
            yield return new("$.mid", IncomingMessage.TextOf(message.MessageId));
            yield return new("$.cid", IncomingMessage.TextOf(message.CorrelationId));
            yield return new("$.uid", IncomingMessage.TextOf(properties.UserId));
            yield return new("$.to", properties.To);
            yield return new("$.ct", properties.ContentType?.ToString());
            yield return new("$.ce", properties.ContentEncoding?.ToString());
            if (properties.HasField(AbsoluteExpiryTime))
                yield return new("$.exp", IncomingMessage.TextOf(properties.AbsoluteExpiryTime));
        }

        yield return new("$.sub", IncomingMessage.TextOf(message.FindAnnotation("dt-subject")));
        yield return new("$.ifid", IncomingMessage.TextOf(message.FindAnnotation("iothub-interface-id")));
    }

    private static KeyValuePair<string, string?> Own(KeyValuePair<string, string?> property) =>
        property.Key switch
        {
            "iothub-outputname" => new("$.on", property.Value),
            "iothub-message-schema" => new("$.schema", property.Value),
            _ => property,
        };
}
