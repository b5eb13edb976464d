using System.Text;

namespace IoTCentral.Core.Templates;

/// <summary>A unit of measurement DTDL knows.</summary>
/// <param name="Name">DTDL's word, e.g. <c>degreeCelsius</c>.</param>
/// <param name="Symbol">What stands behind a number, e.g. <c>°C</c>; empty for plain numbers.</param>
/// <param name="Family">DTDL unit type, e.g. <c>TemperatureUnit</c>: what a quantity may be measured in.</param>
/// <param name="Factor">How many base units one of it is.</param>
/// <param name="Offset">Base units at its zero (temperatures).</param>
/// <param name="Dimension">Only units of one dimension convert into each other; mostly the family.</param>
public sealed record Unit(string Name, string Symbol, string Family, double Factor, double Offset, string Dimension)
{
    /// <summary>The name in words, e.g. <c>degree Celsius</c>.</summary>
    public string Label { get; } = InWords(Name);

    private static string InWords(string name)
    {
        var words = new StringBuilder(name.Length + 4);
        foreach (var c in name)
            if (char.IsAsciiLetterUpper(c))
                words.Append(' ').Append(char.ToLowerInvariant(c));
            else
                words.Append(c);
        // People's names keep their capital.
        return words
            .Replace(" celsius", " Celsius")
            .Replace(" fahrenheit", " Fahrenheit")
            .Replace("british", "British")
            .ToString();
    }
}
