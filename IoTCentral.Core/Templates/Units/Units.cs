using System.Collections.Frozen;

namespace IoTCentral.Core.Templates;

/// <summary>Finds units by name or by what people write, and converts within a family.</summary>
public static class Units
{
    private static readonly FrozenDictionary<string, Unit> ByName = UnitTable.All.ToFrozenDictionary(u => u.Name);

    /// <summary>What people (and IoT Central's display unit box) write besides symbols. The first meant wins.</summary>
    private static readonly (string Text, string Unit)[] Spellings =
    [
        ("C", "degreeCelsius"),
        ("celsius", "degreeCelsius"),
        ("Celsius", "degreeCelsius"),
        ("F", "degreeFahrenheit"),
        ("fahrenheit", "degreeFahrenheit"),
        ("Fahrenheit", "degreeFahrenheit"),
        ("kph", "kilometrePerHour"),
        ("kmh", "kilometrePerHour"),
        ("l", "litre"),
        ("g", "gram"),
        ("g", "gForce"),
        ("lbs", "massPound"),
        ("lb", "pound"),
        ("sec", "second"),
        ("hrs", "hour"),
        ("uA", "microampere"),
        ("um", "micrometre"),
    ];

    private static readonly FrozenDictionary<string, Unit[]> BySpelling = Spellings
        .Select(s => (s.Text, Unit: ByName[s.Unit]))
        .Concat(UnitTable.All.Where(u => u.Symbol.Length > 0).Select(u => (Text: u.Symbol, Unit: u)))
        .GroupBy(p => p.Text, p => p.Unit)
        .ToFrozenDictionary(g => g.Key, g => g.ToArray());

    public static IReadOnlyList<Unit> All => UnitTable.All;

    /// <summary>The unit by DTDL name, symbol or common spelling; null when it is none we know.</summary>
    /// <param name="like">Decides between units written alike: <c>F</c> is farad beside a capacitance, else what is meant most.</param>
    public static Unit? Find(string? text, Unit? like = null)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        if (ByName.TryGetValue(text, out var unit))
            return unit;
        if (
            !BySpelling.TryGetValue(text, out var meant)
            && !(text[0] == '°' && BySpelling.TryGetValue(text[1..].Trim(), out meant))
        )
            return null;
        return like is null ? meant[0] : Array.Find(meant, u => u.Dimension == like.Dimension) ?? meant[0];
    }

    /// <summary>What to print behind a number: the unit's symbol, or the text itself when the unit is not known.</summary>
    public static string Symbol(string? text) => Find(text)?.Symbol ?? text ?? "";

    /// <summary>Units a quantity (<c>Temperature</c>) may have; all units when it is none.</summary>
    public static IEnumerable<Unit> For(string? quantity) =>
        quantity is not null && DtdlTypes.Quantities.TryGetValue(quantity, out var family)
            ? UnitTable.All.Where(u => u.Family == family)
            : UnitTable.All;

    public static bool CanConvert(string? from, string? to) =>
        Find(from) is { } a && Find(to, a) is { } b && a.Dimension == b.Dimension;

    /// <summary>The value in the other unit; false (and the value itself) when the two do not measure the same.</summary>
    public static bool TryConvert(double value, string? from, string? to, out double converted)
    {
        converted = value;
        if (Find(from) is not { } a || Find(to, a) is not { } b || a.Dimension != b.Dimension)
            return false;
        converted = Convert(value, a, b);
        return true;
    }

    /// <summary>The value in the other unit of the same dimension.</summary>
    public static double Convert(double value, Unit from, Unit to)
    {
        if (ReferenceEquals(from, to))
            return value;
        // The offset is added after scaling both ways, so 0 °C is exactly 273.15 K.
        var converted = (value * from.Factor + from.Offset - to.Offset) / to.Factor;
        return Tidy(converted);
    }

    /// <summary>Twelve significant digits: 41 °F rather than 41.00000000000006.</summary>
    private static double Tidy(double value)
    {
        if (value == 0 || !double.IsFinite(value))
            return value;
        var digits = 11 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        return digits switch
        {
            < 0 or > 15 => value,
            _ => Math.Round(value, digits),
        };
    }
}
