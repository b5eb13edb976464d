using IoTCentral.Core.Telemetry;

namespace IoTCentral.Web.Api;

/// <summary>A value of telemetry as programs get it: a number, a text, yes or no, or a place.</summary>
internal static class PointValue
{
    public static object Of(Point point) =>
        point.Kind switch
        {
            PointKind.Text => point.Text ?? "",
            PointKind.Boolean => point.Number != 0,
            PointKind.Location => new Place(point.Number, point.Number2, point.Number3),
            _ => point.Number,
        };

    /// <summary>A place: degrees, and metres above sea level.</summary>
    private sealed record Place(double Lat, double Lon, double Alt);
}
