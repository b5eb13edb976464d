using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Twins;

namespace IoTCentral.Web.Features.Devices.Properties;

/// <summary>Values as people read them: with unit, with the names of states, without JSON where it can be avoided.</summary>
internal static class ValueText
{
    private const int MaxLength = 200;
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Null: there is no value.</summary>
    public static string? Of(Capability? capability, JsonNode? value) =>
        value switch
        {
            null => null,
            JsonObject ack when Acknowledgement.Is(ack) => Of(capability, ack["value"]),
            JsonObject place when Place(place) is { } text => text,
            JsonValue scalar => Scalar(capability, scalar),
            _ => Shorten(value.ToJsonString(Plain)),
        };

    /// <summary>A telemetry value; the series says what it means, if it is in the template.</summary>
    public static string Of(TemplateSeries? series, Point point) =>
        point.Kind switch
        {
            PointKind.Number => Number(series?.Schema, series?.Display, point.Number),
            PointKind.Boolean => YesNo(series?.Capability, point.Number != 0),
            PointKind.Location => Coordinates(point.Number, point.Number2),
            _ => Shorten(series?.Schema is EnumSchema states ? states.Label(point.Text ?? "") : point.Text ?? ""),
        };

    /// <summary>A moment written as ISO 8601 with its offset; null: it is none.</summary>
    public static DateTimeOffset? Time(JsonNode? value) =>
        value switch
        {
            JsonObject ack when Acknowledgement.Is(ack) => Time(ack["value"]),
            JsonValue scalar when scalar.TryGetValue<string>(out var text) => DateTimeOffset.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var at
            )
                ? at
                : null,
            _ => null,
        };

    public static string Coordinates(double latitude, double longitude) =>
        string.Create(CultureInfo.InvariantCulture, $"{latitude:0.#####}, {longitude:0.#####}");

    private static string Scalar(Capability? capability, JsonValue value) =>
        value.GetValueKind() switch
        {
            JsonValueKind.Number when capability is { Schema: null } => value.ToJsonString(), // as it was written
            JsonValueKind.Number => Number(
                capability?.Schema,
                capability is null ? null : ValueDisplay.Of(capability),
                JsonSerializer.SerializeToElement(value).GetDouble()
            ),
            JsonValueKind.True or JsonValueKind.False => YesNo(capability, value.GetValueKind() == JsonValueKind.True),
            JsonValueKind.String when capability?.Schema is EnumSchema states => states.Label(value.GetValue<string>()),
            JsonValueKind.String => Shorten(value.GetValue<string>()),
            _ => value.ToJsonString(),
        };

    private static string Number(Schema? schema, ValueDisplay? display, double value) =>
        schema is EnumSchema states ? states.Label(value.ToString(CultureInfo.InvariantCulture))
        : display is { } shown ? shown.FormatWithUnit(value, CultureInfo.CurrentCulture)
        : Ui.Figures.Format(value);

    private static string YesNo(Capability? capability, bool value) =>
        (value ? capability?.TrueName : capability?.FalseName)?.For(CultureInfo.CurrentUICulture)
        ?? (value ? "true" : "false");

    private static string? Place(JsonObject value) =>
        value["lat"] is JsonValue lat
        && value["lon"] is JsonValue lon
        && lat.TryGetValue<double>(out var latitude)
        && lon.TryGetValue<double>(out var longitude)
            ? Coordinates(latitude, longitude)
            : null;

    private static string Shorten(string text) => text.Length <= MaxLength ? text : text[..MaxLength] + "…";
}
