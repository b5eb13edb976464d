namespace IoTCentral.Core.Templates;

/// <summary>What a change of a template does to its devices, rules, dashboards and history.</summary>
public enum ChangeEffect
{
    /// <summary>Only looks different.</summary>
    Cosmetic,

    /// <summary>More is possible than before; nothing stops working.</summary>
    Additive,

    /// <summary>Devices, rules or tiles made for the old template stop working: needs a new version.</summary>
    Breaking,
}

/// <summary>One difference between two templates.</summary>
/// <param name="Path">Null when it is about the whole template.</param>
/// <param name="Text">Plain words.</param>
public sealed record TemplateChange(CapabilityPath? Path, ChangeEffect Effect, string Text);

/// <summary>Tells the differences between a template and its edited self.</summary>
public static class TemplateDiff
{
    /// <summary>A published template may take the change as it is, without a new version.</summary>
    public static bool IsAllowedInPlace(DeviceTemplate old, DeviceTemplate edited) =>
        !old.IsPublished || Between(old, edited).All(c => c.Effect != ChangeEffect.Breaking);

    public static IReadOnlyList<TemplateChange> Between(DeviceTemplate old, DeviceTemplate edited)
    {
        var changes = new List<TemplateChange>();
        if (old.ModelId != edited.ModelId)
            changes.Add(
                new(
                    null,
                    ChangeEffect.Breaking,
                    $"The model became '{edited.ModelId}': devices that announce '{old.ModelId}' are not recognized."
                )
            );
        if (old.DisplayName != edited.DisplayName || old.Description != edited.Description)
            changes.Add(new(null, ChangeEffect.Cosmetic, "Name or description changed."));
        foreach (var before in old.Capabilities)
            if (edited.Find(before.Component, before.Name) is { } after)
                changes.AddRange(Of(before, after));
            else
                changes.Add(
                    new(
                        before.Path,
                        ChangeEffect.Breaking,
                        $"'{before.Path}' was removed: its data is no longer in the template, and rules and tiles that use it stop."
                    )
                );
        foreach (var added in edited.Capabilities.Where(c => old.Find(c.Component, c.Name) is null))
            changes.Add(new(added.Path, ChangeEffect.Additive, $"'{added.Path}' was added."));
        return changes;
    }

    private static IEnumerable<TemplateChange> Of(Capability before, Capability after)
    {
        if (before.Kind != after.Kind || before.IsCloud != after.IsCloud)
        {
            yield return Change(ChangeEffect.Breaking, "is something else now.");
            yield break;
        }

        if (SchemaChange.Effect(before.Schema, after.Schema) is { } schema)
            yield return Change(
                schema,
                schema == ChangeEffect.Breaking ? "has another schema." : "takes more values than before."
            );
        if (PayloadEffect(before.Request, after.Request) is { } request)
            yield return Change(request, "is called with something else.");
        if (PayloadEffect(before.Response, after.Response) is { } response)
            yield return Change(response, "answers with something else.");
        if (before.IsWritable != after.IsWritable)
            yield return after.IsWritable
                ? Change(ChangeEffect.Additive, "can be set now.")
                : Change(ChangeEffect.Breaking, "can no longer be set.");
        if (before.Unit != after.Unit)
            yield return Change(
                ChangeEffect.Cosmetic,
                $"is in {Name(after.Unit)} instead of {Name(before.Unit)}: stored values keep their numbers, limits of rules are not converted."
            );
        if (LookChange.Of(before, after) is { } look)
            yield return Change(ChangeEffect.Cosmetic, $"{look}.");

        TemplateChange Change(ChangeEffect effect, string what) => new(before.Path, effect, $"'{before.Path}' {what}");
    }

    private static ChangeEffect? PayloadEffect(CommandPayload? before, CommandPayload? after) =>
        (before, after) switch
        {
            (null, null) => null,
            (null, _) or (_, null) => ChangeEffect.Breaking,
            _ => SchemaChange.Effect(before.Schema, after.Schema),
        };

    private static string Name(string? unit) => unit is null ? "no unit" : Units.Find(unit)?.Label ?? unit;
}
