using System.Globalization;
using System.Text;
using Amqp.Framing;
using Amqp.Types;
using Message = Amqp.Message;

namespace IoTCentral.Hub.Amqp.Wire;

/// <summary>A message of a client, its sections at hand (AMQP 1.0 §3.2).</summary>
internal sealed class IncomingMessage(Message message)
{
    private byte[]? _body;

    // Read at once: an id of a type that no id may have is no message.
    public object? MessageId { get; } = message.Properties?.GetMessageId();
    public object? CorrelationId { get; } = message.Properties?.GetCorrelationId();
    public Properties? Properties => message.Properties;

    /// <summary>The body's bytes: its data sections one after the other, or its text.</summary>
    public byte[] Body =>
        _body ??= message.BodySection switch
        {
            Data data => data.Binary ?? [],
            DataList list => [.. Parts(list).SelectMany(p => p)],
            AmqpValue { Value: string text } => Encoding.UTF8.GetBytes(text),
            AmqpValue { Value: byte[] bytes } => bytes,
            _ => [],
        };

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>False: it is something else than bytes or text.</summary>
    public bool HasBytes =>
        message.BodySection is null or Data or DataList or AmqpValue { Value: null or string or byte[] };

    /// <summary>Each data section by itself.</summary>
    public IEnumerable<byte[]> Parts() =>
        message.BodySection switch
        {
            DataList list => Parts(list),
            Data data => [data.Binary ?? []],
            _ => [],
        };

    public IEnumerable<KeyValuePair<string, string?>> Application =>
        (message.ApplicationProperties?.Map ?? []).Select(p =>
            KeyValuePair.Create(p.Key.ToString() ?? "", TextOf(p.Value))
        );

    public string? FindApplication(string name) =>
        message.ApplicationProperties?.Map.TryGetValue(name, out var value) == true ? TextOf(value) : null;

    public object? FindAnnotation(string name) =>
        message.MessageAnnotations?.Map.TryGetValue(new Symbol(name), out var value) == true ? value : null;

    /// <summary>Null: it is no message.</summary>
    public static IncomingMessage? TryRead(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var copy = bytes.ToArray();
            return new IncomingMessage(Message.Decode(new global::Amqp.ByteBuffer(copy, 0, copy.Length, copy.Length)));
        }
        catch (Exception e) when (AmqpFrame.IsUnreadable(e))
        {
            return null;
        }
    }

    /// <summary>As a topic or header would spell it; what has no such spelling is null.</summary>
    public static string? TextOf(object? value) =>
        value switch
        {
            null => null,
            string text => text,
            bool truth => truth ? "true" : "false",
            DateTime time => time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
            byte[] bytes => Encoding.UTF8.GetString(bytes),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            Symbol symbol => symbol.ToString(),
            _ => null,
        };

    private static IEnumerable<byte[]> Parts(DataList list) =>
        Enumerable.Range(0, list.Count).Select(i => list[i].Binary ?? []);
}

/// <summary>Messages for clients.</summary>
internal static class OutgoingMessage
{
    public static byte[] Encode(Action<Message> fill, ReadOnlyMemory<byte> body) =>
        Encode(fill, new Data { Binary = body.ToArray() });

    public static byte[] Encode(Action<Message> fill, RestrictedDescribed body)
    {
        var message = new Message { BodySection = body };
        fill(message);
        var buffer = message.Encode();
        return buffer.Buffer.AsSpan(buffer.Offset, buffer.Length).ToArray();
    }
}
