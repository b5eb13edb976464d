using System.Globalization;
using System.Text.Json;

namespace IoTCentral.Core.Templates;

/// <summary>The texts DTDL takes for date, time and duration: RFC 3339 and ISO 8601, without allocating.</summary>
internal static class IsoText
{
    // Longest sensible one: a duration with all its parts and a fraction.
    private const int MaxLength = 64;

    public static bool IsDate(ref Utf8JsonReader reader)
    {
        Span<char> buffer = stackalloc char[MaxLength];
        return Copy(ref reader, buffer) is var length and > 0
            && DateOnly.TryParseExact(
                buffer[..length],
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out _
            );
    }

    public static bool IsTime(ref Utf8JsonReader reader)
    {
        Span<char> buffer = stackalloc char[MaxLength];
        return Copy(ref reader, buffer) is var length and > 0 && IsTime(buffer[..length]);
    }

    public static bool IsDuration(ref Utf8JsonReader reader)
    {
        Span<char> buffer = stackalloc char[MaxLength];
        return Copy(ref reader, buffer) is var length and > 0 && IsDuration(buffer[..length]);
    }

    /// <summary><c>hh:mm[:ss[.f]]</c>, perhaps with <c>Z</c> or an offset.</summary>
    private static bool IsTime(ReadOnlySpan<char> text)
    {
        if (text is [.., 'Z'])
            text = text[..^1];
        else if (text.LastIndexOfAny('+', '-') is var sign and > 0)
        {
            if (
                !TimeOnly.TryParseExact(
                    text[(sign + 1)..],
                    "HH:mm",
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.None,
                    out _
                )
            )
                return false;
            text = text[..sign];
        }

        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        if (point >= 0 && (whole.Length != 8 || !AreDigits(text[(point + 1)..])))
            return false;
        var format = whole.Length == 5 ? "HH:mm" : "HH:mm:ss";
        return TimeOnly.TryParseExact(whole, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
    }

    /// <summary><c>PnYnMnDTnHnMnS</c> or <c>PnW</c>; a fraction only in the last part; at least one part.</summary>
    private static bool IsDuration(ReadOnlySpan<char> text)
    {
        if (text is ['-', ..])
            text = text[1..];
        if (text is not ['P', ..])
            return false;
        text = text[1..];
        var time = text.IndexOf('T');
        var datePart = time < 0 ? text : text[..time];
        if (time >= 0 && (time == text.Length - 1 || !AreParts(text[(time + 1)..], "HMS")))
            return false;
        if (datePart.IsEmpty)
            return time >= 0;
        return AreParts(datePart, "W") || (AreParts(datePart, "YMD") && (time < 0 || !datePart.Contains('.')));
    }

    private static bool AreParts(ReadOnlySpan<char> text, ReadOnlySpan<char> units)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOfAny(units);
            if (end <= 0)
                return false;
            var number = text[..end];
            units = units[(units.IndexOf(text[end]) + 1)..];
            text = text[(end + 1)..];
            var point = number.IndexOfAny('.', ',');
            var hasFraction = point >= 0;
            if (hasFraction && (!text.IsEmpty || !AreDigits(number[(point + 1)..])))
                return false;
            if (!AreDigits(hasFraction ? number[..point] : number))
                return false;
        }

        return true;
    }

    private static bool AreDigits(ReadOnlySpan<char> text)
    {
        // a loop, because ContainsAnyExceptInRange allocates on short spans (.NET 10.0)
        foreach (var c in text)
            if (!char.IsAsciiDigit(c))
                return false;
        return !text.IsEmpty;
    }

    /// <summary>Length of the text copied; 0 when it is no text, empty, or too long to be any of these.</summary>
    private static int Copy(ref Utf8JsonReader reader, scoped Span<char> buffer) =>
        // Unescaped text is never longer than its escaped form, so the buffer holds what passes here.
        reader is { TokenType: JsonTokenType.String, HasValueSequence: false }
        && reader.ValueSpan.Length <= MaxLength
            ? reader.CopyString(buffer)
            : 0;
}
