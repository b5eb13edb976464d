using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace IoTCentral.Core.Templates.Dtdl;

/// <summary>Writes device templates: as IoT Central's REST API, CLI and export do, as we store them, and as bare DTDL.</summary>
public static class DtdlWriter
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Indented = Compact with { Indented = true };

    /// <summary>IoT Central's deviceTemplate: reading it gives the same template again.</summary>
    /// <param name="etag">Concurrency token to show; null: none (a file for download).</param>
    public static string DeviceTemplate(DeviceTemplate template, string? etag = null, bool indented = false) =>
        Write(json => DeviceTemplate(json, template, etag), indented);

    /// <inheritdoc cref="DeviceTemplate(DeviceTemplate, string?, bool)"/>
    public static void DeviceTemplate(Utf8JsonWriter json, DeviceTemplate template, string? etag = null) =>
        WrapperWriter.Write(json, template, etag, isStored: false);

    /// <summary>The document we store; <see cref="DtdlReader.Load"/> reads it.</summary>
    public static string Store(DeviceTemplate template) =>
        Write(json => WrapperWriter.Write(json, template, etag: null, isStored: true), indented: false);

    /// <summary>
    /// The capability model as plain DTDL for any tool: one interface, or an array of it and those it refers to. Cloud
    /// properties and IoT Central's display settings are not part of DTDL and are left out.
    /// </summary>
    public static string Interface(DeviceTemplate template, bool indented = true) =>
        Write(json => new BareWriter(json, template.DtdlVersion).Write(template.Root), indented);

    private static string Write(Action<Utf8JsonWriter> write, bool indented)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, indented ? Indented : Compact))
            write(json);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
