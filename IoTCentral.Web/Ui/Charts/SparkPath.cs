using System.Globalization;
using System.Text;

namespace IoTCentral.Web.Ui.Charts;

/// <summary>The path of a sparkline in a box of 100 × 24 with a margin of 2 above and below.</summary>
internal static class SparkPath
{
    public static string Of(IReadOnlyList<double?> values)
    {
        var known = values.OfType<double>().Where(double.IsFinite).ToList();
        if (known.Count == 0)
            return "";
        var (low, high) = (known.Min(), known.Max());
        var path = new StringBuilder();
        var isDrawing = false;
        for (var i = 0; i < values.Count; i++)
        {
            if (Known(values, i) is not { } value)
            {
                isDrawing = false;
                continue;
            }
            var x = values.Count == 1 ? 50 : 100.0 * i / (values.Count - 1);
            var y = high > low ? 22 - 20 * (value - low) / (high - low) : 12;
            path.Append(CultureInfo.InvariantCulture, $"{(isDrawing ? 'L' : 'M')}{x:0.##} {y:0.##}");
            // a lone sample is a dot: a line of no length with round ends
            if (!isDrawing && Known(values, i + 1) is null)
                path.Append("h0");
            isDrawing = true;
        }
        return path.ToString();
    }

    private static double? Known(IReadOnlyList<double?> values, int i) =>
        i < values.Count && values[i] is { } value && double.IsFinite(value) ? value : null;
}
