using System.Text.Json;

namespace IoTCentral.Core.Templates;

/// <summary>Checks of the objects IoT Central gives a meaning: locations, vectors and GeoJSON geometries.</summary>
internal static class Shapes
{
    public static string Describe(Schema schema) =>
        schema switch
        {
            { Kind: SchemaKind.Geopoint } => "a location with lat (-90 to 90) and lon (-180 to 180)",
            { Kind: SchemaKind.Vector } => "a vector with the numbers x, y and z",
            GeoJsonSchema geo => $"a GeoJSON {geo.Type}",
            _ => "an object",
        };

    public static bool IsGeopoint(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            return false;
        var (hasLat, hasLon) = (false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isLat = reader.ValueTextEquals("lat"u8);
            var isLon = reader.ValueTextEquals("lon"u8);
            var isAlt = reader.ValueTextEquals("alt"u8);
            reader.Read();
            if (isAlt && reader.TokenType != JsonTokenType.Null && !Conformance.IsFinite(ref reader))
                return false;
            if ((isLat && !IsWithin(ref reader, 90)) || (isLon && !IsWithin(ref reader, 180)))
                return false;
            hasLat |= isLat;
            hasLon |= isLon;
            reader.Skip();
        }

        return hasLat && hasLon;
    }

    public static bool IsVector(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            return false;
        var found = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var axis =
                reader.ValueTextEquals("x"u8) ? 1
                : reader.ValueTextEquals("y"u8) ? 2
                : reader.ValueTextEquals("z"u8) ? 4
                : 0;
            reader.Read();
            if (axis > 0 && !Conformance.IsFinite(ref reader))
                return false;
            found |= axis;
            reader.Skip();
        }

        return found == 7;
    }

    /// <summary>Type and coordinates are there; what the coordinates mean is for who draws them.</summary>
    public static bool IsGeoJson(GeoJsonSchema schema, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            return false;
        var (hasType, hasCoordinates) = (false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isCoordinates = reader.ValueTextEquals("coordinates"u8);
            reader.Read();
            hasType |= isType && reader.TokenType == JsonTokenType.String && IsTypeOf(schema.Type, ref reader);
            hasCoordinates |= isCoordinates && reader.TokenType == JsonTokenType.StartArray;
            reader.Skip();
        }

        return hasType && hasCoordinates;
    }

    /// <summary>DTDL says <c>lineString</c>, GeoJSON says <c>LineString</c>.</summary>
    private static bool IsTypeOf(string dtdlType, ref Utf8JsonReader reader)
    {
        Span<char> type = stackalloc char[16];
        dtdlType.CopyTo(type);
        type[0] = char.ToUpperInvariant(type[0]);
        return reader.ValueTextEquals(type[..dtdlType.Length]);
    }

    private static bool IsWithin(ref Utf8JsonReader reader, double limit) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number) && Math.Abs(number) <= limit;
}
