using IoTCentral.Core.Telemetry.Export;
using IoTCentral.Core.Telemetry.Series;
using Parquet;

namespace IoTCentral.Core.Tests.Telemetry.Export;

/// <summary>Steps come back from the files they are written to.</summary>
public sealed class BucketsExportTests
{
    private static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Dictionary<long, string> Devices = new() { [1] = "pump-1", [2] = "pump-2" };
    private static readonly Aggregate[] Aggregates = [Aggregate.Average, Aggregate.Count, Aggregate.Percentile95];

    private static readonly SeriesResult[] All =
    [
        new(
            new(1, "", "t"),
            [Bucket(0, 2, 20.5) with { Detail = new() { Percentile95 = 21 } }, Bucket(5, 0, double.NaN)]
        ),
        new(new(2, "motor", "rpm"), [Bucket(0, 7, 900)]),
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CSV_has_a_row_for_each_step_and_a_column_for_each_aggregate()
    {
        using var stream = new MemoryStream();
        await BucketsCsv.WriteAsync(ManyAsync(All), Aggregates, Devices, stream, Ct);
        stream.Position = 0;

        var rows = await CsvRows.OfAsync(stream, Ct);

        Assert.Equal(["time", "device", "component", "telemetry", "average", "count", "percentile95"], rows[0].Keys);
        Assert.Equal(
            [
                "2026-07-01T12:00:00Z|pump-1||t|20.5|2|21",
                "2026-07-01T12:05:00Z|pump-1||t||0|",
                "2026-07-01T12:00:00Z|pump-2|motor|rpm|900|7|",
            ],
            rows.Select(r => string.Join('|', r.Values))
        );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task Parquet_has_the_same_in_as_many_groups_as_it_takes(int times)
    {
        using var bytes = new MemoryStream();
        var many = Enumerable.Repeat(All, times).SelectMany(a => a).ToArray();
        await BucketsParquet.WriteAsync(ManyAsync(many), Aggregates, Devices, bytes, Ct);
        bytes.Position = 0;

        await using var reader = await ParquetReader.CreateAsync(bytes, cancellationToken: Ct);

        var fields = reader.Schema.DataFields;
        Assert.Equal(
            ["time", "device", "component", "telemetry", "average", "count", "percentile95"],
            fields.Select(f => f.Name)
        );
        var (averages, counts) = (new List<double?>(), new List<double?>());
        for (var g = 0; g < reader.RowGroupCount; g++)
        {
            using var group = reader.OpenRowGroupReader(g);
            var values = new double?[group.RowCount];
            await group.ReadAsync<double>(fields[4], values, cancellationToken: Ct);
            averages.AddRange(values);
            await group.ReadAsync<double>(fields[5], values, cancellationToken: Ct);
            counts.AddRange(values);
        }
        double?[] each = [20.5, null, 900];
        Assert.Equal(Enumerable.Repeat(each, times).SelectMany(v => v), averages);
        Assert.Equal(9d * times, counts.Sum());
    }

    private static SeriesBucket Bucket(int minute, long count, double average) =>
        new(Noon.AddMinutes(minute), count, average, average, average, average * count, average, average);

    private static async IAsyncEnumerable<SeriesResult> ManyAsync(params SeriesResult[] results)
    {
        await Task.CompletedTask;
        foreach (var result in results)
            yield return result;
    }
}
