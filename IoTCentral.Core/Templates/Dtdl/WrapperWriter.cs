using System.Text.Json;

namespace IoTCentral.Core.Templates.Dtdl;

/// <summary>Writes IoT Central's form: everything inline, with its own types and members.</summary>
internal static class WrapperWriter
{
    public static void Write(Utf8JsonWriter json, DeviceTemplate template, string? etag, bool isStored)
    {
        json.WriteStartObject();
        json.Text("etag", etag);
        json.WriteString("displayName", template.DisplayName);
        json.Text("description", template.Description);
        json.WritePropertyName("capabilityModel");
        Interface(json, template.Root);
        json.WriteString("@id", template.Id);
        json.Texts("@type", template.Types);
        json.Texts("@context", Contexts(template));
        json.Extras(template.Extras);
        if (isStored)
            TemplateSettings.Write(json, template);
        json.WriteEndObject();
    }

    private static IEnumerable<string> Contexts(DeviceTemplate template)
    {
        if (template.Contexts.Any(c => c.StartsWith("dtmi:dtdl:context;", StringComparison.Ordinal)))
            return template.Contexts;
        return template.DtdlVersion == 3
            ? ["dtmi:iotcentral:context;2", "dtmi:dtdl:context;3", "dtmi:dtdl:extension:quantitativeTypes;1"]
            : ["dtmi:iotcentral:context;2", "dtmi:dtdl:context;2"];
    }

    private static void Interface(Utf8JsonWriter json, TemplateInterface value)
    {
        json.WriteStartObject();
        json.WriteString("@id", value.Id);
        json.Types(["Interface", .. value.Types]);
        json.Text("displayName", value.DisplayName);
        json.Text("description", value.Description);
        json.Text("comment", value.Comment);
        json.WriteStartArray("contents");
        foreach (var capability in value.Contents)
            Capability(json, capability);
        json.WriteEndArray();
        if (value.Extends.Count > 0)
        {
            json.WriteStartArray("extends");
            foreach (var inherited in value.Extends)
                Interface(json, inherited);
            json.WriteEndArray();
        }

        SchemaWriter.Named(json, value.Schemas);
        json.Extras(value.Extras);
        json.WriteEndObject();
    }

    private static void Capability(Utf8JsonWriter json, Capability c)
    {
        json.WriteStartObject();
        json.Text("@id", c.Id);
        json.Types([c.Kind.ToString(), .. Types(c)]);
        json.Text("displayName", c.DisplayName);
        json.Text("description", c.Description);
        json.Text("comment", c.Comment);
        json.WriteString("name", c.Name);
        if (c.Schema is not null)
            SchemaWriter.Member(json, "schema", c.Schema);
        if (c.Interface is not null)
        {
            json.WritePropertyName("schema");
            Interface(json, c.Interface);
        }

        json.Text("unit", c.Unit);
        json.Flag("writable", c.Writable);
        json.Number("decimalPlaces", c.DecimalPlaces);
        json.Text("displayUnit", c.DisplayUnit);
        json.Number("maxValue", c.MaxValue);
        json.Number("minValue", c.MinValue);
        json.Number("maxLength", c.MaxLength);
        json.Number("minLength", c.MinLength);
        json.Text("color", c.Color);
        json.Text("trueName", c.TrueName);
        json.Text("falseName", c.FalseName);
        json.Raw("initialValue", c.InitialValue);
        json.Flag("durable", c.Durable);
        SchemaWriter.Payload(json, "request", c.Request);
        SchemaWriter.Payload(json, "response", c.Response);
        json.Extras(c.Extras);
        json.WriteEndObject();
    }

    /// <summary>The given types and those IoT Central's server adds: NumberValue and its like where a value has display
    /// settings or stays in the cloud, Initialized where it has an initial value.</summary>
    private static IEnumerable<string> Types(Capability c)
    {
        foreach (var type in c.Types)
            yield return type;
        var isSet =
            c.IsCloud
            || c.DisplayUnit is not null
            || (c.MinValue ?? c.MaxValue ?? c.DecimalPlaces ?? c.MinLength ?? c.MaxLength) is not null
            || (c.Color ?? c.TrueName?.Text ?? c.FalseName?.Text) is not null;
        if (isSet && c.Schema is not null && DtdlTypes.ValueTypeOf(c.Schema) is { } valueType && !c.Is(valueType))
            yield return valueType;
        if (c.InitialValue is not null && !c.Is(DtdlTypes.Initialized))
            yield return DtdlTypes.Initialized;
    }
}
