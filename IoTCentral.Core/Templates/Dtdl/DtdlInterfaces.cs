using System.Text.Json;

namespace IoTCentral.Core.Templates.Dtdl;

/// <summary>The interfaces a file defines anywhere, by id, so that others can refer to them.</summary>
internal sealed class DtdlInterfaces
{
    private readonly Dictionary<string, (JsonElement Element, string Path)> _byId = [];

    public DtdlInterfaces(JsonElement file) => Note(file, "");

    public bool TryFind(string id, out JsonElement element, out string path)
    {
        var found = _byId.TryGetValue(id, out var known);
        (element, path) = known;
        return found || WellKnownInterfaces.TryFind(id, out element, out path);
    }

    public static bool IsDefinition(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("@type", out var type))
            return false;
        return type.ValueKind switch
        {
            JsonValueKind.String => IsInterface(type),
            JsonValueKind.Array => type.EnumerateArray()
                .Any(t => t.ValueKind == JsonValueKind.String && IsInterface(t)),
            _ => false,
        };
    }

    /// <summary>Remembers each object that defines an interface, however deep; the first definition of an id wins.</summary>
    private void Note(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            var i = 0;
            foreach (var item in element.EnumerateArray())
                Note(item, $"{path}[{i++}]");
        }

        if (element.ValueKind != JsonValueKind.Object)
            return;
        if (IsDefinition(element) && element.TryGetProperty("@id", out var id) && id.ValueKind == JsonValueKind.String)
            _byId.TryAdd(id.GetString()!, (element, path));
        foreach (var member in element.EnumerateObject())
            Note(member.Value, DtdlNode.Join(path, member.Name));
    }

    private static bool IsInterface(JsonElement type) =>
        DtdlTerms.Short(type.GetString()!) is "Interface" or "CapabilityModel";
}
