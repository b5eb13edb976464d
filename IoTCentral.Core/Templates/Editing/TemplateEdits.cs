using System.Globalization;
using IoTCentral.Core.Common;

namespace IoTCentral.Core.Templates;

/// <summary>Changes of a template, each giving a new one (the same when nothing changes). They do not judge: what is
/// wrong says <see cref="TemplateRules"/>, what would break devices and rules says <see cref="TemplateDiff"/>.</summary>
public static class TemplateEdits
{
    public static DeviceTemplate Rename(this DeviceTemplate template, string displayName) =>
        template.DisplayName == displayName ? template : template with { DisplayName = displayName };

    public static DeviceTemplate Describe(this DeviceTemplate template, string? description) =>
        template.Description == description ? template : template with { Description = description };

    /// <summary>Changes one capability: <c>t.Change(path, c => c with { DisplayUnit = "F" })</c>. In a component the change
    /// is for that component only, also where another is made of the same interface.</summary>
    /// <exception cref="NotFoundException">The template has no such capability.</exception>
    public static DeviceTemplate Change(
        this DeviceTemplate template,
        CapabilityPath path,
        Func<Capability, Capability> change
    )
    {
        var root =
            path.Component.Length == 0
                ? InterfaceEdits.Change(template.Root, path.Name, change)
                : InterfaceEdits.Change(
                    template.Root,
                    path.Component,
                    c =>
                        c.Interface is { } inner && InterfaceEdits.Change(inner, path.Name, change) is { } changed
                            ? ReferenceEquals(changed, inner)
                                ? c
                                : c with
                                {
                                    Interface = changed,
                                }
                            : throw Missing(path)
                );
        return template.WithRoot(root ?? throw Missing(path));
    }

    /// <summary>Adds a capability at the end of the root or of a component.</summary>
    /// <exception cref="ConflictException">The name is taken there.</exception>
    /// <exception cref="NotFoundException">There is no such component.</exception>
    public static DeviceTemplate Add(this DeviceTemplate template, Capability capability)
    {
        if (template.Find(capability.Component, capability.Name) is not null)
            throw new ConflictException("template.name-taken", $"The template already has '{capability.Path}'.");
        var added = capability with { Component = "" };
        if (capability.Component.Length == 0)
            return template.WithRoot(template.Root with { Contents = [.. template.Root.Contents, added] });
        return template.Change(
            new CapabilityPath("", capability.Component),
            c =>
                c.Interface is { } inner
                    ? c with
                    {
                        Interface = inner with { Contents = [.. inner.Contents, added] },
                    }
                    : throw Missing(capability.Path)
        );
    }

    /// <summary>Takes a capability away, be it a component with all it has.</summary>
    /// <exception cref="NotFoundException">The template has no such capability.</exception>
    public static DeviceTemplate Remove(this DeviceTemplate template, CapabilityPath path)
    {
        if (path.Component.Length == 0)
            return template.WithRoot(InterfaceEdits.Remove(template.Root, path.Name) ?? throw Missing(path));
        return template.Change(
            new CapabilityPath("", path.Component),
            c =>
                c.Interface is { } inner && InterfaceEdits.Remove(inner, path.Name) is { } changed
                    ? c with
                    {
                        Interface = changed,
                    }
                    : throw Missing(path)
        );
    }

    /// <summary>Adds a property that stays in the cloud; types are completed.</summary>
    /// <exception cref="ConflictException">The name is taken.</exception>
    public static DeviceTemplate AddCloudProperty(
        this DeviceTemplate template,
        string name,
        string displayName,
        Schema schema
    )
    {
        List<string> types = [DtdlTypes.Cloud];
        if (DtdlTypes.ValueTypeOf(schema) is { } valueType)
            types.Add(valueType);
        return template.Add(
            new Capability
            {
                Kind = CapabilityKind.Property,
                Name = name,
                DisplayName = displayName,
                Schema = schema,
                Types = types,
            }
        );
    }

    /// <summary>The template for devices to use.</summary>
    /// <exception cref="InvalidRequestException"><c>template.invalid</c> with every fault.</exception>
    public static DeviceTemplate Publish(this DeviceTemplate template)
    {
        if (template.IsPublished)
            return template;
        var faults = TemplateRules.Check(template);
        if (faults.Count > 0)
            throw new InvalidRequestException("template.invalid", faults);
        return template with { Status = TemplateStatus.Published };
    }

    /// <summary>A draft of the next version under ids of its own: devices stay with this one until they are moved, and
    /// firmware that announces the old model is not given the new template.</summary>
    /// <param name="version">Number of the new version; null: one more than this. More than any version there is.</param>
    public static DeviceTemplate NewVersion(this DeviceTemplate template, int? version = null)
    {
        var next = version ?? (template.Version + 1);
        var model = Dtmi.Parse(template.ModelId);
        return template with
        {
            Id = Version(template.Family, next),
            Status = TemplateStatus.Draft,
            Root = template.Root with { Id = Version(model.Family, model.Version + next - template.Version) },
            Original = null,
            Revision = 1,
        };
    }

    private static string Version(string family, int version) =>
        $"{family};{version.ToString(CultureInfo.InvariantCulture)}";

    private static DeviceTemplate WithRoot(this DeviceTemplate template, TemplateInterface root) =>
        ReferenceEquals(root, template.Root) ? template : template with { Root = root };

    private static NotFoundException Missing(CapabilityPath path) =>
        new("template.capability-not-found", $"The template has no '{path}'.");
}
