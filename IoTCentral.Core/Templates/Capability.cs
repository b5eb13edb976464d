namespace IoTCentral.Core.Templates;

/// <summary>What a capability is.</summary>
public enum CapabilityKind
{
    Telemetry,
    Property,
    Command,
    Component,
    Relationship,
}

/// <summary>Where a capability is in its template.</summary>
/// <param name="Component">Component's name; empty for the root.</param>
public readonly record struct CapabilityPath(string Component, string Name)
{
    /// <summary>IoT Central's spelling: <c>name</c> or <c>component.name</c>.</summary>
    public override string ToString() => Component.Length == 0 ? Name : $"{Component}.{Name}";
}

/// <summary>One telemetry, property, command, component or relationship of a template. A cloud property is a property
/// that <see cref="IsCloud"/>: kept here, never sent to the device.</summary>
public sealed record Capability
{
    public required CapabilityKind Kind { get; init; }

    /// <summary>Component it is in; empty for the root. Set by the template's index, empty inside an interface.</summary>
    public string Component { get; init; } = "";
    public required string Name { get; init; }

    /// <summary>Element's own <c>@id</c>; most have none.</summary>
    public string? Id { get; init; }

    /// <summary>Types besides the kind, in the order given: <c>Temperature</c>, <c>State</c>, <c>Cloud</c>, <c>NumberValue</c>, …</summary>
    public IReadOnlyList<string> Types { get; init; } = [];
    public LocalizedText? DisplayName { get; init; }
    public LocalizedText? Description { get; init; }
    public string? Comment { get; init; }

    /// <summary>Null for commands, components and relationships.</summary>
    public Schema? Schema { get; init; }

    /// <summary>DTDL unit the device sends in, e.g. <c>degreeCelsius</c>; see <see cref="Units"/>.</summary>
    public string? Unit { get; init; }

    /// <summary>Unit to show: a unit's name, or any text (IoT Central lets people write <c>C</c>).</summary>
    public string? DisplayUnit { get; init; }

    /// <summary>Property the cloud may set; null: not said, which means no.</summary>
    public bool? Writable { get; init; }
    public double? MinValue { get; init; }
    public double? MaxValue { get; init; }

    /// <summary>Digits after the point to show, 0–15; null: as many as are sensible.</summary>
    public int? DecimalPlaces { get; init; }

    /// <summary>CSS colour for charts, <c>#rrggbb</c> or a name.</summary>
    public string? Color { get; init; }
    public LocalizedText? TrueName { get; init; }
    public LocalizedText? FalseName { get; init; }
    public int? MinLength { get; init; }
    public int? MaxLength { get; init; }

    /// <summary>Default as JSON text, e.g. <c>98</c> or <c>"Berlin"</c>.</summary>
    public string? InitialValue { get; init; }

    /// <summary>Command that waits for a device that is offline; null: not said, which means no.</summary>
    public bool? Durable { get; init; }
    public CommandPayload? Request { get; init; }
    public CommandPayload? Response { get; init; }

    /// <summary>What the component is made of; only for <see cref="CapabilityKind.Component"/>.</summary>
    public TemplateInterface? Interface { get; init; }

    /// <summary>Members we do not use, kept for the export: name to JSON text.</summary>
    public IReadOnlyDictionary<string, string> Extras { get; init; } = Schema.NoExtras;

    public CapabilityPath Path => new(Component, Name);
    public bool IsCloud => Kind == CapabilityKind.Property && Types.Contains(DtdlTypes.Cloud);
    public bool IsWritable => Kind == CapabilityKind.Property && Writable == true && !IsCloud;
    public bool IsDurable => Durable == true;

    /// <summary>What people call it.</summary>
    public string Label => DisplayName?.Text ?? Name;

    /// <summary>The type that says what it means: a quantity (<c>Temperature</c>) or State, Event, Location, …; null: none.</summary>
    public string? SemanticType => Types.FirstOrDefault(DtdlTypes.IsSemantic);

    public bool Is(string type) => Types.Contains(type);
}

/// <summary>What a command is called with, or answers.</summary>
public sealed record CommandPayload(string Name, Schema Schema)
{
    public string? Id { get; init; }
    public IReadOnlyList<string> Types { get; init; } = [];
    public LocalizedText? DisplayName { get; init; }
    public LocalizedText? Description { get; init; }
    public string? Unit { get; init; }
    public string? InitialValue { get; init; }

    /// <summary>DTDL v3: the payload may be left out.</summary>
    public bool? Nullable { get; init; }
    public IReadOnlyDictionary<string, string> Extras { get; init; } = Schema.NoExtras;
    public string Label => DisplayName?.Text ?? Name;
}
