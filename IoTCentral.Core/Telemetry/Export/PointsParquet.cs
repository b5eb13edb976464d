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
    // A row group is in memory until it is full: some ten megabytes.
    private const int RowsOfGroup = 131_072;

    private static readonly DateTimeDataField Time = new(
        "time",
        DateTimeFormat.Timestamp,
        isAdjustedToUTC: true,
        unit: DateTimeTimeUnit.Micros,
        isNullable: false
    );
    private static readonly DataField Device = new("device", typeof(string), isNullable: false);
    private static readonly DataField Component = new("component", typeof(string), isNullable: false);
    private static readonly DataField Telemetry = new("telemetry", typeof(string), isNullable: false);
    private static readonly DataField Number = new("number", typeof(double), isNullable: true);
    private static readonly DataField Text = new("text", typeof(string), isNullable: true);
    private static readonly DataField Latitude = new("latitude", typeof(double), isNullable: true);
    private static readonly DataField Longitude = new("longitude", typeof(double), isNullable: true);
    private static readonly DataField Altitude = new("altitude", typeof(double), isNullable: true);

    private static readonly ParquetSchema Schema = new(
        Time,
        Device,
        Component,
        Telemetry,
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
        var options = new ParquetOptions { CompressionMethod = CompressionMethod.Zstd };
        await using var writer = await ParquetWriter.CreateAsync(Schema, counted, options, cancellationToken: ct);
        var rows = new Rows();
        await foreach (var block in points.WithCancellation(ct))
        {
            for (var from = 0; from < block.Points.Count; )
            {
                from += rows.Add(devices[block.Series.DeviceKey], block, from);
                if (rows.Count < RowsOfGroup)
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
        private readonly List<DateTime> _times = [];
        private readonly List<string> _devices = [];
        private readonly List<string> _components = [];
        private readonly List<string> _telemetry = [];
        private readonly List<double?> _numbers = [];
        private readonly List<string?> _texts = [];
        private readonly List<double?> _latitudes = [];
        private readonly List<double?> _longitudes = [];
        private readonly List<double?> _altitudes = [];

        public int Count => _times.Count;

        /// <summary>How many of the block's points from there on there was room for.</summary>
        public int Add(string device, SeriesPoints block, int from)
        {
            var values = block.Points;
            var to = Math.Min(values.Count, from + RowsOfGroup - Count);
            for (var i = from; i < to; i++)
            {
                _times.Add(BucketClock.TimeOf(values.Times[i]).UtcDateTime);
                _devices.Add(device);
                _components.Add(block.Series.Component);
                _telemetry.Add(block.Series.Name);
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
            await group.WriteAsync<DateTime>(Time, _times.ToArray(), cancellationToken: ct);
            await group.WriteAsync(Device, _devices);
            await group.WriteAsync(Component, _components);
            await group.WriteAsync(Telemetry, _telemetry);
            await group.WriteAsync<double>(Number, _numbers.ToArray(), cancellationToken: ct);
            await group.WriteAsync(Text, _texts!);
            await group.WriteAsync<double>(Latitude, _latitudes.ToArray(), cancellationToken: ct);
            await group.WriteAsync<double>(Longitude, _longitudes.ToArray(), cancellationToken: ct);
            await group.WriteAsync<double>(Altitude, _altitudes.ToArray(), cancellationToken: ct);
            group.CompleteValidate();
        }

        public void Clear()
        {
            _times.Clear();
            _devices.Clear();
            _components.Clear();
            _telemetry.Clear();
            _numbers.Clear();
            _texts.Clear();
            _latitudes.Clear();
            _longitudes.Clear();
            _altitudes.Clear();
        }
    }

    /// <summary>Knows how much was written, which an answer's stream does not tell; writes asynchronously only.</summary>
    private sealed class CountedStream(Stream to) : Stream
    {
        // Parquet's footer and page headers are written synchronously, and small
        private readonly MemoryStream _small = new();
        private long _written;

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => _written;

        public override long Position
        {
            get => _written;
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _small.Write(buffer);
            _written += buffer.Length;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override async ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            await FlushAsync(cancellationToken);
            await to.WriteAsync(buffer, cancellationToken);
            _written += buffer.Length;
        }

        public override void Flush() { }

        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            if (_small.Length == 0)
                return;
            await to.WriteAsync(_small.GetBuffer().AsMemory(0, (int)_small.Length), cancellationToken);
            _small.SetLength(0);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override async ValueTask DisposeAsync()
        {
            await FlushAsync(CancellationToken.None);
            await _small.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
