using IoTCentral.Core.Telemetry.Series;
using Parquet;
using Parquet.Schema;

namespace IoTCentral.Core.Telemetry.Export;

/// <summary>Steps of series as Apache Parquet: a row each, a column for each aggregate, null where it is not known.</summary>
public static class BucketsParquet
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
        var rows = new Rows(aggregates);
        await using var counted = new CountedStream(to);
        await using var writer = await ExportParquet.OpenAsync(rows.Schema, counted, ct);
        await foreach (var (series, buckets) in results.WithCancellation(ct))
        {
            foreach (var bucket in buckets)
            {
                rows.Add(devices[series.DeviceKey], series, bucket);
                if (rows.Count < ExportParquet.RowsOfGroup)
                    continue;
                await rows.WriteAsync(writer, ct);
                rows.Clear();
            }
        }
        if (rows.Count > 0)
            await rows.WriteAsync(writer, ct);
    }

    private sealed class Rows
    {
        private readonly ExportKeys _keys = new();
        private readonly (Aggregate Of, DataField Field, List<double?> Values)[] _columns;

        public Rows(IReadOnlyList<Aggregate> aggregates)
        {
            _columns =
            [
                .. aggregates.Select(a =>
                    (a, new DataField(BucketsCsv.ColumnOf(a), typeof(double), isNullable: true), new List<double?>())
                ),
            ];
            Schema = new([
                ExportParquet.Time,
                ExportParquet.Device,
                ExportParquet.Component,
                ExportParquet.Telemetry,
                .. _columns.Select(c => c.Field),
            ]);
        }

        public ParquetSchema Schema { get; }

        public int Count => _keys.Count;

        public void Add(string device, SeriesId series, SeriesBucket bucket)
        {
            _keys.Add(bucket.Start, device, series);
            foreach (var (of, _, values) in _columns)
                values.Add(bucket.ValueOf(of));
        }

        public async Task WriteAsync(ParquetWriter writer, CancellationToken ct)
        {
            using var group = writer.CreateRowGroup();
            await _keys.WriteAsync(group, ct);
            foreach (var (_, field, values) in _columns)
                await group.WriteAsync<double>(field, values.ToArray(), cancellationToken: ct);
            group.CompleteValidate();
        }

        public void Clear()
        {
            _keys.Clear();
            foreach (var (_, _, values) in _columns)
                values.Clear();
        }
    }
}
