using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Templates;

namespace IoTCentral.Web.Features.Devices.Raw;

/// <summary>A field of a message that its device's template does not explain.</summary>
/// <param name="Why">In words; null: the template has no such telemetry.</param>
public sealed record Stray(string Name, string? Why);

/// <summary>A stored message as the raw-data page shows it.</summary>
public sealed record MessageView
{
    private const int MaxLine = 160;

    // A body is at most 256 KB; beyond this a page is no place to read it.
    private const int MaxShown = 64 * 1024;

    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    public required RawMessage Message { get; init; }
    public required IReadOnlyList<Stray> Strays { get; init; }

    /// <summary>Why no value could be read from the body, in words; null: it is a JSON object.</summary>
    public string? Fault { get; init; }

    /// <summary>The body on one line, shortened.</summary>
    public required string Line { get; init; }

    public static MessageView Of(RawMessage message, DeviceTemplate? template) =>
        new()
        {
            Message = message,
            Fault = PayloadReader.TryRead(message.Body, [], out var fault) ? null : fault,
            Strays = template is null ? [] : StraysOf(message, template),
            Line = Shown(message.Body),
        };

    /// <summary>A body on one line, shortened.</summary>
    public static string Shown(byte[] body) => Shorten(Text(body.AsSpan(0, Math.Min(body.Length, 4 * MaxLine))));

    public static MessageView Of(CommittedMessage live, DeviceTemplate? template) =>
        Of(
            new RawMessage
            {
                Position = live.Message.Position,
                Received = live.Message.Received,
                MessageTime = live.Message.MessageTime,
                Component = live.Message.Component,
                Body = live.Message.Body.ToArray(),
                Properties = live.Message.Properties.IsEmpty ? null : live.Message.Properties.ToArray(),
                Flags = live.Message.Flags,
            },
            template
        );

    /// <summary>The body to read: indented JSON, text as it is, bytes as hex.</summary>
    public string Pretty() => Pretty(Message.Body);

    /// <summary>Properties of the message as indented JSON; null: it has none.</summary>
    public string? PrettyProperties() => Message.Properties is { Length: > 0 } bytes ? Pretty(bytes) : null;

    /// <summary>Indented JSON; text as it is, bytes as hex.</summary>
    public static string Pretty(byte[] bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes);
            return Cut(JsonSerializer.Serialize(json.RootElement, Plain));
        }
        catch (JsonException)
        {
            return Cut(Text(bytes));
        }
    }

    private static List<Stray> StraysOf(RawMessage message, DeviceTemplate template)
    {
        var strays = new List<Stray>();
        // a module has no template that would know its values
        if (ModuleComponent.Read(message.Component).Module is not null)
            return strays;
        if (template.Index.Component(message.Component) is not { } component)
            return [new Stray(message.Component, null)];
        try
        {
            var reader = new Utf8JsonReader(message.Body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return strays;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                var capability = component.Find(ref reader);
                reader.Read();
                if (capability is not { Kind: CapabilityKind.Telemetry, Schema: { } schema })
                {
                    strays.Add(new Stray(name, null));
                    reader.Skip();
                }
                else if (Conformance.Misfit(schema, ref reader) is { } why)
                {
                    strays.Add(new Stray(name, why));
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // not JSON, or bad UTF-8: Fault says so
        }

        return strays;
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Convert.ToHexString(bytes);
        }
    }

    private static string Shorten(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= MaxLine ? line : line[..MaxLine] + "…";
    }

    private static string Cut(string text) => text.Length <= MaxShown ? text : text[..MaxShown] + "\n…";
}
