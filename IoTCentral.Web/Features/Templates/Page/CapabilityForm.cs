using IoTCentral.Core.Common;
using IoTCentral.Core.Templates;

namespace IoTCentral.Web.Features.Templates.Page;

/// <summary>A capability as a form holds it. <see cref="ApplyTo"/> writes only what was changed in the form, so that an
/// edit can be put on what somebody else has saved meanwhile.</summary>
public sealed class CapabilityForm
{
    private readonly Capability _given;

    private CapabilityForm(Capability given, CapabilityChoice choice, bool isNew)
    {
        (_given, Choice, IsNew) = (given, choice, isNew);
        Name = given.Name;
        DisplayName = isNew ? "" : given.Label;
        Description = given.Description?.Text ?? "";
        Schema = given.Schema?.Kind;
        Meaning = given.SemanticType ?? "";
        Unit = given.Unit ?? "";
        DisplayUnit = given.DisplayUnit ?? "";
        (Min, Max, Decimals) = (given.MinValue, given.MaxValue, given.DecimalPlaces);
        (MinLength, MaxLength) = (given.MinLength, given.MaxLength);
        Color = given.Color ?? "";
        TrueName = given.TrueName?.Text ?? "";
        FalseName = given.FalseName?.Text ?? "";
        (IsWritable, IsDurable) = (given.IsWritable, given.IsDurable);
        Request = given.Request?.Schema.Kind;
        Response = given.Response?.Schema.Kind;
        Values = given.Schema is EnumSchema e ? [.. e.Values.Select(v => new ChoiceRow(v))] : [];
        IsText = given.Schema is EnumSchema { IsText: true };
    }

    public bool IsNew { get; }
    public CapabilityChoice Choice { get; private set; }
    public string Name { get; set; }
    public string DisplayName { get; set; }
    public string Description { get; set; }
    public SchemaKind? Schema { get; set; }
    public string Meaning { get; set; }
    public string Unit { get; set; }
    public string DisplayUnit { get; set; }
    public double? Min { get; set; }
    public double? Max { get; set; }
    public int? Decimals { get; set; }
    public int? MinLength { get; set; }
    public int? MaxLength { get; set; }
    public string Color { get; set; }
    public string TrueName { get; set; }
    public string FalseName { get; set; }
    public bool IsWritable { get; set; }
    public bool IsDurable { get; set; }
    public SchemaKind? Request { get; set; }
    public SchemaKind? Response { get; set; }
    public List<ChoiceRow> Values { get; }

    /// <summary>The device sends texts for the choices, not whole numbers.</summary>
    public bool IsText { get; set; }

    public bool HasValue => Choice is CapabilityChoice.Telemetry or CapabilityChoice.Property or CapabilityChoice.Cloud;
    public bool IsNumeric => HasValue && Schema is { } kind && new Schema(kind).IsNumeric;

    public static CapabilityForm Of(Capability capability) =>
        new(
            capability,
            capability.IsCloud ? CapabilityChoice.Cloud : Enum.Parse<CapabilityChoice>(capability.Kind.ToString()),
            isNew: false
        );

    public static CapabilityForm New(string component, CapabilityChoice choice)
    {
        var form = new CapabilityForm(
            new Capability
            {
                Kind = CapabilityKind.Telemetry,
                Component = component,
                Name = "",
                Schema = Core.Templates.Schema.Double,
            },
            choice,
            isNew: true
        );
        form.Choose(choice);
        return form;
    }

    public void Choose(CapabilityChoice choice)
    {
        Choice = choice;
        Schema = HasValue ? Schema ?? SchemaKind.Double : null;
        Settle();
    }

    /// <summary>Takes away what no longer fits after the shape or the meaning was changed.</summary>
    public void Settle()
    {
        if (Schema is not { } schema)
            return;
        if (
            Meaning.Length > 0
            && Meaning != _given.SemanticType
            && !CapabilityOptions.Meanings(schema, Choice).Contains(Meaning)
        )
            Meaning = "";
        if (!IsNumeric && !(schema == SchemaKind.Vector))
            (Unit, DisplayUnit) = ("", "");
        if (!IsNumeric)
            (Min, Max, Decimals) = (null, null, null);
        if (DisplayUnit.Length > 0 && DisplayUnit != _given.DisplayUnit && !Units.CanConvert(Unit, DisplayUnit))
            DisplayUnit = "";
        if (schema == SchemaKind.Enum && Values.Count == 0)
            Values.Add(new ChoiceRow(null));
        if (IsNew && schema == SchemaKind.Enum && Meaning.Length == 0)
            Meaning = DtdlTypes.State;
    }

    /// <summary>The capability as the form wants it.</summary>
    public Capability Wanted() => IsNew ? ApplyTo(Base()) : ApplyTo(_given);

