using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using IoTCentral.Core.Templates;

namespace IoTCentral.Web.Features.Devices.Properties;

/// <summary>A cloud property as a form holds it: text in, JSON out.</summary>
internal static class CloudInput
{
    private const string LocalMinute = "yyyy-MM-ddTHH:mm:ss";

    /// <summary>The stored value as its input shows it; empty: none.</summary>
    public static string TextOf(Capability capability, JsonNode? value, Ui.ViewerZone zone) =>
        (capability.Schema?.Kind, value) switch
        {
            (_, null) => "",
            (SchemaKind.Boolean, JsonValue v) when v.TryGetValue<bool>(out var b) => b ? "true" : "false",
            (SchemaKind.DateTime, JsonValue v) when Moment(v) is { } at => zone.Local(at)
                .ToString(LocalMinute, CultureInfo.InvariantCulture),
            (SchemaKind.Geopoint, JsonObject) => ValueText.Of(null, value) ?? "",
            (_, JsonValue v) when v.GetValueKind() == JsonValueKind.String => v.GetValue<string>(),
            _ => value.ToJsonString(),
        };

    /// <summary>
    /// What the text means. Null value: nothing, the property is to be removed. The fault says how to mend it.
    /// </summary>
    public static (JsonNode? Value, string? Fault) Read(Capability capability, string text, Ui.ViewerZone zone)
    {
        text = text.Trim();
        if (text.Length == 0)
            return (null, null);
        var json = Json(capability.Schema!, text, zone);
        if (json is null)
            return (null, Conformance.InputFault(capability, JsonSerializer.SerializeToElement(text)));
        return (json, Conformance.InputFault(capability, JsonSerializer.SerializeToElement(json)));
    }

    private static JsonNode? Json(Schema schema, string text, Ui.ViewerZone zone) =>
        schema.Kind switch
        {
            SchemaKind.Boolean => text is "true" or "false" ? JsonValue.Create(text == "true") : null,
            _ when schema.IsNumeric => Number(text),
            SchemaKind.Enum => ((EnumSchema)schema).IsText ? JsonValue.Create(text) : Number(text),
            SchemaKind.DateTime => MomentOf(text, zone),
            SchemaKind.Geopoint => Place(text),
            SchemaKind.String or SchemaKind.Date or SchemaKind.Duration => JsonValue.Create(text),
            // a browser leaves out the seconds when they are 0
            SchemaKind.Time => JsonValue.Create(text.Length == 5 ? text + ":00" : text),
            _ => Parse(text),
        };

    private static JsonValue? Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            ? JsonValue.Create(whole)
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number)
            ? JsonValue.Create(number)
        : null;

    private static JsonValue? MomentOf(string text, Ui.ViewerZone zone) =>
        DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
            ? JsonValue.Create(
                zone.FromLocal(local).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)
            )
            : null;

    /// <summary>"52.52, 13.405": latitude, longitude, as maps give them to copy.</summary>
    private static JsonObject? Place(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries) is [var lat, var lon]
        && double.TryParse(lat, NumberStyles.Float, CultureInfo.InvariantCulture, out var latitude)
        && double.TryParse(lon, NumberStyles.Float, CultureInfo.InvariantCulture, out var longitude)
            ? new JsonObject { ["lat"] = latitude, ["lon"] = longitude }
            : null;

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static DateTimeOffset? Moment(JsonValue value) =>
        value.GetValueKind() == JsonValueKind.String
        && DateTimeOffset.TryParse(
            value.GetValue<string>(),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var at
        )
            ? at
            : null;
}
