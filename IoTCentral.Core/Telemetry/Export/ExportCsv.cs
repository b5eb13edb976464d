using System.Globalization;
using CsvHelper;

namespace IoTCentral.Core.Telemetry.Export;

/// <summary>What all our CSV has in common.</summary>
internal static class ExportCsv
{
    /// <summary>Leaves the stream open when it is disposed.</summary>
    public static CsvWriter Open(Stream to) =>
        CsvWriter.Create(
            to,
            new CsvWriterOptions { Injection = CsvInjection.Escape, WriteByteOrderMark = true },
            leaveOpen: true
        );

    public static async Task WriteHeadersAsync(CsvWriter csv, IEnumerable<string> headers, CancellationToken ct)
    {
        foreach (var header in headers)
            csv.WriteField(header);
        await csv.EndRecordAsync(ct);
    }

    /// <summary>ISO 8601 in UTC, to the microsecond.</summary>
    public static string Time(DateTime utc) =>
        utc.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
}
