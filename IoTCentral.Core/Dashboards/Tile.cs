using IoTCentral.Core.Devices;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Dashboards;

/// <summary>How a tile shows its data.</summary>
public enum TileKind
{
    /// <summary>Lines over time, history and live.</summary>
    Line,

    /// <summary>One key figure over all its devices and the range.</summary>
    Kpi,

    /// <summary>The newest value of each device.</summary>
    LastValue,

    /// <summary>States of each device over time.</summary>
    State,

    /// <summary>Where the devices are.</summary>
    Map,

    /// <summary>Alerts of its devices.</summary>
    Alerts,

    /// <summary>A button that runs a command; its one series names the command.</summary>
    Command,
}

/// <summary>
/// Which devices a tile shows: a question, not a list of ids, so that new devices appear by themselves. The dashboard's
/// scope narrows it further.
/// </summary>
public sealed record TileSource
{
    public string? TemplateId { get; init; }

    /// <summary>Just this one device.</summary>
    public string? DeviceId { get; init; }
    public IReadOnlyList<PropertyEquals> Properties { get; init; } = [];
}

/// <summary>One signal of a tile, or the command that it runs.</summary>
public sealed record TileSeries
{
    /// <summary>Empty for the root.</summary>
    public string Component { get; init; } = "";
    public required string Name { get; init; }
    public Aggregate Aggregate { get; init; } = Aggregate.Average;

    /// <summary>Which state, where <see cref="Aggregate"/> is the time in it.</summary>
    public string? State { get; init; }

    /// <summary>Drawn against the axis on the right.</summary>
    public bool IsOnRightAxis { get; init; }
}

/// <summary>Which devices of a line chart share a line.</summary>
public enum TileGrouping
{
    /// <summary>Each has its own.</summary>
    Device,

    /// <summary>All of them.</summary>
    All,

    /// <summary>Those of one organization.</summary>
    Organization,

    /// <summary>Those with the same value of <see cref="Tile.GroupProperty"/>.</summary>
    Property,
}

/// <summary>A box of a dashboard.</summary>
public sealed record Tile
{
    /// <summary>Signals of a line chart; there are eight colours, and nobody tells more lines apart.</summary>
    public const int MaxSeries = 8;

    public required string Id { get; init; }
    public required TileKind Kind { get; init; }
    public string Title { get; init; } = "";

    /// <summary>Left column, 0–11.</summary>
    public int X { get; init; }
    public int Y { get; init; }

    /// <summary>Columns, 1–12.</summary>
    public int Width { get; init; } = 6;

    /// <summary>Rows of the grid.</summary>
    public int Height { get; init; } = 3;
    public TileSource Source { get; init; } = new();
    public IReadOnlyList<TileSeries> Series { get; init; } = [];

    /// <summary>Of a line chart.</summary>
    public TileGrouping Grouping { get; init; }

    /// <summary>Root property, of the device or in the cloud.</summary>
    public string? GroupProperty { get; init; }

    /// <summary>Draws a limit and colours values above it.</summary>
    public double? Limit { get; init; }

    /// <summary>Property of the device that holds its own limit; goes before <see cref="Limit"/>.</summary>
    public string? LimitProperty { get; init; }

    /// <summary>Below the limit is bad, not above.</summary>
    public bool IsLimitBelow { get; init; }

    /// <summary>A key figure of now: over each device's newest value in the range, not over all its values.</summary>
    public bool IsOfNow { get; init; }
}
