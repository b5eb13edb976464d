using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace IoTCentral.Hub.Files;

/// <summary>The body of a request about a file, and how its words are shown to people.</summary>
internal static class FileRequest
{
    private const int Longest = 120;

    public static string? Text(JsonElement body, string name)
    {
        try
        {
            return body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (InvalidOperationException)
        {
            return null; // no UTF-8, or half a surrogate pair
        }
    }

    /// <summary>What can be read of a text that is no UTF-8; null: it is good, or no text.</summary>
    public static string? FindBroken(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && Text(body, name) is null
            ? Shown(JsonMarshal.GetRawUtf8Value(value)[1..^1])
            : null;

    public static bool IsTrue(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    public static int? Whole(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt32(out var number)
            ? number
            : null;

    public static string Shown(ReadOnlySpan<byte> utf8) => Shown(Encoding.UTF8.GetString(utf8));

    /// <summary>Short, and without what would not show.</summary>
    public static string Shown(string text)
    {
        var shown = string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));
        return shown.Length <= Longest ? shown : $"{shown[..Longest]}…";
    }
}
