using IoTCentral.Core.Devices;
using IoTCentral.Core.Live;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Twins;
using IoTCentral.Web.Ui.Charts;

namespace IoTCentral.Web.Features.Devices.Overview;

/// <summary>One signal on a device's overview: how it is called and shown, its history and its newest value.</summary>
public sealed record Signal(string Component, string Name, TemplateSeries? Series)
{
    public string Id => Component.Length == 0 ? Name : $"{Component}/{Name}";
    public string Label =>
        Series?.Label ?? (Component.Length == 0 ? Name : $"{ModuleComponent.Label(Component)} · {Name}");
    public string? Unit => Series?.Display.Symbol is { Length: > 0 } unit ? unit : null;
    public int? Decimals => Series?.Display.Decimals;

    /// <summary>The device's number in the unit shown.</summary>
    public double Shown(double value) => Series is { } s ? s.Display.Convert(value) : value;

    /// <summary>A value in the unit shown; null: it is no number where the template has one, a text for instance.</summary>
    public double? Shown(Point point) =>
        point.Kind == PointKind.Number || point.Kind == PointKind.Boolean && Series?.Schema is not { IsNumeric: true }
            ? Shown(point.Number)
            : null;
}

/// <summary>A tile with what it draws.</summary>
public sealed record TileModel(ViewTile Tile, IReadOnlyList<Signal> Signals)
{
    /// <summary>Lines of a chart, or the one of a key figure's sparkline.</summary>
    public IReadOnlyList<ChartLine> Lines { get; init; } = [];

    /// <summary>States over time.</summary>
    public IReadOnlyList<StateRow> States { get; init; } = [];
}

/// <summary>All that an overview draws for a range.</summary>
public sealed record OverviewModel(
    IReadOnlyList<TileModel> Tiles,
    DateTimeOffset From,
    DateTimeOffset To,
    IReadOnlyDictionary<(string Component, string Name), LastValue> Last,
    Twin Twin,
    IReadOnlyList<Alert> Alerts
);
