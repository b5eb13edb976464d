using IoTCentral.Core.Common;
using IoTCentral.Core.Templates.Dtdl;

namespace IoTCentral.Core.Templates;

/// <summary>Everything that is wrong with a template, wherever it was made.</summary>
public static class TemplateRules
{
    /// <summary>Every fault with its path in IoT Central's form, e.g. <c>capabilityModel.contents[2].minValue</c>; empty: fine.</summary>
    public static IReadOnlyList<Fault> Check(DeviceTemplate template)
    {
        var faults = new List<Fault>();
        if (string.IsNullOrWhiteSpace(template.DisplayName))
            faults.Add(new Fault("displayName", "A name is needed."));
        faults.AddRange(Walk(template.Root, "capabilityModel").SelectMany(c => Unwritable(c.Capability, c.Path)));
        // What cannot be written cannot be read; all else is what a file must be like too.
        if (faults.Count == 0)
            faults.AddRange(DtdlReader.Read(DtdlWriter.DeviceTemplate(template)).Faults);
        return faults;
    }

    private static IEnumerable<Fault> Unwritable(Capability c, string path)
    {
        if (!double.IsFinite(c.MinValue ?? 0))
            yield return new Fault($"{path}.minValue", "The minimum must be a number.");
        if (!double.IsFinite(c.MaxValue ?? 0))
            yield return new Fault($"{path}.maxValue", "The maximum must be a number.");
        if (CapabilityRules.InitialValueFault(c) is { } misfit)
            yield return new Fault($"{path}.initialValue", $"The initial value does not fit: {misfit}.");
    }

    private static IEnumerable<(Capability Capability, string Path)> Walk(TemplateInterface from, string path)
    {
        for (var i = 0; i < from.Contents.Count; i++)
        {
            var at = $"{path}.contents[{i}]";
            yield return (from.Contents[i], at);
            if (from.Contents[i].Interface is { } component)
                foreach (var inner in Walk(component, $"{at}.schema"))
                    yield return inner;
        }

        for (var i = 0; i < from.Extends.Count; i++)
            foreach (var inherited in Walk(from.Extends[i], $"{path}.extends[{i}]"))
                yield return inherited;
    }
}
