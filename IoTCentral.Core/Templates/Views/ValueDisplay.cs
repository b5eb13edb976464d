using System.Globalization;

namespace IoTCentral.Core.Templates;

/// <summary>How values of a capability are shown: in which unit, with how many decimals.</summary>
public readonly record struct ValueDisplay
{
    private readonly Unit? _from;
    private readonly Unit? _to;

    private ValueDisplay(Unit? from, Unit? to, string symbol, int? decimals)
    {
        (_from, _to) = (from, to);
        Symbol = symbol;
        Decimals = decimals;
    }

    /// <summary>What stands behind the number, e.g. <c>°F</c>; empty for none.</summary>
    public string Symbol { get; }

    /// <summary>Digits after the point; null: as the size of the number suggests.</summary>
    public int? Decimals { get; }

    public static ValueDisplay Of(Capability capability) =>
        Of(
            capability.Unit,
            capability.DisplayUnit,
            capability.DecimalPlaces
                ?? (
                    capability.Schema?.Kind is SchemaKind.Integer or SchemaKind.Long && capability.DisplayUnit is null
                        ? 0
                        : null
                )
        );

    /// <param name="unit">Unit the device sends in.</param>
    /// <param name="displayUnit">Unit to show; converted if both are of one family, else a mere text.</param>
    public static ValueDisplay Of(string? unit, string? displayUnit, int? decimals)
    {
        if (string.IsNullOrEmpty(displayUnit))
            return new ValueDisplay(null, null, Units.Symbol(unit), decimals);
        var from = Units.Find(unit);
        var to = Units.Find(displayUnit, from);
        return from is not null && to is not null && from.Dimension == to.Dimension
            ? new ValueDisplay(from, to, to.Symbol, decimals)
            : new ValueDisplay(null, null, displayUnit, decimals);
    }

    /// <summary>The device's number in the unit shown.</summary>
    public double Convert(double value) => _from is null || _to is null ? value : Units.Convert(value, _from, _to);

    /// <summary>The number shown in the device's unit: for limits people type.</summary>
    public double ConvertBack(double shown) => _from is null || _to is null ? shown : Units.Convert(shown, _to, _from);

    /// <summary>The device's number as people read it, without the unit.</summary>
    public string Format(double value, CultureInfo culture)
    {
        var shown = Convert(value);
        if (!double.IsFinite(shown))
            return "–";
        return shown.ToString("N" + (Decimals ?? Sensible(shown)).ToString(CultureInfo.InvariantCulture), culture);
    }

    /// <summary>The number with its unit, e.g. <c>4.1 °C</c>; percent and degrees of arc stand close.</summary>
    public string FormatWithUnit(double value, CultureInfo culture)
    {
        var number = Format(value, culture);
        return Symbol switch
        {
            "" => number,
            "°" or "′" or "″" => number + Symbol,
            _ => $"{number}\u00A0{Symbol}",
        };
    }

    /// <summary>About three digits that mean something.</summary>
    private static int Sensible(double value) =>
        Math.Abs(value) switch
        {
            0 or >= 1000 => 0,
            >= 10 => 1,
            >= 1 => 2,
            >= 0.1 => 3,
            _ => 5,
        };
}
