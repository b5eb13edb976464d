using System.Globalization;

namespace IoTCentral.Core.Templates;

/// <summary>A digital twin model identifier, <c>dtmi:contoso:Thermostat;1</c>: names an interface or a template in one version.</summary>
/// <remarks>
/// DTDL v2/v3 grammar, but a segment may begin or end with an underscore (IoT Central makes such ids itself), and the
/// version may be absent (IoT Central's own template ids have none): then it counts as 1.
/// </remarks>
public readonly record struct Dtmi
{
    /// <summary>Longest id of an interface; IoT Central refuses longer ones.</summary>
    public const int MaxLength = 128;

    private Dtmi(string value, string family, int version)
    {
        Value = value;
        Family = family;
        Version = version;
    }

    /// <summary>The id as written.</summary>
    public string Value { get; }

    /// <summary>The id without its version: what all versions of one thing have in common.</summary>
    public string Family { get; }

    /// <summary>1–999,999,999; 1 when the id names none.</summary>
    public int Version { get; }

    /// <summary>The same family one version on.</summary>
    public Dtmi Next() => Parse($"{Family};{(Version + 1).ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Last path segment, e.g. <c>Thermostat</c>: a name when there is no better one.</summary>
    public string LastSegment => Family[(Family.LastIndexOf(':') + 1)..];

    public override string ToString() => Value;

    /// <exception cref="FormatException">The text is not a DTMI; use <see cref="TryParse"/> for text from outside.</exception>
    public static Dtmi Parse(string text) =>
        TryParse(text, out var dtmi, out var reason) ? dtmi : throw new FormatException($"'{text}': {reason}");

    /// <summary>Reads an id; on failure <paramref name="reason"/> says as a sentence what is wrong with it.</summary>
    public static bool TryParse(string text, out Dtmi dtmi, out string reason)
    {
        dtmi = default;
        reason = "";
        if (!text.StartsWith("dtmi:", StringComparison.Ordinal))
            reason = "An id must begin with 'dtmi:', e.g. dtmi:contoso:Thermostat;1.";
        else if (text.Length > MaxLength)
            reason = $"An id may have at most {MaxLength} characters.";
        if (reason.Length > 0)
            return false;

        var semicolon = text.IndexOf(';');
        var family = semicolon < 0 ? text : text[..semicolon];
        var version = 1;
        if (semicolon >= 0 && !TryVersion(text.AsSpan(semicolon + 1), out version))
        {
            reason = "The version after ';' must be a whole number from 1 to 999999999 without leading zeros.";
            return false;
        }

        foreach (var segment in family.AsSpan(5).Split(':'))
            if (!IsSegment(family.AsSpan(5)[segment]))
            {
                reason =
                    "Each part between colons must have letters, digits or '_' only, and must not begin with a digit.";
                return false;
            }

        dtmi = new Dtmi(text, family, version);
        return true;
    }

    private static bool TryVersion(ReadOnlySpan<char> text, out int version)
    {
        version = 0;
        // DTDL v3 allows a minor part (;1.2): it is kept in the id and does not count.
        var dot = text.IndexOf('.');
        var major = dot < 0 ? text : text[..dot];
        if (dot >= 0 && !IsNumber(text[(dot + 1)..], zeroToo: true))
            return false;
        return IsNumber(major, zeroToo: false)
            && int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out version);
    }

    private static bool IsNumber(ReadOnlySpan<char> text, bool zeroToo) =>
        text.Length is >= 1 and <= 9
        && !text.ContainsAnyExceptInRange('0', '9')
        && (text[0] != '0' || (zeroToo && text.Length == 1));

    private static bool IsSegment(ReadOnlySpan<char> segment)
    {
        if (segment.IsEmpty || char.IsAsciiDigit(segment[0]))
            return false;
        foreach (var c in segment)
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
                return false;
        return true;
    }
}
