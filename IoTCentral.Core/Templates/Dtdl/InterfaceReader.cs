using System.Text.Json;

namespace IoTCentral.Core.Templates.Dtdl;

/// <summary>Reads interfaces with what they inherit, written in place or referred to by id.</summary>
internal sealed class InterfaceReader(DtdlLog log, DtdlInterfaces definitions)
{
    // DTDL: ten levels of inheritance
    private const int MaxLevels = 10;

    private readonly Dictionary<string, TemplateInterface?> _byReference = [];
    private readonly List<string> _open = [];

    /// <summary>An interface in any form: id, object with only an id, or the definition itself. Null after a fault.</summary>
    public TemplateInterface? Read(JsonElement value, string path, bool isInComponent)
    {
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 1)
            return Read(value[0], $"{path}[0]", isInComponent);
        if (value.ValueKind == JsonValueKind.String)
            return Refer(value.GetString()!, path, isInComponent);
        if (value.ValueKind != JsonValueKind.Object)
        {
            log.Fault(path, "This must be an interface, or the id of one.");
            return null;
        }

        var isReference =
            !DtdlInterfaces.IsDefinition(value)
            && !value.TryGetProperty("contents", out _)
            && value.TryGetProperty("@id", out var id)
            && id.ValueKind == JsonValueKind.String;
        return isReference
            ? Refer(value.GetProperty("@id").GetString()!, path, isInComponent)
            : Define(value, path, isInComponent);
    }

    private TemplateInterface? Refer(string id, string path, bool isInComponent)
    {
        if (IsOpen(id, path))
            return null;
        // A component's interface is read apart from the root's, because cloud properties are allowed in one only.
        var key = isInComponent ? id + "#component" : id;
        if (_byReference.TryGetValue(key, out var known))
            return known;
        if (!definitions.TryFind(id, out var element, out var at))
        {
            log.Fault(path, $"The interface '{id}' is not in this file; add it to the array of interfaces.");
            return null;
        }

        if (ReferenceEquals(at, WellKnownInterfaces.Path))
            log.Changed(path, $"'{id}' is not in this file; the well-known interface of that id was used.");
        return _byReference[key] = Define(element, at, isInComponent);
    }

    private bool IsOpen(string id, string path)
    {
        var start = _open.IndexOf(id);
        if (start < 0)
            return false;
        log.Fault(
            path,
            $"The interface refers to itself in a circle: {string.Join(" → ", _open.Skip(start).Append(id))}."
        );
        return true;
    }

    private TemplateInterface? Define(JsonElement element, string path, bool isInComponent)
    {
        var node = new DtdlNode(element, path, log);
        if (ReadId(node) is not { } id || IsOpen(id, path))
            return null;
        if (_open.Count > MaxLevels)
        {
            log.Fault(path, $"Interfaces may inherit over at most {MaxLevels} levels.");
            return null;
        }

        _open.Add(id);
        var read = Members(node, id, isInComponent);
        _open.RemoveAt(_open.Count - 1);
        return read;
    }

    private TemplateInterface Members(DtdlNode node, string id, bool isInComponent)
    {
        node.Skip("@context");
        var types = node.Types().Where(t => t is not ("Interface" or "CapabilityModel")).ToList();
        var extends = node.Items("extends")
            .Select(e => Read(e.Item, e.Path, isInComponent))
            .OfType<TemplateInterface>()
            .ToList();
        var named = NamedSchemas(node, extends);
        var capabilities = new CapabilityReader(log, new SchemaReader(log, named.All), this);
        var contents = node.Items("contents")
            .Select(c => capabilities.Read(c.Item, c.Path, isInComponent))
            .OfType<Capability>()
            .ToList();
        contents.AddRange(PreviewForm.Implements(node, this, isInComponent));
        var read = new TemplateInterface
        {
            Id = id,
            Types = types,
            DisplayName = node.Localized("displayName", CapabilityRules.MaxDisplayName),
            Description = node.Localized("description", CapabilityRules.MaxDescription),
            Comment = node.Text("comment", CapabilityRules.MaxDescription),
            Contents = contents,
            Extends = extends,
            Schemas = named.Own,
            Extras = node.Rest(),
        };
        foreach (var twice in read.AllContents().GroupBy(c => c.Name).Where(g => g.Count() > 1))
            log.Fault(
                node.At("contents"),
                $"The name '{twice.Key}' is there twice (inherited capabilities count too)."
            );
        return read;
    }

    private (IReadOnlyDictionary<string, Schema> All, IReadOnlyList<Schema> Own) NamedSchemas(
        DtdlNode node,
        List<TemplateInterface> extends
    )
    {
        var all = new Dictionary<string, Schema>();
        foreach (var inherited in extends.SelectMany(Inherited))
            all.TryAdd(inherited.Id!, inherited);
        var own = new List<Schema>();
        var reader = new SchemaReader(log, all);
        foreach (var (item, path) in node.Items("schemas"))
        {
            if (reader.Read(item, path, level: 0) is not { } schema)
                continue;
            if (schema.Id is null)
                log.Fault(path, "A schema under 'schemas' needs an @id.");
            else if (!all.TryAdd(schema.Id, schema))
                log.Fault(path, $"The schema '{schema.Id}' is there twice.");
            else
                own.Add(schema);
        }

        return (all, own);
    }

    private static IEnumerable<Schema> Inherited(TemplateInterface from) =>
        from.Schemas.Concat(from.Extends.SelectMany(Inherited)).DistinctBy(s => s.Id);

    private string? ReadId(DtdlNode node)
    {
        var text = node.Text("@id", 2048);
        if (text is null)
        {
            log.Fault(node.At("@id"), "An interface needs an @id, e.g. dtmi:contoso:Thermostat;1.");
            return null;
        }

        if (PreviewForm.FromUrn(text) is { } dtmi)
        {
            log.Changed(node.At("@id"), $"The old id '{text}' became '{dtmi}'.");
            text = dtmi;
        }

        if (Dtmi.TryParse(text, out _, out var reason))
            return text;
        log.Fault(node.At("@id"), reason);
        return null;
    }
}
