namespace IoTCentral.Core.Templates;

/// <summary>What a tile of a device's overview shows.</summary>
public enum ViewTileKind
{
    Kpi,
    LineChart,

    /// <summary>States and booleans over time.</summary>
    StateTimeline,

    /// <summary>Newest value of what is neither a number nor a state.</summary>
    LastValue,
    EventList,
    Map,

    /// <summary>Reported properties; writable ones can be edited.</summary>
    Properties,
    CloudProperties,
    Commands,
}

/// <summary>One tile of a device's overview.</summary>
/// <param name="Capabilities">What it shows; at least one.</param>
public sealed record ViewTile(ViewTileKind Kind, string Title, IReadOnlyList<CapabilityPath> Capabilities)
{
    /// <summary>Symbol all its series share; null when they have none or it shows no numbers.</summary>
    public string? Unit { get; init; }

    /// <summary>Columns of a grid of 12.</summary>
    public int Width { get; init; } = 6;

    /// <summary>Grid rows.</summary>
    public int Height { get; init; } = 3;
}
