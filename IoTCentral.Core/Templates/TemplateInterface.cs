namespace IoTCentral.Core.Templates;

/// <summary>A DTDL interface: a named set of capabilities, perhaps built on others.</summary>
public sealed record TemplateInterface
{
    /// <summary>DTMI.</summary>
    public required string Id { get; init; }
    public LocalizedText? DisplayName { get; init; }
    public LocalizedText? Description { get; init; }
    public string? Comment { get; init; }

    /// <summary>Own capabilities, in the order given.</summary>
    public IReadOnlyList<Capability> Contents { get; init; } = [];

    /// <summary>Interfaces it inherits from.</summary>
    public IReadOnlyList<TemplateInterface> Extends { get; init; } = [];

    /// <summary>Complex schemas that its capabilities name by id.</summary>
    public IReadOnlyList<Schema> Schemas { get; init; } = [];

    /// <summary>Types besides Interface.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Members we do not use, kept for the export: name to JSON text.</summary>
    public IReadOnlyDictionary<string, string> Extras { get; init; } = Schema.NoExtras;
    public string Label => DisplayName?.Text ?? (Dtmi.TryParse(Id, out var id, out _) ? id.LastSegment : Id);

    /// <summary>Own capabilities, then inherited ones; an interface reached on two ways counts once.</summary>
    public IEnumerable<Capability> AllContents()
    {
        var seen = new HashSet<string>();
        var open = new Stack<TemplateInterface>([this]);
        while (open.TryPop(out var next))
        {
            if (!seen.Add(next.Id))
                continue;
            foreach (var capability in next.Contents)
                yield return capability;
            for (var i = next.Extends.Count - 1; i >= 0; i--)
                open.Push(next.Extends[i]);
        }
    }
}
