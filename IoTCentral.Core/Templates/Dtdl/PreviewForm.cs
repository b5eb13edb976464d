using System.Text.Json;

namespace IoTCentral.Core.Templates.Dtdl;

/// <summary>The form templates had before 2021 (API preview and 1.0 drafts): urn ids, <c>implements</c>, <c>solutionModel</c>.</summary>
internal static class PreviewForm
{
    /// <summary><c>urn:contoso:thermostat:1</c> as a DTMI; null when it is no urn.</summary>
    public static string? FromUrn(string id)
    {
        if (!id.StartsWith("urn:", StringComparison.Ordinal))
            return null;
        var parts = id["urn:".Length..].Split(':');
        return
            parts.Length > 1
            && int.TryParse(parts[^1], System.Globalization.NumberStyles.None, null, out var version)
            && version > 0
            ? $"dtmi:{string.Join(':', parts[..^1])};{parts[^1].TrimStart('0')}"
            : $"dtmi:{string.Join(':', parts)};1";
    }

    /// <summary>Interfaces that were implemented under a name become components of that name.</summary>
    public static IEnumerable<Capability> Implements(DtdlNode owner, InterfaceReader interfaces, bool isInComponent)
    {
        foreach (var (item, path) in owner.Items("implements"))
        {
            if (item.ValueKind != JsonValueKind.Object || isInComponent)
            {
                owner.Log.Fault(path, "This must be an object with name and schema, in the root only.");
                continue;
            }

            var node = new DtdlNode(item, path, owner.Log);
            node.Skip("@type", "@id");
            var name = CapabilityRules.ReadName(node, CapabilityKind.Component);
            if (!node.TryTake("schema", out var schema))
                owner.Log.Fault(node.At("schema"), "The interface is missing.");
            else if (interfaces.Read(schema, node.At("schema"), isInComponent: true) is { } read && name is not null)
            {
                owner.Log.Changed(path, $"The implemented interface '{name}' became a component.");
                yield return new Capability
                {
                    Kind = CapabilityKind.Component,
                    Name = name,
                    DisplayName = node.Localized("displayName", CapabilityRules.MaxDisplayName),
                    Interface = read,
                    Extras = node.Rest(),
                };
            }
        }
    }

    /// <summary>Cloud properties, overrides and initial values of a <c>solutionModel</c>, put where they belong now.</summary>
    public static TemplateInterface ApplySolutionModel(
        DtdlNode wrapper,
        TemplateInterface root,
        CapabilityReader capabilities
    )
    {
        if (!wrapper.TryTake("solutionModel", out var element))
            return root;
        if (element.ValueKind != JsonValueKind.Object)
        {
            wrapper.Log.Fault(wrapper.At("solutionModel"), "'solutionModel' must be an object.");
            return root;
        }

        var node = new DtdlNode(element, wrapper.At("solutionModel"), wrapper.Log);
        node.Skip("@id", "@type", "@context");
        var added = node.Items("cloudProperties")
            .Select(c => (c.Path, Capability: capabilities.Read(c.Item, c.Path, isInComponent: false)))
            .Where(c => c.Capability is not null)
            .Select(c =>
                c.Capability!.IsCloud
                    ? c.Capability
                    : c.Capability with
                    {
                        Types = [DtdlTypes.Cloud, .. c.Capability.Types],
                    }
            )
            .ToList();
        if (added.Count > 0)
            wrapper.Log.Changed(node.At("cloudProperties"), "Cloud properties are kept in the capability model.");
        var names = root.AllContents().Select(c => c.Name).ToHashSet();
        foreach (var twice in added.Where(c => !names.Add(c.Name)))
            wrapper.Log.Fault(node.At("cloudProperties"), $"The name '{twice.Name}' is there twice.");
        foreach (var member in new[] { "overrides", "initialValues" })
        foreach (var (_, path) in node.Items(member))
            wrapper.Log.LeftOut(path, "Changes of the old form are not taken; make them again on the template's page.");
        node.Rest();
        return root with { Contents = [.. root.Contents, .. added] };
    }
}
