namespace IoTCentral.Core.Templates;

/// <summary>Whether values made for one schema still fit another.</summary>
internal static class SchemaChange
{
    /// <summary>Null: nothing changed.</summary>
    public static ChangeEffect? Effect(Schema? before, Schema? after)
    {
        if (before is null || after is null)
            return before is null && after is null ? null : ChangeEffect.Breaking;
        if (before.Kind != after.Kind)
            return IsWider(before.Kind, after.Kind) ? ChangeEffect.Additive : ChangeEffect.Breaking;
        return (before, after) switch
        {
            (EnumSchema b, EnumSchema a) => OfEnum(b, a),
            (ObjectSchema b, ObjectSchema a) => OfObject(b, a),
            (ArraySchema b, ArraySchema a) => Effect(b.Element, a.Element),
            (MapSchema b, MapSchema a) => Effect(b.Value.Schema, a.Value.Schema),
            (GeoJsonSchema b, GeoJsonSchema a) when b.Type != a.Type => ChangeEffect.Breaking,
            _ => null,
        };
    }

    /// <summary>Every value of the one is a value of the other.</summary>
    private static bool IsWider(SchemaKind before, SchemaKind after) =>
        (before, after)
            is
                (SchemaKind.Integer, SchemaKind.Long or SchemaKind.Double or SchemaKind.Float)
                or
                (SchemaKind.Long, SchemaKind.Double)
                or
                (SchemaKind.Float, SchemaKind.Double);

    private static ChangeEffect? OfEnum(EnumSchema before, EnumSchema after)
    {
        if (before.IsText != after.IsText || before.Values.Any(b => after.Values.All(a => a.Value != b.Value)))
            return ChangeEffect.Breaking;
        if (after.Values.Count > before.Values.Count)
            return ChangeEffect.Additive;
        return before.Values.SequenceEqual(after.Values) ? null : ChangeEffect.Cosmetic;
    }

    private static ChangeEffect? OfObject(ObjectSchema before, ObjectSchema after)
    {
        var effects = before
            .Fields.Select(b =>
                after.Fields.FirstOrDefault(a => a.Name == b.Name) is { } field
                    ? Effect(b.Schema, field.Schema)
                    : ChangeEffect.Breaking
            )
            .ToList();
        if (after.Fields.Any(a => before.Fields.All(b => b.Name != a.Name)))
            effects.Add(ChangeEffect.Additive);
        return effects.Max();
    }
}
