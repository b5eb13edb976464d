using System.Globalization;
using System.Text.Json;

namespace IoTCentral.Core.Templates.Dtdl;

/// <summary>Writes schemas and payloads, in full (IoT Central) or only what DTDL knows (<c>isBare</c>).</summary>
internal static class SchemaWriter
{
    public static void Named(Utf8JsonWriter json, IReadOnlyList<Schema> schemas, bool isBare = false)
    {
        if (schemas.Count == 0)
            return;
        json.WriteStartArray("schemas");
        foreach (var schema in schemas)
            Value(json, schema with { IsReference = false }, isBare);
        json.WriteEndArray();
    }

    public static void Member(Utf8JsonWriter json, string name, Schema schema, bool isBare = false)
    {
        json.WritePropertyName(name);
        Value(json, schema, isBare);
    }

    public static void Payload(Utf8JsonWriter json, string name, CommandPayload? payload, int? bareVersion = null)
    {
        if (payload is null)
            return;
        var isBare = bareVersion is not null;
        json.WriteStartObject(name);
        Id(json, payload.Id, isBare);
        if (!isBare && payload.Types.Count == 0)
            json.WriteString("@type", "CommandPayload");
        else if (!isBare)
            json.Types(["CommandPayload", .. payload.Types]);
        json.Text("displayName", payload.DisplayName);
        json.Text("description", payload.Description);
        json.WriteString("name", payload.Name);
        Member(json, "schema", payload.Schema, isBare);
        if (!isBare)
        {
            json.Text("unit", payload.Unit);
            json.Raw("initialValue", payload.InitialValue);
            json.Extras(payload.Extras);
        }

        if (bareVersion is not 2)
            json.Flag("nullable", payload.Nullable);
        json.WriteEndObject();
    }

    private static void Value(Utf8JsonWriter json, Schema schema, bool isBare)
    {
        if (schema.IsReference)
            json.WriteStringValue(schema.Id);
        else if (DtdlTerms.Word(schema) is { } word)
            json.WriteStringValue(word);
        else
            Complex(json, schema, isBare);
    }

    private static void Complex(Utf8JsonWriter json, Schema schema, bool isBare)
    {
        json.WriteStartObject();
        Id(json, schema.Id, isBare);
        json.WriteString("@type", schema.Kind.ToString());
        json.Text("displayName", schema.DisplayName);
        json.Text("description", schema.Description);
        switch (schema)
        {
            case EnumSchema e:
                json.WriteString("valueSchema", e.IsText ? "string" : "integer");
                json.WriteStartArray("enumValues");
                foreach (var value in e.Values)
                    EnumValue(json, value, e.IsText, isBare);
                json.WriteEndArray();
                break;
            case ObjectSchema o:
                json.WriteStartArray("fields");
                foreach (var field in o.Fields)
                    Field(json, field, isBare);
                json.WriteEndArray();
                break;
            case ArraySchema a:
                Member(json, "elementSchema", a.Element, isBare);
                break;
            case MapSchema m:
                json.WritePropertyName("mapKey");
                Field(json, m.Key, isBare);
                json.WritePropertyName("mapValue");
                Field(json, m.Value, isBare);
                break;
        }

        if (!isBare)
            json.Extras(schema.Extras);
        json.WriteEndObject();
    }

    private static void EnumValue(Utf8JsonWriter json, EnumValue value, bool isText, bool isBare)
    {
        json.WriteStartObject();
        Id(json, value.Id, isBare);
        json.Text("displayName", value.DisplayName);
        json.Text("description", value.Description);
        json.WriteString("name", value.Name);
        if (
            !isText
            && int.TryParse(value.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        )
            json.WriteNumber("enumValue", number);
        else
            json.WriteString("enumValue", value.Value);
        if (!isBare)
            json.Extras(value.Extras);
        json.WriteEndObject();
    }

    private static void Field(Utf8JsonWriter json, SchemaField field, bool isBare)
    {
        json.WriteStartObject();
        Id(json, field.Id, isBare);
        // Which co-types a field may have depends on version and place; bare DTDL does without.
        if (!isBare && field.Types.Count > 0)
            json.Types(["Field", .. field.Types]);
        json.Text("displayName", field.DisplayName);
        json.Text("description", field.Description);
        json.WriteString("name", field.Name);
        Member(json, "schema", field.Schema, isBare);
        if (!isBare)
        {
            json.Text("unit", field.Unit);
            json.Extras(field.Extras);
        }

        json.WriteEndObject();
    }

    /// <summary>Ids of elements that are no DTMI (IoT Central has some) stay out of bare DTDL.</summary>
    private static void Id(Utf8JsonWriter json, string? id, bool isBare)
    {
        if (!isBare || (id is not null && Dtmi.TryParse(id, out _, out _)))
            json.Text("@id", id);
    }
}
