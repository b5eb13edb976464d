using IoTCentral.Core.Templates;

namespace IoTCentral.Web.Features.Templates.Page;

/// <summary>What people can add to a template.</summary>
public enum CapabilityChoice
{
    Telemetry,
    Property,
    Cloud,
    Command,
    Component,

    /// <summary>Only in files: can be renamed and removed.</summary>
    Relationship,
}

/// <summary>What the fields of the form offer, each as it fits the others.</summary>
internal static class CapabilityOptions
{
    /// <summary>Shapes that a form can make; objects, lists and maps come with files.</summary>
    public static IReadOnlyList<SchemaKind> Schemas { get; } =
    [
        SchemaKind.Double,
        SchemaKind.Integer,
        SchemaKind.Long,
        SchemaKind.Float,
        SchemaKind.Boolean,
        SchemaKind.String,
        SchemaKind.Enum,
        SchemaKind.Geopoint,
        SchemaKind.Vector,
        SchemaKind.Date,
        SchemaKind.DateTime,
        SchemaKind.Time,
        SchemaKind.Duration,
    ];

    /// <summary>What a payload of a command can be made as.</summary>
    public static IReadOnlyList<SchemaKind> Payloads { get; } = [.. Schemas.Where(s => s != SchemaKind.Enum)];

    private static readonly IReadOnlyList<string> Quantities =
    [
        .. DtdlTypes.Quantities.Keys.Order(StringComparer.Ordinal),
    ];

    /// <summary>Meanings that a value of this shape can have.</summary>
    public static IReadOnlyList<string> Meanings(SchemaKind schema, CapabilityChoice choice) =>
        schema switch
        {
            SchemaKind.Double or SchemaKind.Integer or SchemaKind.Long or SchemaKind.Float => choice
            == CapabilityChoice.Telemetry
                ? [DtdlTypes.Event, .. Quantities]
                : Quantities,
            SchemaKind.Enum => [DtdlTypes.State],
            SchemaKind.String => choice == CapabilityChoice.Telemetry ? [DtdlTypes.Event] : [],
            SchemaKind.Geopoint or SchemaKind.GeoJson => [DtdlTypes.Location],
            SchemaKind.Vector => [DtdlTypes.AccelerationVector, DtdlTypes.VelocityVector],
            _ => [],
        };

    /// <summary>Units a value of this meaning can come in, by family; the meaning's own family when it is a quantity.</summary>
    public static IEnumerable<IGrouping<string, Unit>> UnitsOf(string meaning) =>
        Units
            .For(meaning.Length == 0 ? null : meaning)
            .GroupBy(u =>
                Names.InWords(u.Family.EndsWith("Unit", StringComparison.Ordinal) ? u.Family[..^4] : u.Family)
            );

    /// <summary>Units that values which come in this unit can be shown in, but for itself.</summary>
    public static IEnumerable<Unit> ShownIn(string unit) =>
        Units.Find(unit) is { } from ? Units.All.Where(u => u.Dimension == from.Dimension && u.Name != from.Name) : [];
}
