using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Rules;

/// <summary>What people call a value that a rule looks at.</summary>
/// <param name="Unit">Symbol behind the number; empty: none.</param>
/// <param name="Decimals">Digits after the point to show; null: as many as there are.</param>
/// <param name="Kind">What values look like; null: not known.</param>
public readonly record struct RuleTerm(string Label, string Unit, int? Decimals, PointKind? Kind)
{
    public static RuleTerm Plain(string name) => new(name, "", null, null);
}

/// <summary>The words of one template, for sentences, mails and checks.</summary>
public sealed class RuleVocabulary(DeviceTemplate? template)
{
    /// <summary>Without a template things are called by their names.</summary>
    public static RuleVocabulary None { get; } = new(null);

    public string TemplateName => template?.DisplayName ?? "";

    /// <summary>Null: the template has no such telemetry (or property).</summary>
    public RuleTerm? Find(ValueCondition condition) =>
        condition is PropertyCondition property
            ? Find(property.Property)
            : Find(condition.Component, condition.Name, c => c.Kind == CapabilityKind.Telemetry);

    public RuleTerm? Find(PropertyKey key) =>
        Find(
            key.Component,
            key.Name,
            c => c.Kind == CapabilityKind.Property && c.IsCloud == (key.Source == PropertySource.Cloud)
        );

    public RuleTerm Of(ValueCondition condition) => Find(condition) ?? RuleTerm.Plain(condition.Name);

    public RuleTerm Of(PropertyKey key) => Find(key) ?? RuleTerm.Plain(key.Name);

    private RuleTerm? Find(string component, string name, Func<Capability, bool> isMeant)
    {
        if (template is null)
            return null;
        if (template.Find(component, name) is { } whole)
            return isMeant(whole) ? Term(whole) : null;
        // a member of an object or of a place: "position.lat"
        var dot = name.LastIndexOf('.');
        if (dot < 0 || template.Find(component, name[..name.IndexOf('.', StringComparison.Ordinal)]) is not { } owner)
            return null;
        if (!isMeant(owner))
            return null;
        var member = MemberOf(owner.Schema, name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..]);
        return member is null ? null : member.Value with { Label = $"{owner.Label} · {member.Value.Label}" };
    }

    private static RuleTerm? MemberOf(Schema? schema, string path)
    {
        if (schema is { Kind: SchemaKind.Geopoint })
            return path is "lat" or "lon" or "alt" ? new RuleTerm(path, "", null, PointKind.Number) : null;
        if (schema is { Kind: SchemaKind.Vector })
            return path is "x" or "y" or "z" ? new RuleTerm(path, "", null, PointKind.Number) : null;
        if (schema is not ObjectSchema fields)
            return null;
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var field = fields.Fields.FirstOrDefault(f => f.Name == (dot < 0 ? path : path[..dot]));
        if (field is null)
            return null;
        return dot < 0
            ? new RuleTerm(field.Label, Units.Symbol(field.Unit), null, KindOf(field.Schema))
            : MemberOf(field.Schema, path[(dot + 1)..]);
    }

    private static RuleTerm Term(Capability capability) =>
        new(
            capability.Label,
            Units.Symbol(capability.Unit ?? capability.DisplayUnit),
            capability.DecimalPlaces,
            KindOf(capability.Schema)
        );

    private static PointKind? KindOf(Schema? schema) =>
        schema switch
        {
            null => null,
            { IsNumeric: true } => PointKind.Number,
            { Kind: SchemaKind.Boolean } => PointKind.Boolean,
            EnumSchema { IsText: false } => PointKind.Number,
            { Kind: SchemaKind.Geopoint } => PointKind.Location,
            {
                Kind: SchemaKind.Object or SchemaKind.Array or SchemaKind.Map or SchemaKind.Vector or SchemaKind.GeoJson
            } => null,
            _ => PointKind.Text,
        };
}
