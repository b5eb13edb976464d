using System.Text.Json;

namespace IoTCentral.Core.Templates.Dtdl;

/// <summary>Writes interfaces that any DTDL parser takes: nothing of IoT Central but its published language extension.</summary>
internal sealed class BareWriter(Utf8JsonWriter json, int version)
{
    // DTDL v2 limits; v3 allows 512 for both
    private const int MaxDisplayName = 64;
    private const int MaxDescription = 512;

    public void Write(TemplateInterface root)
    {
        var all = new List<TemplateInterface>();
        Collect(root, all);
        if (all.Count == 1)
        {
            Interface(root);
            return;
        }

        json.WriteStartArray();
        foreach (var item in all)
            Interface(item);
        json.WriteEndArray();
    }

    /// <summary>The interface and all it needs, each id once: the root first.</summary>
    private static void Collect(TemplateInterface from, List<TemplateInterface> all)
    {
        if (all.Exists(i => i.Id == from.Id))
            return;
        all.Add(from);
        foreach (var inherited in from.Extends)
            Collect(inherited, all);
        foreach (var component in from.Contents)
            if (component.Interface is not null)
                Collect(component.Interface, all);
    }

    private void Interface(TemplateInterface value)
    {
        json.WriteStartObject();
        json.Texts("@context", Contexts());
        json.WriteString("@id", value.Id);
        json.WriteString("@type", "Interface");
        Texts(value.DisplayName, value.Description, value.Comment);
        if (value.Extends.Count > 0)
            json.Texts("extends", value.Extends.Select(e => e.Id).Distinct());
        json.WriteStartArray("contents");
        foreach (var capability in value.Contents.Where(c => !c.IsCloud && !c.Is(DtdlTypes.EdgeModule)))
            Capability(capability);
        json.WriteEndArray();
        SchemaWriter.Named(json, value.Schemas, isBare: true);
        json.WriteEndObject();
    }

    private string[] Contexts() =>
        version == 3
            ? ["dtmi:dtdl:context;3", "dtmi:dtdl:extension:quantitativeTypes;1", "dtmi:iotcentral:context;2"]
            : ["dtmi:dtdl:context;2", "dtmi:iotcentral:context;2"];

    private void Capability(Capability c)
    {
        json.WriteStartObject();
        if (c.Id is not null && Dtmi.TryParse(c.Id, out _, out _))
            json.WriteString("@id", c.Id);
        var (type, unit) = Meaning(c);
        json.Types(type is null ? [c.Kind.ToString()] : [c.Kind.ToString(), type]);
        Texts(c.DisplayName, c.Description, c.Comment);
        json.WriteString("name", c.Name);
        if (c.Schema is not null)
            SchemaWriter.Member(json, "schema", c.Schema, isBare: true);
        if (c.Interface is not null)
            json.WriteString("schema", c.Interface.Id);
        json.Text("unit", unit);
        if (c.Kind == CapabilityKind.Property)
            json.Flag("writable", c.Writable);
        SchemaWriter.Payload(json, "request", c.Request, version);
        SchemaWriter.Payload(json, "response", c.Response, version);
        if (c.Kind == CapabilityKind.Relationship)
            foreach (var member in new[] { "target", "minMultiplicity", "maxMultiplicity", "properties" })
                json.Raw(member, c.Extras.GetValueOrDefault(member));
        json.WriteEndObject();
    }

    /// <summary>
    /// DTDL wants quantity and unit together or not at all, of one family and on a number; IoT Central is not so strict.
    /// </summary>
    private (string? Type, string? Unit) Meaning(Capability c)
    {
        if (c.SemanticType is not { } type || c.Schema is not { } schema)
            return default;
        if (DtdlTypes.Quantities.TryGetValue(type, out var family))
            return schema.IsNumeric && !IsTooNew(type) && UnitOf(c, family) is { } unit ? (type, unit) : default;
        // The extension's types are for DTDL v2 only; its schemas geopoint and vector are for both.
        if (version != 2)
            return default;
        return type switch
        {
            DtdlTypes.State when schema.Kind == SchemaKind.Enum => (type, null),
            DtdlTypes.Event when schema.IsNumeric || schema.Kind == SchemaKind.String => (type, null),
            DtdlTypes.Location when schema.Kind is SchemaKind.Geopoint or SchemaKind.GeoJson => (type, null),
            DtdlTypes.VelocityVector when schema.Kind == SchemaKind.Vector => (type, UnitOf(c, "VelocityUnit")),
            DtdlTypes.AccelerationVector when schema.Kind == SchemaKind.Vector => (type, UnitOf(c, "AccelerationUnit")),
            _ => default,
        };
    }

    private string? UnitOf(Capability c, string family) =>
        Units.Find(c.Unit) is { } unit && unit.Family == family && !IsTooNew(unit.Name) ? unit.Name : null;

    private bool IsTooNew(string term) => version == 2 && DtdlV3.Has(term);

    private void Texts(LocalizedText? displayName, LocalizedText? description, string? comment)
    {
        json.Text("displayName", Shorten(displayName, version == 3 ? MaxDescription : MaxDisplayName));
        json.Text("description", Shorten(description, MaxDescription));
        json.Text("comment", comment is { Length: > MaxDescription } ? comment[..MaxDescription] : comment);
    }

    private static LocalizedText? Shorten(LocalizedText? text, int length)
    {
        if (text is null)
            return null;
        if (text.Languages.Count == 0)
            return text.Text.Length <= length ? text : new LocalizedText(text.Text[..length]);
        return new LocalizedText(
            text.Languages.Select(l =>
                KeyValuePair.Create(l.Key, l.Value.Length <= length ? l.Value : l.Value[..length])
            )
        );
    }
}
