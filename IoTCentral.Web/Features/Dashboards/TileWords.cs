using IoTCentral.Core.Dashboards;
using IoTCentral.Core.Templates;
using IoTCentral.Web.Ui;

namespace IoTCentral.Web.Features.Dashboards;

/// <summary>How values of a tile are named and judged.</summary>
internal static class TileWords
{
    /// <summary>Symbol of the unit people see, e.g. <c>°C</c>; null when the signal has none.</summary>
    public static string? Unit(Capability? capability) => capability?.Unit is { } unit ? Units.Symbol(unit) : null;

    public static string Name(Capability? capability, TileSeries series) =>
        capability?.Label ?? (series.Component.Length == 0 ? series.Name : $"{series.Component}.{series.Name}");

    /// <summary>True when the value is on the bad side of the device's limit.</summary>
    public static bool IsBeyond(Tile tile, double? limit, double value) =>
        limit is { } at && (tile.IsLimitBelow ? value < at : value > at);

    public static Tone ToneOf(Tile tile, double? limit, double? value) =>
        limit is null || value is null ? Tone.Neutral
        : IsBeyond(tile, limit, value.Value) ? Tone.Critical
        : Tone.Good;
}
