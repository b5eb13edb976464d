using System.Text.Json;

namespace IoTCentral.Core.Templates.Dtdl;

/// <summary>What we keep with a template that IoT Central's format has no place for, under one member of our own.</summary>
internal sealed record TemplateSettings(IReadOnlyList<ViewTile>? Overview, string? Original)
{
    /// <summary>Present in what is stored, absent from what REST and exports show.</summary>
    public const string Member = "iotc:settings";

    public static (TemplateViews Views, string? Original) Read(DtdlNode wrapper, bool isStored)
    {
        if (!isStored || !wrapper.TryTake(Member, out var element))
            return (TemplateViews.Default, null);
        var settings = element.Deserialize<TemplateSettings>()!;
        var views = settings.Overview is null
            ? TemplateViews.Default
            : new TemplateViews { Overview = settings.Overview };
        return (views, settings.Original);
    }

    public static void Write(Utf8JsonWriter json, DeviceTemplate template)
    {
        if (template.Original is null && template.Views.Overview is null)
            return;
        json.WritePropertyName(Member);
        JsonSerializer.Serialize(json, new TemplateSettings(template.Views.Overview, template.Original));
    }
}
