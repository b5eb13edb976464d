using IoTCentral.Core.Telemetry.Chunks;
using IoTCentral.Core.Telemetry.Series;
using Parquet;
using Parquet.Schema;

namespace IoTCentral.Core.Telemetry.Export;

/// <summary>
/// Values as Apache Parquet, one row each: time (UTC, microseconds), device, component, telemetry, and of number, text and
/// place what the value is. Yes and no are 1 and 0.
/// </summary>
public static class PointsParquet
{
    private static readonly DataField Number = new("number", typeof(double), isNullable: true);
    private static readonly DataField Text = new("text", typeof(string), isNullable: true);
    private static readonly DataField Latitude = new("latitude", typeof(double), isNullable: true);
    private static readonly DataField Longitude = new("longitude", typeof(double), isNullable: true);
    private static readonly DataField Altitude = new("altitude", typeof(double), isNullable: true);

    private static readonly ParquetSchema Schema = new(
        ExportParquet.Time,
        ExportParquet.Device,
        ExportParquet.Component,
        ExportParquet.Telemetry,
        Number,
        Text,
        Latitude,
        Longitude,
        Altitude
    );

    /// <param name="devices">Ids by key.</param>
    public static async Task WriteAsync(
        IAsyncEnumerable<SeriesPoints> points,
        IReadOnlyDictionary<long, string> devices,
        Stream to,
        CancellationToken ct
    )
    {
        await using var counted = new CountedStream(to);
        await using var writer = await ExportParquet.OpenAsync(Schema, counted, ct);
        var rows = new Rows();
        await foreach (var block in points.WithCancellation(ct))
        {
            for (var from = 0; from < block.Points.Count; )
            {
                from += rows.Add(devices[block.Series.DeviceKey], block, from);
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
        private readonly List<double?> _numbers = [];
        private readonly List<string?> _texts = [];
        private readonly List<double?> _latitudes = [];
        private readonly List<double?> _longitudes = [];
        private readonly List<double?> _altitudes = [];

        public int Count => _keys.Count;

        /// <summary>How many of the block's points from there on there was room for.</summary>
        public int Add(string device, SeriesPoints block, int from)
        {
            var values = block.Points;
            var to = Math.Min(values.Count, from + ExportParquet.RowsOfGroup - Count);
            for (var i = from; i < to; i++)
            {
                _keys.Add(BucketClock.TimeOf(values.Times[i]), device, block.Series);
                Add(values, i);
            }
            return to - from;
        }

        private void Add(ChunkPoints values, int i)
        {
            var isPlace = values.Kind == PointKind.Location;
            _texts.Add(values.Kind == PointKind.Text ? values.Texts[i] : null);
            _numbers.Add(values.Kind is PointKind.Number or PointKind.Boolean ? values.Numbers[i] : null);
            _latitudes.Add(isPlace ? values.Numbers[i] : null);
            _longitudes.Add(isPlace ? values.Longitudes[i] : null);
            _altitudes.Add(isPlace ? values.Altitudes[i] : null);
        }

        public async Task WriteAsync(ParquetWriter writer, CancellationToken ct)
        {
            using var group = writer.CreateRowGroup();
            await _keys.WriteAsync(group, ct);
            await group.WriteAsync<double>(Number, _numbers.ToArray(), cancellationToken: ct);
            await group.WriteAsync(Text, _texts!);
            await group.WriteAsync<double>(Latitude, _latitudes.ToArray(), cancellationToken: ct);
            await group.WriteAsync<double>(Longitude, _longitudes.ToArray(), cancellationToken: ct);
            await group.WriteAsync<double>(Altitude, _altitudes.ToArray(), cancellationToken: ct);
            group.CompleteValidate();
        }

        public void Clear()
        {
            _keys.Clear();
            _numbers.Clear();
            _texts.Clear();
            _latitudes.Clear();
            _longitudes.Clear();
            _altitudes.Clear();
        }
    }
}
