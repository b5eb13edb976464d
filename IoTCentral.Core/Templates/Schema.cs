#pragma warning disable CA1720 // "double", "string", … are DTDL's own words for schemas
namespace IoTCentral.Core.Templates;

/// <summary>What a value looks like: the DTDL schemas and IoT Central's <c>geopoint</c> and <c>vector</c>.</summary>
public enum SchemaKind
{
    Boolean,
    Integer,
    Long,
    Float,
    Double,
    String,
    Date,
    DateTime,
    Time,
    Duration,

    /// <summary><c>{"lat":…,"lon":…,"alt":…}</c>; <c>alt</c> may be missing.</summary>
    Geopoint,

    /// <summary><c>{"x":…,"y":…,"z":…}</c>.</summary>
    Vector,

    /// <summary>A GeoJSON geometry (point, polygon, …).</summary>
    GeoJson,
    Enum,
    Object,
    Array,
    Map,
}

/// <summary>The shape of a telemetry, property or payload value.</summary>
public record Schema(SchemaKind Kind)
{
    public static Schema Boolean { get; } = new(SchemaKind.Boolean);
    public static Schema Integer { get; } = new(SchemaKind.Integer);
    public static Schema Long { get; } = new(SchemaKind.Long);
    public static Schema Float { get; } = new(SchemaKind.Float);
    public static Schema Double { get; } = new(SchemaKind.Double);
    public static Schema String { get; } = new(SchemaKind.String);
    public static Schema Date { get; } = new(SchemaKind.Date);
    public static Schema DateTime { get; } = new(SchemaKind.DateTime);
    public static Schema Time { get; } = new(SchemaKind.Time);
    public static Schema Duration { get; } = new(SchemaKind.Duration);
    public static Schema Geopoint { get; } = new(SchemaKind.Geopoint);
    public static Schema Vector { get; } = new(SchemaKind.Vector);

    /// <summary>DTMI of a complex schema; null when it has none.</summary>
    public string? Id { get; init; }

    /// <summary>Defined once under the interface's <c>schemas</c> and named here by <see cref="Id"/> only.</summary>
    public bool IsReference { get; init; }
    public LocalizedText? DisplayName { get; init; }
    public LocalizedText? Description { get; init; }

    /// <summary>Members we do not use, kept for the export: name to JSON text.</summary>
    public IReadOnlyDictionary<string, string> Extras { get; init; } = NoExtras;

    public bool IsNumeric => Kind is SchemaKind.Integer or SchemaKind.Long or SchemaKind.Float or SchemaKind.Double;

    internal static IReadOnlyDictionary<string, string> NoExtras { get; } = new Dictionary<string, string>(0);
}

/// <summary>GeoJSON geometry; <see cref="Type"/> is the DTDL word, e.g. <c>polygon</c>.</summary>
public sealed record GeoJsonSchema(string Type) : Schema(SchemaKind.GeoJson);

/// <summary>A fixed list of values, all whole numbers or all texts.</summary>
public sealed record EnumSchema(IReadOnlyList<EnumValue> Values, bool IsText) : Schema(SchemaKind.Enum)
{
    /// <summary>What the value means to people; the value itself when it is not in the list.</summary>
    public string Label(string wireValue) =>
        Values.FirstOrDefault(v => v.Value == wireValue) is { } known ? known.Label : wireValue;
}

/// <summary>One value of an <see cref="EnumSchema"/>.</summary>
/// <param name="Name">Programming name.</param>
/// <param name="Value">What the device sends; a whole number is kept as its text.</param>
public sealed record EnumValue(string Name, string Value)
{
    public string? Id { get; init; }
    public LocalizedText? DisplayName { get; init; }
    public LocalizedText? Description { get; init; }
    public IReadOnlyDictionary<string, string> Extras { get; init; } = Schema.NoExtras;
    public string Label => DisplayName?.Text ?? Name;
}

/// <summary>A value with named members.</summary>
public sealed record ObjectSchema(IReadOnlyList<SchemaField> Fields) : Schema(SchemaKind.Object);

/// <summary>One member of an <see cref="ObjectSchema"/>, or key or value of a <see cref="MapSchema"/>.</summary>
public sealed record SchemaField(string Name, Schema Schema)
{
    public string? Id { get; init; }

    /// <summary>Types besides Field, such as <c>Temperature</c> (DTDL v3).</summary>
    public IReadOnlyList<string> Types { get; init; } = [];
    public LocalizedText? DisplayName { get; init; }
    public LocalizedText? Description { get; init; }
    public string? Unit { get; init; }
    public IReadOnlyDictionary<string, string> Extras { get; init; } = Schema.NoExtras;
    public string Label => DisplayName?.Text ?? Name;
}

/// <summary>A list of values of one shape. Arrays are stored and exported; charts do not show them.</summary>
public sealed record ArraySchema(Schema Element) : Schema(SchemaKind.Array);

/// <summary>Values of one shape under keys the device chooses.</summary>
public sealed record MapSchema(SchemaField Key, SchemaField Value) : Schema(SchemaKind.Map);
