namespace IoTCentral.Core.Templates;

/// <summary>What kind of values a series has over time.</summary>
public enum SeriesKind
{
    Number,
    Text,
    Boolean,
    Location,
}

/// <summary>One signal that telemetry of a template makes: what charts, tiles and rules choose from.</summary>
/// <param name="Component">Empty for the root.</param>
/// <param name="Name">Telemetry name; a member of an object value is <c>name.member</c>.</param>
/// <param name="Label">What people call it, with the component's name where there is one.</param>
/// <param name="Capability">The telemetry it comes from.</param>
public sealed record TemplateSeries(string Component, string Name, string Label, SeriesKind Kind, Capability Capability)
{
    /// <summary>Schema of the value itself: the member's for members of objects.</summary>
    public required Schema Schema { get; init; }
    public required ValueDisplay Display { get; init; }

    /// <summary>All series of the template's telemetry, in its order. Arrays and maps make none.</summary>
    public static IReadOnlyList<TemplateSeries> Of(DeviceTemplate template) =>
        [.. template.Capabilities.Where(c => c.Kind == CapabilityKind.Telemetry).SelectMany(c => Of(template, c))];

    private static IEnumerable<TemplateSeries> Of(DeviceTemplate template, Capability c) =>
        c.Schema is null ? [] : Of(c, c.Schema, c.Name, DefaultViews.Label(template, c), ValueDisplay.Of(c));

    private static IEnumerable<TemplateSeries> Of(
        Capability c,
        Schema schema,
        string name,
        string label,
        ValueDisplay display
    ) =>
        schema switch
        {
            ObjectSchema o => o.Fields.SelectMany(f =>
                Of(c, f.Schema, $"{name}.{f.Name}", $"{label} · {f.Label}", ValueDisplay.Of(f.Unit, null, null))
            ),
            { Kind: SchemaKind.Vector } => new[] { "x", "y", "z" }.Select(axis =>
                One(c, Schema.Double, $"{name}.{axis}", $"{label} {axis}", SeriesKind.Number, display)
            ),
            _ => KindOf(schema) is { } kind ? [One(c, schema, name, label, kind, display)] : [],
        };

    private static TemplateSeries One(
        Capability c,
        Schema schema,
        string name,
        string label,
        SeriesKind kind,
        ValueDisplay display
    ) => new(c.Component, name, label, kind, c) { Schema = schema, Display = display };

    private static SeriesKind? KindOf(Schema schema) =>
        schema switch
        {
            { IsNumeric: true } => SeriesKind.Number,
            EnumSchema { IsText: false } => SeriesKind.Number,
            { Kind: SchemaKind.Boolean } => SeriesKind.Boolean,
            { Kind: SchemaKind.Geopoint } => SeriesKind.Location,
            { Kind: SchemaKind.Array or SchemaKind.Map or SchemaKind.GeoJson } => null,
            _ => SeriesKind.Text,
        };
}
