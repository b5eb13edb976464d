using System.Globalization;

namespace IoTCentral.Web.Ui;

/// <summary>Numbers as people read them: sensible decimals, a real minus sign, a dash for none.</summary>
public static class Figures
{
    /// <param name="decimals">Digits after the point; null: as many as the size of the number deserves.</param>
    public static string Format(double? value, int? decimals = null, CultureInfo? culture = null)
    {
        if (value is not { } number || !double.IsFinite(number))
            return "–";
        var size = Math.Abs(number);
        if (size >= 1e12 || (size > 0 && size < 1e-4))
            return number.ToString("0.###E0", culture ?? CultureInfo.CurrentCulture).Replace('-', '−');
        var digits =
            decimals
            ?? (
                size >= 1000 ? 0
                : size >= 100 ? 1
                : size >= 1 ? 2
                : 4
            );
        var text = Math.Round(number, digits)
            .ToString(
                decimals is null ? "#,0." + new string('#', digits) : $"N{digits}",
                culture ?? CultureInfo.CurrentCulture
            );
        return text is "-0" ? "0" : text.Replace('-', '−');
    }

    /// <summary>The number and its unit with a space that does not break.</summary>
    public static string WithUnit(double? value, string? unit, int? decimals = null) =>
        string.IsNullOrEmpty(unit) ? Format(value, decimals) : $"{Format(value, decimals)}\u00a0{unit}";
}
