using System.Globalization;
using IoTCentral.Core.Telemetry.Chunks;

namespace IoTCentral.Core.Telemetry.Series;

/// <summary>Tells whether values are the state that is asked about, as <see cref="SeriesQuery.State"/> has it.</summary>
public sealed class StateMatch
{
    private readonly string _state;
    private readonly double? _number;

    public StateMatch(string state)
    {
        _state = state;
        _number = state switch
        {
            "true" => 1,
            "false" => 0,
            _ => double.TryParse(state, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? number
                : null,
        };
    }

    public bool Is(in Point point) =>
        point.Kind switch
        {
            PointKind.Text => point.Text == _state,
            PointKind.Number or PointKind.Boolean => point.Number == _number,
            _ => StateText.Of(point) == _state,
        };

    /// <summary>The same of one of many points.</summary>
    public bool Is(ChunkPoints points, int i) =>
        points.Kind switch
        {
            PointKind.Text => points.Texts[i] == _state,
            PointKind.Number or PointKind.Boolean => points.Numbers[i] == _number,
            _ => StateText.Of(points, i) == _state,
        };
}

/// <summary>Values of every kind as a state's text, which <see cref="StateStretch.Value"/> has.</summary>
public static class StateText
{
    public static string Of(in Point point) => Of(point.Kind, point.Text, point.Number, point.Number2);

    /// <summary>The same of one of many points.</summary>
    public static string Of(ChunkPoints points, int i) =>
        points.Kind == PointKind.Text
            ? points.Texts[i]
            : Of(
                points.Kind,
                null,
                points.Numbers[i],
                points.Kind == PointKind.Location ? points.Longitudes[i] : double.NaN
            );

    private static string Of(PointKind kind, string? text, double number, double number2) =>
        kind switch
        {
            PointKind.Text => text!,
            PointKind.Boolean => number != 0 ? "true" : "false",
            PointKind.Location => string.Create(CultureInfo.InvariantCulture, $"{number}, {number2}"),
            _ => number.ToString("R", CultureInfo.InvariantCulture),
        };
}
