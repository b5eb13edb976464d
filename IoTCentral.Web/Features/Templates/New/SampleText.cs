using System.Buffers;
using System.Text;
using System.Text.Json;
using IoTCentral.Core.Templates;

namespace IoTCentral.Web.Features.Templates.New;

/// <summary>Takes pasted text apart into messages: one object, several one after another, or an array of them.</summary>
internal static class SampleText
{
    // More tell nothing new about names and types.
    private const int MostMessages = 500;

    /// <summary>The messages; text that is not JSON is one message, whose reader says what is wrong with it.</summary>
    public static IReadOnlyList<SampleMessage> Split(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var messages = new List<SampleMessage>();
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { AllowMultipleValues = true });
        try
        {
            while (messages.Count < MostMessages && reader.Read())
            {
                using var value = JsonDocument.ParseValue(ref reader);
                messages.AddRange(Messages(value.RootElement).Take(MostMessages - messages.Count));
            }
        }
        catch (JsonException)
        {
            return [new SampleMessage("", utf8)];
        }

        return messages;
    }

    private static IEnumerable<SampleMessage> Messages(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(Message) : [Message(value)];

    private static SampleMessage Message(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            value.WriteTo(json);
        return new SampleMessage("", buffer.WrittenMemory);
    }
}
