using CsvHelper;

namespace IoTCentral.Core.Tests.Telemetry.Export;

internal static class CsvRows
{
    /// <summary>Fields by header.</summary>
    public static async Task<List<Dictionary<string, string>>> OfAsync(Stream stream, CancellationToken ct)
    {
        await using var csv = CsvReader.Create(stream);
        await csv.ReadHeaderAsync(ct);
        var headers = csv.Headers!.ToArray();
        var rows = new List<Dictionary<string, string>>();
        while (await csv.ReadAsync(ct))
            rows.Add(headers.ToDictionary(h => h, h => csv.GetString(h)!));
        return rows;
    }
}
