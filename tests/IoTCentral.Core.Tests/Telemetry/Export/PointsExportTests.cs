using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;
using IoTCentral.Core.Telemetry.Export;
using IoTCentral.Core.Telemetry.Series;
using Parquet;
using Parquet.Schema;

namespace IoTCentral.Core.Tests.Telemetry.Export;

/// <summary>Values of each kind come back from the files they are written to.</summary>
public sealed class PointsExportTests
{
    private static readonly DateTime Noon = new(2026, 7, 1, 12, 0, 0, DateTimeKind.Utc);
    private static readonly Dictionary<long, string> Devices = new() { [1] = "pump-1", [2] = "=pump-2" };

    private static readonly SeriesPoints[] All =
    [
        Points(new(1, "", "t"), PointKind.Number, Number(21.5), Number(-1e-9)),
        Points(new(1, "motor", "on"), PointKind.Boolean, Number(1), Number(0)),
        Points(new(2, "", "state"), PointKind.Text, new Point("", PointKind.Text, 0, "open, \"wide\"")),
        Points(new(2, "", "at"), PointKind.Location, new Point("", PointKind.Location, 48.1, null, 11.5, 520)),
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CSV_has_a_row_for_each_value()
    {
        using var stream = new MemoryStream();
        await PointsCsv.WriteAsync(ManyAsync(All), Devices, stream, Ct);
        stream.Position = 0;

        var rows = await CsvRows.OfAsync(stream, Ct);

        Assert.Equal(
            [
                "2026-07-01T12:00:00Z|pump-1||t|21.5",
                "2026-07-01T12:00:00.000001Z|pump-1||t|-1E-09",
                "2026-07-01T12:00:00Z|pump-1|motor|on|true",
                "2026-07-01T12:00:00.000001Z|pump-1|motor|on|false",
                "2026-07-01T12:00:00Z|'=pump-2||state|open, \"wide\"",
                "2026-07-01T12:00:00Z|'=pump-2||at|48.1 11.5 520",
            ],
            rows.Select(r => string.Join('|', r.Values))
        );
    }

    [Fact]
    public async Task Parquet_has_a_row_for_each_value_in_columns_of_its_kind()
    {
        var rows = await ParquetAsync(All);

        Assert.Equal(
            [
                "2026-07-01T12:00:00.0000000Z|pump-1||t|21.5||||",
                "2026-07-01T12:00:00.0000010Z|pump-1||t|-1E-09||||",
                "2026-07-01T12:00:00.0000000Z|pump-1|motor|on|1||||",
                "2026-07-01T12:00:00.0000010Z|pump-1|motor|on|0||||",
                "2026-07-01T12:00:00.0000000Z|=pump-2||state||open, \"wide\"|||",
                "2026-07-01T12:00:00.0000000Z|=pump-2||at|||48.1|11.5|520",
            ],
            rows
        );
    }

    [Fact]
    public async Task More_than_a_row_group_comes_back_in_order()
    {
        var many = new ChunkPoints(PointKind.Number);
        for (var i = 0; i < 300_000; i++)
            many.Add(i, Number(i));

        var rows = await ParquetAsync([new(new(1, "", "t"), many)]);

        Assert.Equal(300_000, rows.Count);
        Assert.Equal(Enumerable.Range(0, 300_000).Select(i => $"{i}"), rows.Select(r => r.Split('|')[4]));
    }

    [Fact]
    public async Task Nothing_is_a_file_too()
    {
        Assert.Empty(await ParquetAsync([]));

        using var stream = new MemoryStream();
        await PointsCsv.WriteAsync(ManyAsync(), Devices, stream, Ct);
        stream.Position = 0;
        Assert.Empty(await CsvRows.OfAsync(stream, Ct));
    }

    private static Point Number(double value) => Point.Of("", value);

    private static SeriesPoints Points(SeriesId series, PointKind kind, params Point[] values)
    {
        var points = new ChunkPoints(kind);
        var first = (Noon - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        for (var i = 0; i < values.Length; i++)
            points.Add(first + i, values[i]);
        return new(series, points);
    }

    private static async IAsyncEnumerable<SeriesPoints> ManyAsync(params SeriesPoints[] points)
    {
        await Task.CompletedTask;
        foreach (var some in points)
            yield return some;
    }

    private static async Task<List<string>> ParquetAsync(SeriesPoints[] points)
    {
        using var bytes = new MemoryStream();
        await PointsParquet.WriteAsync(ManyAsync(points), Devices, new OneWay(bytes), Ct);
        bytes.Position = 0;
        await using var reader = await ParquetReader.CreateAsync(bytes, cancellationToken: Ct);
        var time = Assert.IsType<DateTimeDataField>(reader.Schema.DataFields[0]);
        Assert.True(time.IsAdjustedToUTC);
        var rows = new List<string>();
        for (var g = 0; g < reader.RowGroupCount; g++)
        {
            using var group = reader.OpenRowGroupReader(g);
            var count = (int)group.RowCount;
            var fields = reader.Schema.DataFields;
            var times = new DateTime[count];
            await group.ReadAsync<DateTime>(fields[0], times, cancellationToken: Ct);
            var texts = new Dictionary<string, string?[]>();
            foreach (var field in fields.Where(f => f.Name is "device" or "component" or "telemetry" or "text"))
                await group.ReadAsync(field, (texts[field.Name] = new string?[count])!, cancellationToken: Ct);
            var numbers = new Dictionary<string, double?[]>();
            foreach (var field in fields.Where(f => f.ClrType == typeof(double)))
                await group.ReadAsync<double>(field, numbers[field.Name] = new double?[count], cancellationToken: Ct);
            rows.AddRange(
                Enumerable
                    .Range(0, count)
                    .Select(i =>
                        FormattableString.Invariant(
                            $"{DateTime.SpecifyKind(times[i], DateTimeKind.Utc):O}|{texts["device"][i]}|{texts["component"][i]}|{texts["telemetry"][i]}|{numbers["number"][i]}|{texts["text"][i]}|{numbers["latitude"][i]}|{numbers["longitude"][i]}|{numbers["altitude"][i]}"
                        )
                    )
            );
        }
        return rows;
    }

    /// <summary>As an answer's stream is: to write to, asynchronously, without a place.</summary>
    private sealed class OneWay(Stream to) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) =>
            throw new InvalidOperationException("Synchronous writes are not allowed.");

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default
        ) => to.WriteAsync(buffer, cancellationToken);

        public override void Flush() => throw new InvalidOperationException("Synchronous writes are not allowed.");

        public override Task FlushAsync(CancellationToken cancellationToken) => to.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
