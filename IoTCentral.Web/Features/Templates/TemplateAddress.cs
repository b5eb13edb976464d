namespace IoTCentral.Web.Features.Templates;

/// <summary>Addresses of a template's pages, below the application.</summary>
internal static class TemplateAddress
{
    public static string Of(string templateId, string? tab = null) =>
        $"templates/{Uri.EscapeDataString(templateId)}" + (tab is null ? "" : $"?tab={tab}");

    /// <summary>The file for other tools: a plain GET, since a circuit cannot hand out files.</summary>
    public static string File(string templateId, TemplateFileForm form) =>
        $"templates/{Uri.EscapeDataString(templateId)}/file?form={form}";
}
