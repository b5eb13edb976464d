using System.Text.Json;

namespace IoTCentral.Core.Templates.Dtdl;

/// <summary>Reads one element of an interface's contents.</summary>
internal sealed class CapabilityReader(DtdlLog log, SchemaReader schemas, InterfaceReader interfaces)
{
    public Capability? Read(JsonElement item, string path, bool isInComponent)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            log.Fault(path, "This must be an object with @type and name.");
            return null;
        }

        var node = new DtdlNode(item, path, log);
        var types = node.Types();
        if (Kind(node, types) is not { } kind)
            return null;
        var name = CapabilityRules.ReadName(node, kind);
        var hadFaults = log.Faults.Count;
        var capability = Common(node, kind, name ?? "", types.Where(t => t != kind.ToString()).ToList());
        capability = kind switch
        {
            CapabilityKind.Telemetry or CapabilityKind.Property => Value(node, capability),
            CapabilityKind.Command => Command(node, capability),
            CapabilityKind.Component => Component(node, capability, isInComponent),
            _ => capability,
        };
        capability = capability with { Extras = node.Rest() };
        foreach (var fault in CapabilityRules.Check(capability, isInComponent))
            log.Fault(fault.Path.Length == 0 ? path : node.At(fault.Path), fault.Message);
        if (name is null || log.Faults.Count > hadFaults)
            return null;
        Report(path, capability);
        return capability;
    }

    private CapabilityKind? Kind(DtdlNode node, IReadOnlyList<string> types)
    {
        var kinds = types
            .Where(t => Enum.IsDefined(typeof(CapabilityKind), t) && char.IsAsciiLetterUpper(t[0]))
            .Distinct()
            .ToList();
        // the preview's words
        if (kinds.Count == 0 && types.Contains("CloudProperty"))
            return CapabilityKind.Property;
        if (kinds.Count == 1)
            return Enum.Parse<CapabilityKind>(kinds[0]);
        log.Fault(
            node.At("@type"),
            kinds.Count == 0
                ? "The type must be one of Telemetry, Property, Command, Component, Relationship."
                : $"An element cannot be {string.Join(" and ", kinds)} at once."
        );
        return null;
    }

    private static Capability Common(DtdlNode node, CapabilityKind kind, string name, IReadOnlyList<string> types) =>
        new()
        {
            Kind = kind,
            Name = name,
            Types = types,
            Id = node.Text("@id", 2048),
            DisplayName = node.Localized("displayName", CapabilityRules.MaxDisplayName),
            Description = node.Localized("description", CapabilityRules.MaxDescription),
            Comment = node.Text("comment", CapabilityRules.MaxDescription),
        };

    private Capability Value(DtdlNode node, Capability capability)
    {
        var schema = schemas.Read(node);
        // The preview kept these in a member of their own.
        var detail =
            node.TryTake("valueDetail", out var d) && d.ValueKind == JsonValueKind.Object
                ? new DtdlNode(d, node.At("valueDetail"), log)
                : node;
        var types = detail == node ? capability.Types : [.. capability.Types, .. detail.Types()];
        capability = capability with
        {
            Schema = schema,
            Types = ValueTypes(node, types, schema),
            Unit = node.Text("unit") is { } unit ? DtdlTerms.Short(unit) : null,
            DisplayUnit = node.Text("displayUnit", CapabilityRules.MaxUnit),
            Writable = node.Flag("writable"),
            DecimalPlaces = (node.Element.TryGetProperty("decimalPlaces", out _) ? node : detail).Whole(
                "decimalPlaces",
                0,
                CapabilityRules.MaxDecimalPlaces
            ),
            Color = node.Text("color", CapabilityRules.MaxUnit),
            MinValue = detail.Number("minValue"),
            MaxValue = detail.Number("maxValue"),
            TrueName = detail.Localized("trueName", CapabilityRules.MaxDisplayName),
            FalseName = detail.Localized("falseName", CapabilityRules.MaxDisplayName),
            MinLength = detail.Whole("minLength", 0, 1_000_000),
            MaxLength = detail.Whole("maxLength", 0, 1_000_000),
            InitialValue = node.Json("initialValue"),
        };
        if (detail != node)
        {
            log.Changed(detail.Path, "Limits are kept with the property itself.");
            detail.Rest();
        }

        if (
            capability.InitialValue is not null
            && schema is not null
            && CapabilityRules.InitialValueFault(capability) is { } misfit
        )
        {
            log.Changed(node.At("initialValue"), $"The initial value was dropped: {misfit}.");
            capability = capability with
            {
                InitialValue = null,
                Types = capability.Types.Where(t => t != DtdlTypes.Initialized).ToList(),
            };
        }

        return capability;
    }

    /// <summary>The types with IoT Central's value type put right: a dateTime is no StringValue.</summary>
    private List<string> ValueTypes(DtdlNode node, IReadOnlyList<string> types, Schema? schema)
    {
        var right = schema is null ? null : DtdlTypes.ValueTypeOf(schema);
        var result = new List<string>();
        foreach (var type in types)
        {
            var taken = type == "CloudProperty" ? DtdlTypes.Cloud : type;
            if (DtdlTypes.IsValueType(type) && right is not null && type != right)
            {
                log.Changed(node.At("@type"), $"{type} does not fit the schema; {right} was taken.");
                taken = right;
            }

            if (!result.Contains(taken))
                result.Add(taken);
        }

        return result;
    }

    private Capability Command(DtdlNode node, Capability capability) =>
        capability with
        {
            Durable = node.Flag("durable"),
            Request = Payload(node, "request"),
            Response = Payload(node, "response"),
        };

    private CommandPayload? Payload(DtdlNode owner, string member)
    {
        if (!owner.TryTake(member, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Object)
        {
            log.Fault(owner.At(member), $"'{member}' must be an object with name and schema.");
            return null;
        }

        var node = new DtdlNode(value, owner.At(member), log);
        var types = node.Types()
            .Where(t => t is not ("CommandPayload" or "CommandRequest" or "CommandResponse" or "SchemaField"));
        var name = CapabilityRules.ReadName(node);
        var schema = schemas.Read(node);
        var payload = new CommandPayload(name ?? "", schema ?? Schema.String)
        {
            Id = node.Text("@id", 2048),
            Types = types.ToList(),
            DisplayName = node.Localized("displayName", CapabilityRules.MaxDisplayName),
            Description = node.Localized("description", CapabilityRules.MaxDescription),
            Unit = node.Text("unit") is { } unit ? DtdlTerms.Short(unit) : null,
            InitialValue = node.Json("initialValue"),
            Nullable = node.Flag("nullable"),
            Extras = node.Rest(),
        };
        return name is null || schema is null ? null : payload;
    }

    private Capability Component(DtdlNode node, Capability capability, bool isInComponent)
    {
        if (isInComponent)
        {
            log.Fault(node.Path, "A component cannot hold another component: devices name one component in a message.");
            node.Skip("schema");
            return capability;
        }

        if (node.TryTake("schema", out var schema))
            return capability with { Interface = interfaces.Read(schema, node.At("schema"), isInComponent: true) };
        log.Fault(node.At("schema"), "A component needs the interface it is made of.");
        return capability;
    }

    private void Report(string path, Capability c)
    {
        var what = c.Kind switch
        {
            CapabilityKind.Component => $"with {c.Interface!.AllContents().Count()} capabilities",
            _ when c.Schema is { } schema => CapabilityRules.Describe(schema, c.Unit),
            _ => "",
        };
        log.Taken(path, $"{(c.IsCloud ? "Cloud property" : c.Kind.ToString())} '{c.Name}' {what}".TrimEnd() + ".");
        foreach (var note in CapabilityRules.Notes(c))
            log.Note(path, note);
        if (c.Is(DtdlTypes.EdgeModule))
            log.LeftOut(path, "IoT Edge modules have no effect here; the module is kept in the exported file.");
    }
}
