namespace IoTCentral.Core.Templates;

/// <summary>Draft templates can be changed freely; published ones only so that nothing breaks for their devices.</summary>
public enum TemplateStatus
{
    Draft,
    Published,
}

/// <summary>What a kind of device can do and how it is shown: a DTDL capability model, cloud properties, views; versioned.</summary>
public sealed record DeviceTemplate
{
    /// <summary>Template's own DTMI, not the model's; IoT Central's ids may lack the version.</summary>
    public required string Id { get; init; }

    /// <summary>DTMI of the capability model: what devices announce.</summary>
    public string ModelId => Root.Id;

    /// <summary><see cref="Id"/> without version: the same for all versions of this template.</summary>
    public string Family => Dtmi.TryParse(Id, out var id, out _) ? id.Family : Id;

    /// <summary>Version in <see cref="Id"/>; 1 when it has none.</summary>
    public int Version => Dtmi.TryParse(Id, out var id, out _) ? id.Version : 1;
    public TemplateStatus Status { get; init; }
    public required string DisplayName { get; init; }
    public string? Description { get; init; }

    /// <summary>IoT Central's types, e.g. ModelDefinition and DeviceModel (gateways and edge devices have more).</summary>
    public IReadOnlyList<string> Types { get; init; } = DtdlTypes.DeviceModelTypes;

    /// <summary>DTDL version of the model: 2 or 3.</summary>
    public int DtdlVersion { get; init; } = 2;

    /// <summary>JSON-LD contexts as given; empty: those of IoT Central and of <see cref="DtdlVersion"/>.</summary>
    public IReadOnlyList<string> Contexts { get; init; } = [];

    /// <summary>The root component: what the device itself can do, with its components among the contents.</summary>
    public required TemplateInterface Root
    {
        get;
        init
        {
            field = value;
            Index = new TemplateIndex(value);
        }
    }

    /// <summary>How the device page is laid out; empty: the views made by default.</summary>
    public TemplateViews Views { get; init; } = TemplateViews.Default;

    /// <summary>Members of the wrapper we do not use, kept for the export: name to JSON text.</summary>
    public IReadOnlyDictionary<string, string> Extras { get; init; } = Schema.NoExtras;

    /// <summary>The file as it was imported, byte for byte; null when the template was made here.</summary>
    public string? Original { get; init; }

    /// <summary>Counts edits of the stored row (optimistic locking); has nothing to do with <see cref="Version"/>.</summary>
    public int Revision { get; init; } = 1;
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Fast look-up by component and name; always that of <see cref="Root"/>.</summary>
    public TemplateIndex Index { get; private init; } = TemplateIndex.Empty;

    /// <summary>All capabilities of the root (with inherited ones) and of its components, in order.</summary>
    public IReadOnlyList<Capability> Capabilities => Index.All;

    /// <summary>Names of the components, in order; the root is not among them.</summary>
    public IReadOnlyList<string> Components => Index.Components;
    public IEnumerable<Capability> CloudProperties => Capabilities.Where(c => c.IsCloud);
    public bool IsPublished => Status == TemplateStatus.Published;

    /// <summary>The capability, or null when the template does not have it.</summary>
    /// <param name="component">Empty for the root.</param>
    public Capability? Find(string component, string name) => Index.Find(component, name);
}
