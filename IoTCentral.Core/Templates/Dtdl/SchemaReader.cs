using System.Globalization;
using System.Text.Json;

namespace IoTCentral.Core.Templates.Dtdl;

/// <summary>Reads schemas: words, references to the interface's <c>schemas</c>, and complex ones written in place.</summary>
internal sealed class SchemaReader(DtdlLog log, IReadOnlyDictionary<string, Schema> named)
{
    // DTDL allows five levels; a few more do no harm.
    private const int MaxLevels = 8;

    /// <summary>The schema of an element; null after a fault.</summary>
    public Schema? Read(DtdlNode owner, string member = "schema", int level = 0)
    {
        if (owner.TryTake(member, out var value))
            return Read(value, owner.At(member), level);
        log.Fault(owner.At(member), "A schema is needed, e.g. \"double\" or \"string\".");
        return null;
    }

    public Schema? Read(JsonElement value, string path, int level)
    {
        if (level > MaxLevels)
        {
            log.Fault(path, $"Schemas may be nested {MaxLevels} levels deep.");
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => Word(value.GetString()!, path),
            JsonValueKind.Object => Complex(new DtdlNode(value, path, log), level),
            _ => Fail(path, "A schema must be a word such as \"double\", or an object."),
        };
    }

    private Schema? Word(string word, string path)
    {
        if (named.TryGetValue(word, out var known))
            return known with { IsReference = true };
        if (DtdlTerms.Primitive(word) is { } primitive)
            return primitive;
        return word.StartsWith("dtmi:", StringComparison.Ordinal)
            ? Fail(path, $"The schema '{word}' is not among the interface's schemas; add it there.")
            : Fail(
                path,
                $"'{word}' is not a schema. Use one of boolean, integer, long, float, double, string, date, dateTime, time, duration, geopoint, vector, or an Enum, Object, Array or Map."
            );
    }

    private Schema? Complex(DtdlNode node, int level)
    {
        var types = node.Types();
        var id = node.Text("@id", 2048);
        if (types.Count == 0 && id is not null)
            return Word(id, node.Path);
        node.Skip("@context");
        var displayName = node.Localized("displayName", 512);
        var description = node.Localized("description", 4096);
        Schema? schema = (types.Count == 0 ? null : types[0]) switch
        {
            "Enum" => Enum(node),
            "Object" => Object(node, level),
            "Array" => Array(node, level),
            "Map" => Map(node, level),
            { } word when DtdlTerms.Primitive(word.ToLowerInvariant()) is { } primitive => primitive,
            _ => Fail(node.At("@type"), "A complex schema must be an Enum, Object, Array or Map."),
        };
        if (schema is null)
            return null;
        return schema with { Id = id, DisplayName = displayName, Description = description, Extras = node.Rest() };
    }

    private EnumSchema? Enum(DtdlNode node)
    {
        var items = node.Items("enumValues");
        if (items.Count == 0)
            log.Fault(node.At("enumValues"), "An enum needs at least one value.");
        var valueSchema = node.Text("valueSchema");
        if (valueSchema is null && items.Count > 0)
        {
            var isNumber =
                items[0].Item.ValueKind == JsonValueKind.Object
                && items[0].Item.TryGetProperty("enumValue", out var first)
                && first.ValueKind == JsonValueKind.Number;
            valueSchema = isNumber ? "integer" : "string";
            log.Changed(
                node.Path,
                $"The enum does not say what its values are; {valueSchema} was taken from the first."
            );
        }

        var isText = DtdlTerms.Short(valueSchema ?? "string") == "string";
        if (!isText && DtdlTerms.Short(valueSchema!) != "integer")
            log.Fault(node.At("valueSchema"), "Values of an enum are integer or string.");
        var values = items.Select(i => EnumValue(i.Item, i.Path, isText)).OfType<EnumValue>().ToList();
        Unique(values.Select(v => v.Name), node.At("enumValues"), "The name '{0}' is there twice.");
        Unique(values.Select(v => v.Value), node.At("enumValues"), "The value '{0}' is there twice.");
        return items.Count == values.Count && items.Count > 0 ? new EnumSchema(values, isText) : null;
    }

    private EnumValue? EnumValue(JsonElement item, string path, bool isText)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            log.Fault(path, "A value of an enum must be an object with name and enumValue.");
            return null;
        }

        var node = new DtdlNode(item, path, log);
        node.Skip("@type");
        var name = CapabilityRules.ReadName(node);
        string? value = null;
        if (!node.TryTake("enumValue", out var raw))
            log.Fault(node.At("enumValue"), "The value that the device sends is missing.");
        else if (isText && raw.ValueKind == JsonValueKind.String)
            value = raw.GetString()!;
        else if (!isText && raw.ValueKind == JsonValueKind.Number && raw.TryGetInt32(out var number))
            value = number.ToString(CultureInfo.InvariantCulture);
        else
            log.Fault(
                node.At("enumValue"),
                isText ? "This value must be a text." : "This value must be a whole number."
            );
        return name is null || value is null
            ? null
            : new EnumValue(name, value)
            {
                Id = node.Text("@id", 2048),
                DisplayName = node.Localized("displayName", 512),
                Description = node.Localized("description", 4096),
                Extras = node.Rest(),
            };
    }

    private ObjectSchema? Object(DtdlNode node, int level)
    {
        var items = node.Items("fields");
        var fields = items.Select(i => Field(i.Item, i.Path, level)).OfType<SchemaField>().ToList();
        Unique(fields.Select(f => f.Name), node.At("fields"), "The field '{0}' is there twice.");
        return fields.Count == items.Count ? new ObjectSchema(fields) : null;
    }

    private ArraySchema? Array(DtdlNode node, int level) =>
        Read(node, "elementSchema", level + 1) is { } element ? new ArraySchema(element) : null;

    private MapSchema? Map(DtdlNode node, int level)
    {
        var key = Member("mapKey");
        var value = Member("mapValue");
        if (key is not null && key.Schema.Kind != SchemaKind.String)
            log.Fault(node.At("mapKey"), "The keys of a map are texts (schema string).");
        return key is null || value is null ? null : new MapSchema(key, value);

        SchemaField? Member(string member)
        {
            if (node.TryTake(member, out var element))
                return Field(element, node.At(member), level);
            log.Fault(node.At(member), $"A map needs '{member}'.");
            return null;
        }
    }

    private SchemaField? Field(JsonElement item, string path, int level)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            log.Fault(path, "This must be an object with name and schema.");
            return null;
        }

        var node = new DtdlNode(item, path, log);
        var types = node.Types().Where(t => t is not ("Field" or "MapKey" or "MapValue" or "SchemaField")).ToList();
        var name = CapabilityRules.ReadName(node);
        var schema = Read(node, "schema", level + 1);
        var field = new SchemaField(name ?? "", schema ?? Schema.String)
        {
            Id = node.Text("@id", 2048),
            Types = types,
            DisplayName = node.Localized("displayName", 512),
            Description = node.Localized("description", 4096),
            Unit = node.Text("unit") is { } unit ? DtdlTerms.Short(unit) : null,
            Extras = node.Rest(),
        };
        return name is null || schema is null ? null : field;
    }

    private void Unique(IEnumerable<string> names, string path, string message)
    {
        foreach (var twice in names.GroupBy(n => n).Where(g => g.Count() > 1))
            log.Fault(path, string.Format(CultureInfo.InvariantCulture, message, twice.Key));
    }

    private Schema? Fail(string path, string message)
    {
        log.Fault(path, message);
        return null;
    }
}
