using IoTCentral.Core.Templates;

namespace IoTCentral.Web.Features.Devices.Commands;

/// <summary>A value that fits a schema, as JSON, to show how it is written.</summary>
internal static class SchemaExample
{
    // More fields or deeper ones make no better example.
    private const int MaxFields = 4;
    private const int MaxDepth = 3;

    public static string Of(Schema schema) => Of(schema, 0);

    private static string Of(Schema schema, int depth) =>
        schema switch
        {
            _ when depth > MaxDepth => "…",
            EnumSchema { Values: [var first, ..], IsText: var isText } => isText ? $"\"{first.Value}\"" : first.Value,
            ArraySchema list => $"[{Of(list.Element, depth + 1)}]",
            MapSchema map => $"{{\"{map.Key.Name}\": {Of(map.Value.Schema, depth + 1)}}}",
            ObjectSchema shape =>
                $"{{{string.Join(", ", shape.Fields.Take(MaxFields).Select(f => $"\"{f.Name}\": {Of(f.Schema, depth + 1)}"))}}}",
            _ => Of(schema.Kind),
        };

    private static string Of(SchemaKind kind) =>
        kind switch
        {
            SchemaKind.Boolean => "true",
            SchemaKind.Integer or SchemaKind.Long => "1",
            SchemaKind.Float or SchemaKind.Double => "1.5",
            SchemaKind.Date => "\"2026-11-23\"",
            SchemaKind.DateTime => "\"2026-11-23T14:05:00Z\"",
            SchemaKind.Time => "\"14:05:00\"",
            SchemaKind.Duration => "\"PT1H30M\"",
            SchemaKind.Geopoint => """{"lat": 52.5, "lon": 13.4}""",
            SchemaKind.Vector => """{"x": 1, "y": 2, "z": 3}""",
            SchemaKind.GeoJson => """{"type": "Point", "coordinates": [13.4, 52.5]}""",
            _ => "\"text\"",
        };
}
