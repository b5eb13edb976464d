using System.Text.Encodings.Web;
using System.Text.Json;
using IoTCentral.Core.Provisioning;

namespace IoTCentral.Web.Features.Devices.Groups;

/// <summary>A fault in a twin that somebody typed.</summary>
/// <param name="Message">Null: it is no JSON from <paramref name="Where"/> on.</param>
internal sealed record TwinTextFault(string? Message, (long Line, long Column)? Where);

/// <summary>An initial twin as people read and write it.</summary>
internal static class InitialTwinText
{
    private static readonly JsonSerializerOptions Spread = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Indented(string? json)
    {
        if (json is null)
            return "";
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document.RootElement, Spread);
    }

    /// <summary>Null: it can be saved. Nothing at all is no twin, which is fine.</summary>
    public static TwinTextFault? FindFault(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        try
        {
            using var document = JsonDocument.Parse(text);
        }
        catch (JsonException e)
        {
            return new(null, (e.LineNumber.GetValueOrDefault() + 1, e.BytePositionInLine.GetValueOrDefault() + 1));
        }

        return InitialTwin.FindFault(text) is { } fault ? new(fault.Message, null) : null;
    }
}
