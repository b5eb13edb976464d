using IoTCentral.Core.Templates;

namespace IoTCentral.Web.Features.Templates.Page;

/// <summary>Capabilities that stand together: the device's own, one component's, or the cloud properties.</summary>
/// <param name="Component">Empty for the device itself and for cloud properties.</param>
/// <param name="Entry">The component itself; null for the others.</param>
public sealed record CapabilityGroup(string Component, Capability? Entry, bool IsCloud, IReadOnlyList<Capability> Rows)
{
    public string Key => IsCloud ? "cloud" : $"in {Component}";

    /// <summary>The template's capabilities in groups, narrowed to those whose name has the text.</summary>
    public static IReadOnlyList<CapabilityGroup> Of(DeviceTemplate template, string? search = null)
    {
        var text = search?.Trim() ?? "";
        bool Shows(Capability c) =>
            text.Length == 0
            || c.Label.Contains(text, StringComparison.CurrentCultureIgnoreCase)
            || c.Path.ToString().Contains(text, StringComparison.OrdinalIgnoreCase);
        var root = template.Index.Root.Contents;
        var groups = new List<CapabilityGroup>
        {
            new("", null, false, [.. root.Where(c => !c.IsCloud && !IsGroup(c) && Shows(c))]),
        };
        groups.AddRange(
            from component in root.Where(IsGroup)
            let rows = template.Index.Component(component.Name)?.Contents ?? []
            select new CapabilityGroup(component.Name, component, false, [.. rows.Where(Shows)])
        );
        groups.Add(new("", null, true, [.. root.Where(c => c.IsCloud && Shows(c))]));
        return text.Length == 0 ? groups : [.. groups.Where(g => g.Rows.Count > 0)];
    }

    private static bool IsGroup(Capability c) => c is { Kind: CapabilityKind.Component, Interface: not null };
}
