using System.Text;
using System.Text.Json;

namespace IoTCentral.Core.Templates.Dtdl;

/// <summary>
/// Reads a device template from JSON that anybody may have written: a bare DTDL v2 or v3 interface, an array of
/// interfaces, or IoT Central's deviceTemplate (REST, CLI, export). Never throws for what is in the text.
/// </summary>
public static class DtdlReader
{
    /// <summary>Most capabilities of a template, components' and inherited ones counted each time.</summary>
    public const int MaxCapabilities = 1_000;

    /// <summary>IoT Central's own limit: beyond it a template cannot go back there.</summary>
    public const int IotCentralCapabilities = 300;

    /// <param name="templateId">Id the template gets (the address of a PUT); null: the file's, else one made from the model's.</param>
    public static TemplateImport Read(string json, string? templateId = null) =>
        Read(Encoding.UTF8.GetBytes(json), templateId);

    /// <inheritdoc cref="Read(string, string?)"/>
    public static TemplateImport Read(ReadOnlyMemory<byte> utf8, string? templateId = null) =>
        Read(utf8, templateId, isStored: false);

    /// <summary>A template as it was stored by <see cref="DtdlWriter.Store"/>, which only holds what was read before.</summary>
    /// <exception cref="InvalidDataException">The stored text is not a template: somebody changed it behind our back.</exception>
    public static DeviceTemplate Load(string stored)
    {
        var read = Read(Encoding.UTF8.GetBytes(stored), templateId: null, isStored: true);
        return read.Template ?? throw new InvalidDataException($"Stored device template is damaged: {read.Faults[0]}");
    }

    private static TemplateImport Read(ReadOnlyMemory<byte> utf8, string? templateId, bool isStored)
    {
        var log = new DtdlLog();
        using var document = DtdlText.Parse(utf8, log);
        DeviceTemplate? template = null;
        if (document is not null)
        {
            var reader = new WrapperReader(
                log,
                new InterfaceReader(log, new DtdlInterfaces(document.RootElement)),
                isStored
            );
            template = reader.Read(document.RootElement, templateId);
        }

        if (template is not null && !isStored)
            template = template with { Original = Encoding.UTF8.GetString(utf8.Span) };
        return new TemplateImport
        {
            Template = log.HasFaults ? null : template,
            Faults = log.Faults,
            Lines = log.Lines,
        };
    }
}
