using System.Text.Json;

namespace IoTCentral.Core.Templates.Dtdl;

/// <summary>Finds the interface of an array that the device itself implements: the one no other refers to.</summary>
internal static class RootFinder
{
    /// <summary>Index of the root and of the others nobody refers to; null after a fault.</summary>
    public static (int Root, IReadOnlyList<int> Others)? Find(JsonElement array, DtdlLog log)
    {
        var items = array.EnumerateArray().ToList();
        for (var i = 0; i < items.Count; i++)
            if (!DtdlInterfaces.IsDefinition(items[i]))
                log.Fault($"[{i}]", "Each item of the array must be a DTDL interface.");
        if (log.HasFaults)
            return null;
        var ids = items.Select(Id).ToList();
        foreach (var twice in ids.OfType<string>().GroupBy(i => i).Where(g => g.Count() > 1))
            log.Fault("", $"The interface '{twice.Key}' is there twice.");
        if (log.HasFaults)
            return null;

        var referred = new HashSet<string>();
        foreach (var item in items)
            Refer(item, referred);
        var free = Enumerable.Range(0, items.Count).Where(i => ids[i] is null || !referred.Contains(ids[i]!)).ToList();
        if (free.Count > 0)
            return (free[0], free.Skip(1).ToList());
        log.Fault("", "The interfaces refer to each other in a circle: none of them is the root.");
        return null;
    }

    private static string? Id(JsonElement item) =>
        item.TryGetProperty("@id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;

    private static void Refer(JsonElement item, HashSet<string> referred)
    {
        if (item.ValueKind != JsonValueKind.Object)
            return;
        if (item.TryGetProperty("extends", out var extends))
            Add(extends, referred);
        if (!item.TryGetProperty("contents", out var contents))
            return;
        foreach (
            var content in contents.ValueKind == JsonValueKind.Array ? contents.EnumerateArray().ToList() : [contents]
        )
            if (content.ValueKind == JsonValueKind.Object && content.TryGetProperty("schema", out var schema))
                Add(schema, referred);
    }

    private static void Add(JsonElement reference, HashSet<string> referred)
    {
        switch (reference.ValueKind)
        {
            case JsonValueKind.String:
                referred.Add(reference.GetString()!);
                break;
            case JsonValueKind.Array:
                foreach (var item in reference.EnumerateArray())
                    Add(item, referred);
                break;
            case JsonValueKind.Object:
                if (Id(reference) is { } id)
                    referred.Add(id);
                Refer(reference, referred);
                break;
        }
    }
}
