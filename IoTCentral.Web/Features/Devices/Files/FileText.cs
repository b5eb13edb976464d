using System.Text;
using System.Text.Json;
using IoTCentral.Core.Files;

namespace IoTCentral.Web.Features.Devices.Files;

/// <summary>The beginning of a file as text to read. What is shown is text and never markup.</summary>
internal static class FileText
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="bytes">All of it, or its beginning.</param>
    public static string Of(DeviceFile file, ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("\uFEFF"u8))
            bytes = bytes["\uFEFF"u8.Length..];
        if (file.Kind == FileKind.Json && bytes.Length == file.Size && Pretty(bytes) is { } pretty)
            return pretty;
        var text = Encoding.UTF8.GetString(bytes);
        // the last character may be cut in two
        if (bytes.Length < file.Size)
            text = text.TrimEnd('\ufffd');
        return string.Concat(text.Select(c => c is '\n' or '\r' or '\t' || !char.IsControl(c) ? c : '\ufffd'));
    }

    private static string? Pretty(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Serialize(JsonElement.Parse(bytes), Indented);
        }
        catch (JsonException)
        {
            return null; // it only says that it is
        }
    }
}
