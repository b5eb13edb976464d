using System.Text.Json;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Telemetry.Export;

/// <summary>Steps of series as CSV that spreadsheets read: a row each, a column for each aggregate.</summary>
public static class BucketsCsv
{
    /// <param name="aggregates">Those that were asked for.</param>
    /// <param name="devices">Ids by key.</param>
    public static async Task WriteAsync(
        IAsyncEnumerable<SeriesResult> results,
        IReadOnlyList<Aggregate> aggregates,
        IReadOnlyDictionary<long, string> devices,
        Stream to,
        CancellationToken ct
    )
    {
        await using var csv = ExportCsv.Open(to);
        string[] headers = ["time", "device", "component", "telemetry", .. aggregates.Select(ColumnOf)];
        await ExportCsv.WriteHeadersAsync(csv, headers, ct);
        await foreach (var (series, buckets) in results.WithCancellation(ct))
        {
            foreach (var bucket in buckets)
            {
                csv.WriteField(ExportCsv.Time(bucket.Start.UtcDateTime));
                csv.WriteField(devices[series.DeviceKey]);
                csv.WriteField(series.Component);
                csv.WriteField(series.Name);
                foreach (var aggregate in aggregates)
                    csv.WriteField(bucket.ValueOf(aggregate));
                await csv.EndRecordAsync(ct);
            }
        }
    }

    /// <summary>Name of an aggregate's column.</summary>
    internal static string ColumnOf(Aggregate aggregate) => JsonNamingPolicy.CamelCase.ConvertName($"{aggregate}");

    /// <summary>Null where it is not known.</summary>
    internal static double? ValueOf(this SeriesBucket bucket, Aggregate aggregate) =>
        bucket.Of(aggregate) is var value && double.IsFinite(value) ? value : null;
}
