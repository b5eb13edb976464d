using System.Text.Json;
using System.Text.Json.Nodes;

namespace IoTCentral.Core.Twins;

/// <summary>A device's answer to what is wanted of a property: the reported object <c>{value, ac, av, ad}</c>.</summary>
/// <param name="Value">What the device has now; null: nothing, or it did not say.</param>
/// <param name="Code">HTTP-like: 200 accepted, 202 in progress, 203 the device's own default, 4xx and 5xx refused.</param>
/// <param name="Version">The desired version of the whole twin that it answers; 0: none.</param>
/// <param name="Description">The device's own words.</param>
public sealed record Acknowledgement(JsonNode? Value, long Code, long Version, string? Description)
{
    /// <summary>
    /// An object with <c>ac</c> and <c>av</c>, perhaps <c>value</c> and <c>ad</c>, and nothing else is an answer, not a
    /// value. A null as value is gone when the report is merged: so devices answer that a wish was taken back.
    /// </summary>
    public static bool Is(JsonObject reported) =>
        reported.All(p => p.Key is "value" or "ac" or "av" or "ad")
        && Whole(reported["ac"]) is not null
        && Whole(reported["av"]) is not null;

    /// <param name="metadata">The twin's metadata of this property; tells old words from new ones.</param>
    /// <returns>Null: the device reports a plain value, or nothing.</returns>
    public static Acknowledgement? Of(JsonNode? reported, JsonNode? metadata = null) =>
        reported is JsonObject o && Is(o)
            ? new(o["value"], Whole(o["ac"])!.Value, Whole(o["av"])!.Value, Words(o, metadata as JsonObject))
            : null;

    /// <summary>Reports merge: words that an earlier answer gave stay in the twin when a later answer has none.</summary>
    private static string? Words(JsonObject answer, JsonObject? metadata) =>
        answer["ad"] is JsonValue words
        && words.TryGetValue<string>(out var text)
        && text.Length > 0
        && !(TwinStamp.Of(metadata?["ad"]).Version < TwinStamp.Of(metadata?["ac"]).Version)
            ? text
            : null;

    private static long? Whole(JsonNode? node) =>
        node is JsonValue value
        && value.GetValueKind() == JsonValueKind.Number
        && JsonSerializer.SerializeToElement(value).TryGetDouble(out var number)
        && Math.Floor(number) == number
        && Math.Abs(number) < 1e15
            ? (long)number
            : null;
}
