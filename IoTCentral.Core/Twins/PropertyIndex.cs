using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IoTCentral.Core.Twins;

/// <summary>A property as lists filter by it: component (empty: the root), name and value as text.</summary>
public readonly record struct IndexedProperty(string Component, string Name, string Value);

/// <summary>
/// Flattens twin properties for filters: components by their <c>__t</c> marker, acknowledgements to their value,
/// members of objects as <c>name.member</c>. Arrays and long texts are not searched.
/// </summary>
public static class PropertyIndex
{
    // 500 properties at 256 characters stay below 200 kB a device; longer texts are notes, not something to filter by.
    private const int MostProperties = 500;
    private const int MaxValue = 256;

    public static IReadOnlyList<IndexedProperty> Of(JsonObject properties)
    {
        var found = new List<IndexedProperty>();
        foreach (var (name, value) in properties)
        {
            if (value is JsonObject component && IsComponent(component))
                AddMembers(found, name, prefix: null, component);
            else
                Add(found, component: "", name, value);
        }

        return found;
    }

    /// <summary>A value as filters compare it; null when it cannot be compared.</summary>
    public static string? TextOf(JsonNode? value) =>
        value is not JsonValue scalar
            ? null
            : scalar.GetValueKind() switch
            {
                JsonValueKind.String => scalar.GetValue<string>(),
                JsonValueKind.Number => JsonSerializer
                    .SerializeToElement(scalar)
                    .GetDouble()
                    .ToString(CultureInfo.InvariantCulture),
                JsonValueKind.True => "true",
                JsonValueKind.False => "false",
                _ => null,
            };

    private static void Add(List<IndexedProperty> found, string component, string name, JsonNode? value)
    {
        if (value is JsonObject inner)
        {
            if (Acknowledgement.Is(inner))
                Add(found, component, name, inner["value"]);
            else
                AddMembers(found, component, name, inner);
        }
        else if (
            TextOf(value) is { Length: <= MaxValue } text
            && found.Count < MostProperties
            && name.Length <= MaxValue
        )
        {
            found.Add(new IndexedProperty(component, name, text));
        }
    }

    private static void AddMembers(List<IndexedProperty> found, string component, string? prefix, JsonObject members)
    {
        foreach (var (name, value) in members)
        {
            if (name != "__t")
                Add(found, component, prefix is null ? name : $"{prefix}.{name}", value);
        }
    }

    private static bool IsComponent(JsonObject value) =>
        value["__t"] is JsonValue marker && marker.TryGetValue<string>(out var kind) && kind == "c";
}
