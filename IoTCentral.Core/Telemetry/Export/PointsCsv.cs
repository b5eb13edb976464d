using System.Globalization;
using IoTCentral.Core.Telemetry.Chunks;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Telemetry.Export;

/// <summary>Values as CSV that spreadsheets read, one row each.</summary>
public static class PointsCsv
{
    private static readonly string[] Headers = ["time", "device", "component", "telemetry", "value"];

    /// <param name="devices">Ids by key.</param>
    public static async Task WriteAsync(
        IAsyncEnumerable<SeriesPoints> points,
        IReadOnlyDictionary<long, string> devices,
        Stream to,
        CancellationToken ct
    )
    {
        await using var csv = ExportCsv.Open(to);
        await ExportCsv.WriteHeadersAsync(csv, Headers, ct);
        await foreach (var (series, values) in points.WithCancellation(ct))
        {
            var device = devices[series.DeviceKey];
            for (var i = 0; i < values.Count; i++)
            {
                csv.WriteField(ExportCsv.Time(BucketClock.TimeOf(values.Times[i]).UtcDateTime));
                csv.WriteField(device);
                csv.WriteField(series.Component);
                csv.WriteField(series.Name);
                if (values.Kind == PointKind.Number)
                    csv.WriteField(values.Numbers[i]);
                else
                    csv.WriteField(Text(values, i));
                await csv.EndRecordAsync(ct);
            }
        }
    }

    private static string Text(ChunkPoints values, int i) =>
        values.Kind switch
        {
            PointKind.Text => values.Texts[i],
            PointKind.Boolean => values.Numbers[i] != 0 ? "true" : "false",
            // latitude, longitude, altitude
            _ => string.Create(
                CultureInfo.InvariantCulture,
                $"{values.Numbers[i]} {values.Longitudes[i]} {values.Altitudes[i]}"
            ),
        };
}
