using System.Globalization;
using System.Text;
using System.Text.Json;

namespace IoTCentral.Core.Templates;

/// <summary>Says whether a JSON value fits a schema, in words if not. Allocates nothing when it fits.</summary>
public static class Conformance
{
    private const int MaxShown = 40;

    /// <summary>
    /// Why the value does not fit, e.g. <c>expected a number, got the text "n/a"</c>; null: it fits. The reader stands on
    /// the value's first token and is left on its last.
    /// </summary>
    /// <exception cref="JsonException">The text is not valid JSON.</exception>
    public static string? Misfit(Schema schema, ref Utf8JsonReader reader)
    {
        var start = reader;
        string? misfit;
        try
        {
            misfit = Check(schema, ref reader);
        }
        catch (InvalidOperationException)
        {
            // Utf8JsonReader on bad UTF-8 or half a surrogate pair
            misfit = "the text is not valid UTF-8";
        }

        if (misfit is not null)
        {
            reader = start;
            reader.Skip();
        }

        return misfit;
    }

    /// <inheritdoc cref="Misfit(Schema, ref Utf8JsonReader)"/>
    public static string? Misfit(Schema schema, string json)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
            reader.Read();
            return Misfit(schema, ref reader);
        }
        catch (JsonException)
        {
            return "it is not valid JSON";
        }
    }

    /// <inheritdoc cref="Misfit(Schema, ref Utf8JsonReader)"/>
    public static string? Misfit(Schema schema, JsonElement value) => Misfit(schema, value.GetRawText());

    /// <summary>Why somebody may not set the capability to this value: shape, limits, lengths. Null: fine.</summary>
    public static string? InputFault(Capability capability, JsonElement value)
    {
        if (capability.Schema is not { } schema)
            return $"'{capability.Label}' has no value.";
        if (Misfit(schema, value) is { } misfit)
            return $"'{capability.Label}': {misfit}.";
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number))
        {
            if (number < capability.MinValue)
                return $"'{capability.Label}' must be at least {Show(capability.MinValue.Value)}.";
            if (number > capability.MaxValue)
                return $"'{capability.Label}' must be at most {Show(capability.MaxValue.Value)}.";
        }

        if (value.ValueKind == JsonValueKind.String && schema.Kind == SchemaKind.String)
        {
            var length = value.GetString()!.Length;
            if (length < capability.MinLength)
                return $"'{capability.Label}' must have at least {capability.MinLength} characters.";
            if (length > capability.MaxLength)
                return $"'{capability.Label}' may have at most {capability.MaxLength} characters.";
        }

        return null;
    }

    private static string? Check(Schema schema, ref Utf8JsonReader reader) =>
        schema.Kind switch
        {
            SchemaKind.Double or SchemaKind.Float => IsFinite(ref reader) ? null : Expected("a number", ref reader),
            SchemaKind.Integer => IsWhole(ref reader, int.MinValue, int.MaxValue)
                ? null
                : Expected("a whole number of 32 bits", ref reader),
            // 2^63 as a double: the largest double below it fits
            SchemaKind.Long => reader.TokenType == JsonTokenType.Number
            && (reader.TryGetInt64(out _) || IsWhole(ref reader, -9223372036854775808d, 9223372036854774784d))
                ? null
                : Expected("a whole number", ref reader),
            SchemaKind.Boolean => reader.TokenType is JsonTokenType.True or JsonTokenType.False
                ? null
                : Expected("true or false", ref reader),
            SchemaKind.String => reader.TokenType == JsonTokenType.String ? null : Expected("a text", ref reader),
            SchemaKind.DateTime => reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out _)
                ? null
                : Expected("a date and time such as 2026-11-23T14:05:00Z", ref reader),
            SchemaKind.Date => IsoText.IsDate(ref reader) ? null : Expected("a date such as 2026-11-23", ref reader),
            SchemaKind.Time => IsoText.IsTime(ref reader) ? null : Expected("a time such as 14:05:00", ref reader),
            SchemaKind.Duration => IsoText.IsDuration(ref reader)
                ? null
                : Expected("a duration such as PT1H30M", ref reader),
            SchemaKind.Enum => CheckEnum((EnumSchema)schema, ref reader),
            SchemaKind.Geopoint or SchemaKind.Vector or SchemaKind.GeoJson => CheckShape(schema, ref reader),
            SchemaKind.Array => CheckArray((ArraySchema)schema, ref reader),
            SchemaKind.Map => CheckMap((MapSchema)schema, ref reader),
            _ => CheckObject((ObjectSchema)schema, ref reader),
        };

    private static string? CheckEnum(EnumSchema schema, ref Utf8JsonReader reader)
    {
        // by index: an enumerator of the list would be allocated
        for (var i = 0; i < schema.Values.Count; i++)
            if (
                schema.IsText
                    ? IsText(schema.Values[i].Value, ref reader)
                    : IsNumber(schema.Values[i].Value, ref reader)
            )
                return null;
        var some =
            string.Join(", ", schema.Values.Take(8).Select(v => v.Value)) + (schema.Values.Count > 8 ? ", …" : "");
        return Expected($"one of {some}", ref reader);
    }

    private static bool IsText(string value, ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(value);

    private static bool IsNumber(string value, ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number
        && reader.TryGetDouble(out var number)
        && int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var expected)
        && number == expected;

    private static string? CheckShape(Schema schema, ref Utf8JsonReader reader)
    {
        // looks ahead, so that a misfit is told of the whole value
        var ahead = reader;
        var fits = schema.Kind switch
        {
            SchemaKind.Geopoint => Shapes.IsGeopoint(ref ahead),
            SchemaKind.Vector => Shapes.IsVector(ref ahead),
            _ => Shapes.IsGeoJson((GeoJsonSchema)schema, ref ahead),
        };
        if (!fits)
            return Expected(Shapes.Describe(schema), ref reader);
        reader = ahead;
        return null;
    }

    private static string? CheckArray(ArraySchema schema, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            return Expected("a list", ref reader);
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
            if (Check(schema.Element, ref reader) is { } misfit)
                return $"in item {i}: {misfit}";
        return null;
    }

    private static string? CheckMap(MapSchema schema, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            return Expected("an object", ref reader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader;
            reader.Read();
            if (Check(schema.Value.Schema, ref reader) is { } misfit)
                return $"in '{Shorten(name.GetString()!)}': {misfit}";
        }

        return null;
    }

    private static string? CheckObject(ObjectSchema schema, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            return Expected("an object", ref reader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            SchemaField? field = null;
            for (var i = 0; field is null && i < schema.Fields.Count; i++)
                if (reader.ValueTextEquals(schema.Fields[i].Name))
                    field = schema.Fields[i];

            reader.Read();
            // Members beyond the template are welcome, and null means that the device has no value.
            if (field is null || reader.TokenType == JsonTokenType.Null)
                reader.Skip();
            else if (Check(field.Schema, ref reader) is { } misfit)
                return $"in '{field.Name}': {misfit}";
        }

        return null;
    }

    internal static bool IsFinite(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number) && double.IsFinite(number);

    /// <summary>Devices whose language has one kind of number send 5.0 for 5: that is whole.</summary>
    private static bool IsWhole(ref Utf8JsonReader reader, double min, double max) =>
        reader.TokenType == JsonTokenType.Number
        && reader.TryGetDouble(out var number)
        && number >= min
        && number <= max
        && Math.Floor(number) == number;

    private static string Expected(string what, ref Utf8JsonReader reader) =>
        $"expected {what}, got {Found(ref reader)}";

    private static string Found(ref Utf8JsonReader reader) =>
        reader.TokenType switch
        {
            JsonTokenType.String => $"the text \"{Shorten(reader.GetString()!)}\"",
            JsonTokenType.Number => Shorten(
                Encoding.UTF8.GetString(
                    reader.HasValueSequence
                        ? System.Buffers.BuffersExtensions.ToArray(reader.ValueSequence)
                        : reader.ValueSpan
                )
            ),
            JsonTokenType.True => "true",
            JsonTokenType.False => "false",
            JsonTokenType.Null => "null",
            JsonTokenType.StartArray => "a list",
            JsonTokenType.StartObject => "an object",
            _ => "something else",
        };

    private static string Shorten(string text) => text.Length <= MaxShown ? text : text[..MaxShown] + "…";

    private static string Show(double number) => number.ToString(CultureInfo.InvariantCulture);
}
