using System.Text.Json;
using System.Text.Json.Nodes;
using IoTCentral.Core.Templates;
using IoTCentral.Web.Features.Devices.Properties;

namespace IoTCentral.Web.Features.Devices.Commands;

/// <summary>One value of a request or response as people read it.</summary>
/// <param name="Label">Null: it is the whole of it.</param>
/// <param name="At">The moment it is; null: it is none.</param>
public sealed record PayloadLine(string? Label, string Text, DateTimeOffset? At = null);

/// <summary>Requests and responses in words: an object field by field, with units and the names of choices.</summary>
internal static class PayloadText
{
    /// <param name="payload">What the template says; null: nothing.</param>
    /// <param name="json">JSON text; null: there is none.</param>
    public static IReadOnlyList<PayloadLine> Of(CommandPayload? payload, string? json)
    {
        if (json is null)
            return [];
        var value = Parse(json);
        return payload?.Schema is ObjectSchema shape && value is JsonObject members
            ? [.. Lines(shape, members, "")]
            : [Line(null, payload is null ? null : CommandInput.ValueOf(payload), value)];
    }

    /// <summary>Whether it is better read as indented JSON: a structure that the template does not explain.</summary>
    public static bool IsStructure(CommandPayload? payload, string json) =>
        payload?.Schema is not (ObjectSchema or { Kind: SchemaKind.Geopoint })
        && Parse(json) is JsonObject or JsonArray;

    private static IEnumerable<PayloadLine> Lines(ObjectSchema shape, JsonObject members, string label) =>
        members.SelectMany(member =>
        {
            var field = shape.Fields.FirstOrDefault(f => f.Name == member.Key);
            var name = label + (field?.Label ?? member.Key);
            return field?.Schema is ObjectSchema inner && member.Value is JsonObject nested
                ? Lines(inner, nested, $"{name} · ")
                : [Line(name, field is null ? null : CommandInput.ValueOf(field), member.Value)];
        });

    private static PayloadLine Line(string? label, Capability? known, JsonNode? value) =>
        new(
            label,
            ValueText.Of(known, value) ?? "–",
            known?.Schema?.Kind is SchemaKind.DateTime ? ValueText.Time(value) : null
        );

    private static JsonNode? Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return JsonValue.Create(json);
        }
    }
}
