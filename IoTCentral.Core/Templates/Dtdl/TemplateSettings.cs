namespace IoTCentral.Core.Templates.Dtdl;

/// <summary>What we keep with a template that IoT Central's format has no place for, under one member of our own.</summary>
internal static class TemplateSettings
{
    /// <summary>Present in what is stored, absent from what REST and exports show.</summary>
    public const string Member = "iotc:settings";

    public static (TemplateViews Views, string? Original) Read(DtdlNode wrapper, bool isStored)
    {
        if (
            !isStored
            || !wrapper.TryTake(Member, out var element)
            || element.ValueKind != System.Text.Json.JsonValueKind.Object
        )
            return (TemplateViews.Default, null);
        var node = new DtdlNode(element, wrapper.At(Member), wrapper.Log);
        var original = node.Text("original", DtdlText.MaxBytes);
        return (TemplateViews.Default, original);
    }
}
