namespace IoTCentral.Core.Templates.Dtdl;

/// <summary>Limits of a whole template, counted without following anything twice: a small file can mean a large template.</summary>
internal static class TemplateSize
{
    private const int MaxInterfaces = 1_000;

    /// <summary>False after a fault.</summary>
    public static bool Check(TemplateInterface root, DtdlLog log)
    {
        var contents = root.AllContents().ToList();
        var components = contents.Select(c => c.Interface).OfType<TemplateInterface>().ToList();
        var sizes = new Dictionary<TemplateInterface, long>(ReferenceEqualityComparer.Instance);
        var count = (long)contents.Count;
        foreach (var component in components)
        {
            if (!sizes.TryGetValue(component, out var size))
                sizes[component] = size = component.AllContents().Count();
            count += size;
        }

        var chains = new Dictionary<TemplateInterface, long>(ReferenceEqualityComparer.Instance);
        var interfaces = Chains(root, chains) + components.Sum(c => Chains(c, chains));
        if (count > DtdlReader.MaxCapabilities)
            log.Fault("", $"The template has {count} capabilities; {DtdlReader.MaxCapabilities} is the most.");
        else if (count > DtdlReader.IotCentralCapabilities)
            log.Note(
                "",
                $"The template has {count} capabilities. Up to {DtdlReader.MaxCapabilities} are fine here; IoT Central itself stops at {DtdlReader.IotCentralCapabilities}."
            );
        if (interfaces > MaxInterfaces && !log.HasFaults)
            log.Fault("", $"The template inherits interfaces in more than {MaxInterfaces} ways.");
        return !log.HasFaults;
    }

    /// <summary>Interfaces when each is written out wherever it is inherited, as exports do.</summary>
    private static long Chains(TemplateInterface from, Dictionary<TemplateInterface, long> known)
    {
        if (known.TryGetValue(from, out var count))
            return count;
        count = 1;
        foreach (var inherited in from.Extends)
            count = Math.Min(count + Chains(inherited, known), int.MaxValue);
        return known[from] = count;
    }
}
