using System.Globalization;
using IoTCentral.Core.Dashboards;
using IoTCentral.Core.Telemetry;
using IoTCentral.Web.Ui;

namespace IoTCentral.Web.Features.Dashboards.Tiles;

/// <summary>The newest value of a device, ready to be shown.</summary>
public sealed record ValueRow
{
    /// <summary>A value this old is shown as such; devices report every few seconds to minutes.</summary>
    public static readonly TimeSpan Stale = TimeSpan.FromMinutes(15);

    public required string Id { get; init; }
    public required long DeviceKey { get; init; }
    public required string Name { get; init; }
    public required string Href { get; init; }
    public double? Value { get; init; }

    /// <summary>Instead of a number: text, true/false, a place.</summary>
    public string? Text { get; init; }
    public string? Unit { get; init; }
    public int? Decimals { get; init; }
    public double? Limit { get; init; }
    public Tone Tone { get; init; }
    public DateTimeOffset? At { get; init; }

    public static ValueRow Of(TileValue value, Tile tile, string app)
    {
        var device = value.Device.Device;
        var point = value.Value?.Point;
        var number = point is { Kind: PointKind.Number } p ? p.Number : (double?)null;
        return new()
        {
            Id = device.Id,
            DeviceKey = device.Key,
            Name = device.Name,
            Href = AppAddress.Of(app, $"devices/{Uri.EscapeDataString(device.Id)}"),
            Value = number,
            Text = point is { Kind: not PointKind.Number } other ? TextOf(other) : null,
            Unit = TileWords.Unit(value.Device.Capability),
            Decimals = value.Device.Capability?.DecimalPlaces,
            Limit = value.Device.Limit,
            Tone = TileWords.ToneOf(tile, value.Device.Limit, number),
            At = value.Value?.MessageTime,
        };
    }

    private static string TextOf(Point point) =>
        point.Kind switch
        {
            PointKind.Text => point.Text!,
            PointKind.Boolean => point.Number != 0 ? "true" : "false",
            _ => string.Create(CultureInfo.CurrentCulture, $"{point.Number:0.####}, {point.Number2:0.####}"),
        };
}
