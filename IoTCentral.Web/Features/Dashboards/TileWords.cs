using IoTCentral.Core.Dashboards;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Templates;
using IoTCentral.Web.Ui;

namespace IoTCentral.Web.Features.Dashboards;

/// <summary>How values of a tile are named and judged.</summary>
internal static class TileWords
{
    /// <summary>Symbol of the unit people see, e.g. <c>°C</c>; null when the signal has none.</summary>
    public static string? Unit(Capability? capability) => capability?.Unit is { } unit ? Units.Symbol(unit) : null;

    /// <summary>The same for what an aggregate makes of its values: a count has none, growth is a second's.</summary>
    public static string? Unit(Capability? capability, Aggregate aggregate) =>
        aggregate switch
        {
            Aggregate.Count => null,
            Aggregate.TimeInState => "%",
            Aggregate.Rate => $"{Unit(capability)}/s",
            _ => Unit(capability),
        };

    /// <summary>It is a value that the signal can have, so that the next one fits beside it.</summary>
    public static bool IsOfValue(Aggregate aggregate) =>
        aggregate
            is not (Aggregate.Sum or Aggregate.Count or Aggregate.Deviation or Aggregate.Rate or Aggregate.TimeInState);

    public static string Name(Capability? capability, TileSeries series)
    {
        var name =
            capability?.Label ?? (series.Component.Length == 0 ? series.Name : $"{series.Component}.{series.Name}");
        return series is { Aggregate: Aggregate.TimeInState, State: { } state }
            ? $"{name}: {StateWords.Of(capability, state)}"
            : name;
    }

    /// <summary>True when the value is on the bad side of the device's limit.</summary>
    public static bool IsBeyond(Tile tile, double? limit, double value) =>
        limit is { } at && (tile.IsLimitBelow ? value < at : value > at);

    public static Tone ToneOf(Tile tile, double? limit, double? value) =>
        limit is null || value is null ? Tone.Neutral
        : IsBeyond(tile, limit, value.Value) ? Tone.Critical
        : Tone.Good;
}
