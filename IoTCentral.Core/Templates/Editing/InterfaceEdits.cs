namespace IoTCentral.Core.Templates;

/// <summary>Changes one capability of an interface, own or inherited.</summary>
internal static class InterfaceEdits
{
    /// <summary>The interface with one capability changed, the same if nothing changed; null when it has none of that name.</summary>
    public static TemplateInterface? Change(
        TemplateInterface source,
        string name,
        Func<Capability, Capability> change
    ) =>
        Replace(
            source,
            name,
            c => change(c) is var changed && ReferenceEquals(changed, c) ? c : changed with { Component = "" }
        );

    /// <summary>The interface without a capability; null when it has none of that name.</summary>
    public static TemplateInterface? Remove(TemplateInterface source, string name) => Replace(source, name, _ => null);

    private static TemplateInterface? Replace(
        TemplateInterface source,
        string name,
        Func<Capability, Capability?> replace
    )
    {
        for (var i = 0; i < source.Contents.Count; i++)
        {
            var old = source.Contents[i];
            if (old.Name != name)
                continue;
            var replaced = replace(old);
            if (ReferenceEquals(replaced, old))
                return source;
            var contents = source.Contents.ToList();
            if (replaced is null)
                contents.RemoveAt(i);
            else
                contents[i] = replaced;
            return source with { Contents = contents };
        }

        for (var i = 0; i < source.Extends.Count; i++)
        {
            if (Replace(source.Extends[i], name, replace) is not { } inherited)
                continue;
            if (ReferenceEquals(inherited, source.Extends[i]))
                return source;
            var extends = source.Extends.ToList();
            extends[i] = inherited;
            return source with { Extends = extends };
        }

        return null;
    }
}
