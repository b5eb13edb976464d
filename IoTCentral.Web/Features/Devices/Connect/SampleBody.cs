using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using IoTCentral.Core.Templates;

namespace IoTCentral.Web.Features.Devices.Connect;

/// <summary>A first message for a device: values that its template asks for.</summary>
internal static class SampleBody
{
    private const int Most = 3;
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>JSON on one line; without a template or telemetry of its own a temperature.</summary>
    public static string Of(DeviceTemplate? template)
    {
        var body = new JsonObject();
        foreach (
            var c in (template?.Capabilities ?? []).Where(c => c is { Kind: CapabilityKind.Telemetry, Component: "" })
        )
        {
            // quotes and backslashes would have to be escaped differently in each language
            if (body.Count < Most && Example(c) is { } value && IsPlain(c.Name))
                body[c.Name] = value;
        }

        return body.Count == 0 ? """{"temperature": 21.5}""" : body.ToJsonString(Plain);
    }

    private static JsonValue? Example(Capability c) =>
        c.Schema switch
        {
            { Kind: SchemaKind.Boolean } => JsonValue.Create(true),
            { Kind: SchemaKind.Integer or SchemaKind.Long } => JsonValue.Create((long)Middle(c, 10)),
            { IsNumeric: true } => JsonValue.Create(Middle(c, 21.5)),
            EnumSchema { IsText: true, Values: [var first, ..] } when IsPlain(first.Value) => JsonValue.Create(
                first.Value
            ),
            _ => null,
        };

    private static double Middle(Capability c, double otherwise) =>
        c is { MinValue: { } min, MaxValue: { } max } && double.IsFinite(max - min)
            ? Math.Round(min + (max - min) / 2, 1)
            : otherwise;

    private static bool IsPlain(string text) =>
        text.All(ch => char.IsAsciiLetterOrDigit(ch) || ch is '_' or '-' or ' ');
}
