using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace IoTCentral.Web.Features.Devices.List;

/// <summary>A good device id for a name: readable, and with an end that makes it unlikely to be taken.</summary>
internal static class DeviceIdSuggestion
{
    private const int MaxWords = 40;

    // No letters or digits that are taken for each other on a label.
    private const string Alphabet = "23456789abcdefghjkmnpqrstuvwxyz";

    public static string Ending() => RandomNumberGenerator.GetString(Alphabet, 4);

    /// <summary>"Dairy 1 – Köln" → <c>dairy-1-koln-x7k2</c>; a name without letters: <c>device-x7k2</c>.</summary>
    public static string Of(string? name, string ending)
    {
        var id = new StringBuilder();
        foreach (var c in (name ?? "").Normalize(NormalizationForm.FormD))
        {
            if (char.IsAsciiLetterOrDigit(c))
                id.Append(char.ToLowerInvariant(c));
            else if (
                CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark
                && id.Length > 0
                && id[^1] != '-'
            )
                id.Append('-');
            if (id.Length == MaxWords)
                break;
        }

        var words = id.ToString().Trim('-');
        return $"{(words.Length == 0 ? "device" : words)}-{ending}";
    }
}
