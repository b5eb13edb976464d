using System.Text;

namespace IoTCentral.Core.Templates;

/// <summary>What a name suggests a value means.</summary>
/// <param name="Type">Semantic type; null: nothing suggested.</param>
/// <param name="IsMeasured">A quantity that has fractions even if a sample shows none.</param>
internal readonly record struct NameGuess(string? Type, string? Unit, bool IsMeasured)
{
    /// <summary>The first line with one of its words in the name wins, so the longer-winded come first.</summary>
    private static readonly (string[] Words, string? Type, string Unit)[] Meanings =
    [
        (["humidity", "humid", "rh"], "RelativeHumidity", "percent"),
        (["temperature", "temp", "tmp", "temperatur"], "Temperature", "degreeCelsius"),
        (["pressure", "barometer", "press"], "Pressure", "kilopascal"),
        (["co2", "voc", "ppm"], "Concentration", "partsPerMillion"),
        (["voltage", "volt", "volts"], "Voltage", "volt"),
        (["current", "amps", "ampere"], "Current", "ampere"),
        (["energy", "consumption", "kwh", "wh"], "Energy", "kilowattHour"),
        (["power", "watt", "watts", "kw"], "Power", "watt"),
        (["battery", "soc", "percent", "pct"], null, "percent"),
        (["rpm"], "AngularVelocity", "revolutionPerMinute"),
        (["speed", "velocity", "windspeed"], "Velocity", "metrePerSecond"),
        (["illuminance", "lux", "light", "brightness"], "Illuminance", "lux"),
        (["noise", "sound", "decibel", "db"], "SoundPressure", "decibel"),
        (["flow", "flowrate"], "VolumeFlowRate", "litrePerMinute"),
        (["distance", "length", "height", "depth", "altitude"], "Length", "metre"),
        (["weight", "mass"], "Mass", "kilogram"),
        (["volume"], "Volume", "litre"),
        (["frequency", "hertz", "hz"], "Frequency", "hertz"),
        (["angle", "heading", "direction", "tilt"], "Angle", "degreeOfArc"),
        (["latitude", "lat"], "Latitude", "degreeOfArc"),
        (["longitude", "lon", "lng"], "Longitude", "degreeOfArc"),
        (["uptime", "duration", "runtime"], "TimeSpan", "second"),
    ];

    /// <summary>Words that name the unit itself, in the quantity they are of.</summary>
    private static readonly (string Word, string Type, string Unit)[] UnitWords =
    [
        ("f", "Temperature", "degreeFahrenheit"),
        ("fahrenheit", "Temperature", "degreeFahrenheit"),
        ("kelvin", "Temperature", "kelvin"),
        ("bar", "Pressure", "bar"),
        ("mbar", "Pressure", "millibar"),
        ("hpa", "Pressure", "millibar"),
        ("kpa", "Pressure", "kilopascal"),
        ("pa", "Pressure", "pascal"),
        ("psi", "Pressure", "poundPerSquareInch"),
        ("mv", "Voltage", "millivolt"),
        ("ma", "Current", "milliampere"),
        ("kw", "Power", "kilowatt"),
        ("wh", "Energy", "wattHour"),
        ("kmh", "Velocity", "kilometrePerHour"),
        ("mph", "Velocity", "milePerHour"),
        ("mm", "Length", "millimetre"),
        ("cm", "Length", "centimetre"),
        ("km", "Length", "kilometre"),
        ("ms", "TimeSpan", "millisecond"),
        ("minutes", "TimeSpan", "minute"),
        ("hours", "TimeSpan", "hour"),
        ("grams", "Mass", "gram"),
    ];

    /// <param name="largest">Largest number seen, without its sign.</param>
    public static NameGuess Of(string name, Schema schema, double largest)
    {
        var words = Words(name);
        if (schema.Kind == SchemaKind.Geopoint)
            return new NameGuess(DtdlTypes.Location, null, false);
        if (schema.Kind == SchemaKind.Vector)
            return words.Any(w => w.StartsWith("accel", StringComparison.Ordinal))
                ? new NameGuess(DtdlTypes.AccelerationVector, "gForce", true)
                : default;
        if (!schema.IsNumeric)
            return default;
        foreach (var (known, type, unit) in Meanings)
        {
            var at = words.FindIndex(w => known.Contains(w));
            if (at < 0)
                continue;
            var told = UnitOf(words, type, largest);
            // "current" before something else means now, not ampere.
            if (words[at] != "current" || at == words.Count - 1 || told is not null)
                return new NameGuess(type, told ?? unit, IsMeasured: true);
        }

        return default;
    }

    /// <summary>A name as people would write it: <c>roomTemp_max</c> is <c>Room temp max</c>.</summary>
    public static string InWords(string name)
    {
        var text = string.Join(' ', Words(name));
        return text.Length == 0 ? name : char.ToUpperInvariant(text[0]) + text[1..];
    }

    private static string? UnitOf(List<string> words, string? type, double largest)
    {
        foreach (var (word, of, unit) in UnitWords)
            if (of == type && words.Contains(word))
                return unit;
        // Air at sea level is 1 bar: the size of the number tells the unit.
        return type == "Pressure"
            ? largest switch
            {
                > 20_000 => "pascal",
                > 500 => "millibar",
                > 20 => "kilopascal",
                > 0 => "bar",
                _ => null,
            }
            : null;
    }

    /// <summary>Lower-case words of camelCase, PascalCase and snake_case; a run of capitals is one word.</summary>
    private static List<string> Words(string name)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            var begins =
                char.IsAsciiLetterUpper(c)
                && i > 0
                && (
                    !char.IsAsciiLetterUpper(name[i - 1])
                    || (i + 1 < name.Length && char.IsAsciiLetterLower(name[i + 1]))
                );
            if ((begins || c == '_') && word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }

            if (c != '_')
                word.Append(char.ToLowerInvariant(c));
        }

        if (word.Length > 0)
            words.Add(word.ToString());
        return words;
    }
}
