using IoTCentral.Core.Telemetry.Series;
using Parquet;
using Parquet.Schema;

namespace IoTCentral.Core.Telemetry.Export;

/// <summary>What all our Parquet has in common.</summary>
internal static class ExportParquet
{
    /// <summary>A row group is in memory until it is full: some ten megabytes.</summary>
    public const int RowsOfGroup = 131_072;

    /// <summary>UTC, microseconds.</summary>
    public static readonly DateTimeDataField Time = new(
        "time",
        DateTimeFormat.Timestamp,
        isAdjustedToUTC: true,
        unit: DateTimeTimeUnit.Micros,
        isNullable: false
    );
    public static readonly DataField Device = new("device", typeof(string), isNullable: false);
    public static readonly DataField Component = new("component", typeof(string), isNullable: false);
    public static readonly DataField Telemetry = new("telemetry", typeof(string), isNullable: false);

    public static Task<ParquetWriter> OpenAsync(ParquetSchema schema, CountedStream to, CancellationToken ct) =>
        ParquetWriter.CreateAsync(
            schema,
            to,
            new ParquetOptions { CompressionMethod = CompressionMethod.Zstd },
            cancellationToken: ct
        );
}

/// <summary>What each row begins with: when, and of which series.</summary>
internal sealed class ExportKeys
{
    private readonly List<DateTime> _times = [];
    private readonly List<string> _devices = [];
    private readonly List<string> _components = [];
    private readonly List<string> _telemetry = [];

    public int Count => _times.Count;

    public void Add(DateTimeOffset time, string device, SeriesId series)
    {
        _times.Add(time.UtcDateTime);
        _devices.Add(device);
        _components.Add(series.Component);
        _telemetry.Add(series.Name);
    }

    public async Task WriteAsync(ParquetRowGroupWriter group, CancellationToken ct)
    {
        await group.WriteAsync<DateTime>(ExportParquet.Time, _times.ToArray(), cancellationToken: ct);
        await group.WriteAsync(ExportParquet.Device, _devices);
        await group.WriteAsync(ExportParquet.Component, _components);
        await group.WriteAsync(ExportParquet.Telemetry, _telemetry);
    }

    public void Clear()
    {
        _times.Clear();
        _devices.Clear();
        _components.Clear();
        _telemetry.Clear();
    }
}

/// <summary>Knows how much was written, which an answer's stream does not tell; writes asynchronously only.</summary>
internal sealed class CountedStream(Stream to) : Stream
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
