namespace IoTCentral.Core.Templates.Dtdl;

/// <summary>The words of DTDL and their long spellings.</summary>
internal static class DtdlTerms
{
    /// <summary>Members that mean something to others and nothing to anybody here; not worth a line.</summary>
    public static bool IsQuiet(string member) =>
        member
            is "@context"
                or "comment"
                or "commandType"
                or "etag"
                or "trim"
                or "target"
                or "minMultiplicity"
                or "maxMultiplicity"
                or "properties";

    /// <summary><c>dtmi:standard:class:Temperature;2</c>, <c>SemanticType/Temperature</c> and <c>Temperature</c> are one.</summary>
    public static string Short(string term)
    {
        if (
            term.StartsWith("dtmi:dtdl:", StringComparison.Ordinal)
            || term.StartsWith("dtmi:standard:", StringComparison.Ordinal)
            || term.StartsWith("dtmi:iotcentral:", StringComparison.Ordinal)
        )
        {
            var end = term.IndexOf(';');
            if (end < 0)
                end = term.Length;
            return term[(term.LastIndexOf(':', end - 1) + 1)..end];
        }

        // the preview's spelling: SemanticType/Temperature, ValueDetail/NumberValueDetail
        var slash = term.LastIndexOf('/');
        var word = slash < 0 ? term : term[(slash + 1)..];
        return word.EndsWith("ValueDetail", StringComparison.Ordinal) ? word[..^"Detail".Length] : word;
    }

    /// <summary>The schema a word stands for; null when it is none.</summary>
    public static Schema? Primitive(string term) =>
        Short(term) switch
        {
            "boolean" => Schema.Boolean,
            "integer" => Schema.Integer,
            "long" => Schema.Long,
            "float" => Schema.Float,
            "double" => Schema.Double,
            "string" => Schema.String,
            "date" => Schema.Date,
            "dateTime" => Schema.DateTime,
            "time" => Schema.Time,
            "duration" => Schema.Duration,
            "geopoint" => Schema.Geopoint,
            "vector" => Schema.Vector,
            "point" or "multiPoint" or "lineString" or "multiLineString" or "polygon" or "multiPolygon" =>
                new GeoJsonSchema(Short(term)),
            _ => null,
        };

    /// <summary>The word for a schema that has one; null for complex ones.</summary>
    public static string? Word(Schema schema) =>
        schema switch
        {
            GeoJsonSchema geo => geo.Type,
            { Kind: SchemaKind.DateTime } => "dateTime",
            { Kind: < SchemaKind.GeoJson } => schema.Kind.ToString().ToLowerInvariant(),
            _ => null,
        };
}
