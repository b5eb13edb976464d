using IoTCentral.Core.Devices;
using IoTCentral.Core.Live;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Dashboards;

/// <summary>A device on a tile: with its template's words for the signal, and its own limit.</summary>
public sealed record TileDevice(Device Device, Capability? Capability, double? Limit);

/// <summary>The devices that a tile shows now.</summary>
/// <param name="Total">How many there are; more than are shown when the tile has its most.</param>
public sealed record TileDevices(IReadOnlyList<TileDevice> Shown, long Total);

/// <summary>One line of a chart: of a device, or of devices that share it.</summary>
/// <param name="Device">Null where it is of several.</param>
/// <param name="Group">Whose it is where it is of several; null: a device's.</param>
public sealed record TileLine(
    TileDevice? Device,
    TileGroup? Group,
    TileSeries Series,
    Capability? Capability,
    IReadOnlyList<SeriesBucket> Buckets
);

/// <summary>What devices that share a line have in common.</summary>
/// <param name="Name">Value of the property, name of the organization; null: they have none, or they are all there are.</param>
/// <param name="IsRest">More than have a line of their own.</param>
public sealed record TileGroup(string? Name, IReadOnlyList<TileDevice> Devices, bool IsRest);

/// <summary>A key figure.</summary>
/// <param name="Value">Null: no values in the range.</param>
/// <param name="Before">The same over the period before of equal length; null: nothing to compare with.</param>
/// <param name="Device">Whose value it is, where it is one device's (minimum, maximum, first, last).</param>
public sealed record KeyFigure(double? Value, double? Before, TileDevice? Device, DateTimeOffset? At, int DeviceCount);

/// <summary>Newest value of one device.</summary>
public sealed record TileValue(TileDevice Device, LastValue? Value);

/// <summary>States of one device over the range.</summary>
public sealed record TileStates(TileDevice Device, IReadOnlyList<StateStretch> Stretches);

/// <summary>Where a device is.</summary>
public sealed record TilePlace(TileDevice Device, double Latitude, double Longitude);

/// <summary>A range of time on a dashboard.</summary>
public readonly record struct TileRange(DateTimeOffset From, DateTimeOffset To)
{
    public TimeSpan Length => To - From;

    public TileRange Before => new(From - Length, From);
}