    /// <summary>This capability, perhaps changed by others since the form was opened, with the form's changes.</summary>
    public Capability ApplyTo(Capability c)
    {
        var schema = WantedSchema();
        var changed = c with
        {
            DisplayName = Reworded(c.DisplayName, _given.DisplayName?.Text ?? (IsNew ? "" : _given.Label), DisplayName),
            Description = Reworded(c.Description, _given.Description?.Text ?? "", Description),
            Schema = ReferenceEquals(schema, _given.Schema) ? c.Schema : schema,
            Types = WantedTypes(c.Types, schema),
            Unit = Pick(c.Unit, _given.Unit, Text(Unit)),
            DisplayUnit = Pick(c.DisplayUnit, _given.DisplayUnit, Text(DisplayUnit)),
            MinValue = Pick(c.MinValue, _given.MinValue, Min),
            MaxValue = Pick(c.MaxValue, _given.MaxValue, Max),
            DecimalPlaces = Pick(c.DecimalPlaces, _given.DecimalPlaces, Decimals),
            MinLength = Pick(c.MinLength, _given.MinLength, MinLength),
            MaxLength = Pick(c.MaxLength, _given.MaxLength, MaxLength),
            Color = Pick(c.Color, _given.Color, Text(Color)),
            TrueName = Reworded(c.TrueName, _given.TrueName?.Text ?? "", TrueName),
            FalseName = Reworded(c.FalseName, _given.FalseName?.Text ?? "", FalseName),
            Writable = IsWritable == _given.IsWritable ? c.Writable : IsWritable,
            Durable = IsDurable == _given.IsDurable ? c.Durable : IsDurable,
            Request = Payload(c.Request, _given.Request, Request, "request"),
            Response = Payload(c.Response, _given.Response, Response, "response"),
        };
        return changed == c ? c : changed;
    }

    /// <summary>Every fault, by the name of its field.</summary>
    public IEnumerable<Fault> Check(DeviceTemplate template)
    {
        if (IsNew && NameFault() is { } fault)
            yield return new Fault("name", fault);
        else if (IsNew && template.Find(_given.Component, Name) is not null)
            yield return new Fault("name", $"The template already has '{Name}' here; choose another name.");
        foreach (var found in ChoiceRow.Check(Schema == SchemaKind.Enum ? Values : [], IsText))
            yield return found;
        foreach (var found in CapabilityRules.Check(Wanted(), isInComponent: _given.Component.Length > 0))
            yield return found;
        if (!IsNew && CapabilityRules.InitialValueFault(Wanted()) is { } misfit)
            yield return new Fault("", $"Its initial value does not fit any more: {misfit}.");
    }

    /// <summary>What is odd without being wrong.</summary>
    public IEnumerable<string> Notes() => CapabilityRules.Notes(Wanted());

    private string? NameFault() =>
        CapabilityRules.NameFault(Name, Choice == CapabilityChoice.Component ? CapabilityKind.Component : null);

    private Capability Base() =>
        new()
        {
            Kind = Choice switch
            {
                CapabilityChoice.Cloud => CapabilityKind.Property,
                _ => Enum.Parse<CapabilityKind>(Choice.ToString()),
            },
            Component = _given.Component,
            Name = Name,
            Types = Choice == CapabilityChoice.Cloud ? [DtdlTypes.Cloud] : [],
        };

    private Schema? WantedSchema() =>
        Schema switch
        {
            null => null,
            SchemaKind.Enum => ChoiceRow.Schema(_given.Schema as EnumSchema, Values, IsText),
            { } kind when !IsNew && _given.Schema?.Kind == kind => _given.Schema,
            { } kind => new Schema(kind),
        };

    private IReadOnlyList<string> WantedTypes(IReadOnlyList<string> types, Schema? schema)
    {
        var wanted = types;
        if (Meaning != (_given.SemanticType ?? ""))
            wanted = [.. types.Where(t => !DtdlTypes.IsSemantic(t)), .. Meaning.Length > 0 ? [Meaning] : (string[])[]];
        if (
            schema is null
            || (!IsNew && schema.Kind == _given.Schema?.Kind)
            || (IsNew && Choice != CapabilityChoice.Cloud)
        )
            return wanted;
        // IoT Central's marker of how the value is edited goes with the shape
        var marked = wanted.Any(DtdlTypes.IsValueType) || Choice == CapabilityChoice.Cloud;
        return marked
            ?
            [
                .. wanted.Where(t => !DtdlTypes.IsValueType(t)),
                .. DtdlTypes.ValueTypeOf(schema) is { } v ? [v] : (string[])[],
            ]
            : wanted;
    }

    private static CommandPayload? Payload(
        CommandPayload? now,
        CommandPayload? given,
        SchemaKind? wanted,
        string name
    ) =>
        wanted == given?.Schema.Kind ? now
        : wanted is { } kind ? new CommandPayload(given?.Name ?? name, new Schema(kind))
        : null;

    private static LocalizedText? Reworded(LocalizedText? now, string given, string wanted)
    {
        var text = wanted.Trim();
        if (text == given)
            return now;
        return text.Length == 0 ? null : now?.Reword(text) ?? new LocalizedText(text);
    }

    private static T? Pick<T>(T? now, T? given, T? wanted) => Equals(given, wanted) ? now : wanted;

    private static string? Text(string text) => text.Trim() is { Length: > 0 } t ? t : null;
}
