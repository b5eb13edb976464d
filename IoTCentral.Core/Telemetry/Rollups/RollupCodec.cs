using IoTCentral.Core.Telemetry.Chunks;

namespace IoTCentral.Core.Telemetry.Rollups;

/// <summary>
/// Hours of one series as bytes and back. The format, byte by byte, is in docs/telemetry-store.md; an instance keeps its
/// scratch memory and is for one thread at a time.
/// </summary>
public sealed class RollupCodec
{
    /// <summary>First byte; a program reads all versions up to its own.</summary>
    public const byte Version = 1;

    // Count, minimum, maximum, sum, first, last: each a chunk of numbers, of which the first alone has the hours' times.
    private const int Columns = 6;

    private readonly ChunkCodec _codec = new();
    private readonly ByteWriter _column = new();
    private readonly ChunkPoints[] _points =
    [
        .. Enumerable.Range(0, Columns).Select(_ => new ChunkPoints(PointKind.Number)),
    ];

    /// <param name="hours">At least one, by time.</param>
    public void Write(ByteWriter writer, IReadOnlyList<HourSum> hours)
    {
        foreach (var points in _points)
            points.Clear();
        for (var i = 0; i < hours.Count; i++)
        {
            var (start, count, summary) = hours[i];
            _points[0].Add(start / HourSums.Hour, Point.Of("", count));
            _points[1].Add(i, Point.Of("", summary.Min));
            _points[2].Add(i, Point.Of("", summary.Max));
            _points[3].Add(i, Point.Of("", summary.Sum));
            _points[4].Add(i, Point.Of("", summary.First));
            _points[5].Add(i, Point.Of("", summary.Last));
        }
        writer.Byte(Version);
        foreach (var points in _points)
        {
            _column.Clear();
            _codec.Write(_column, points);
            writer.Varint((ulong)_column.Length);
            writer.Raw(_column.Written);
        }
    }

    /// <exception cref="ChunkFormatException">The bytes are no hours, or of a newer version.</exception>
    public IReadOnlyList<HourSum> Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        if (reader.Byte() is var version && version != Version)
            throw new ChunkFormatException($"its version is {version}, and this program reads up to {Version}");
        foreach (var points in _points)
            _codec.Read(reader.Raw(reader.Count(bytes.Length)), points);
        if (!reader.IsAtEnd)
            throw new ChunkFormatException("there are bytes after its end");
        var count = _points[0].Count;
        if (_points.Any(p => p.Count != count))
            throw new ChunkFormatException("its columns are not of one length");
        var hours = new HourSum[count];
        for (var i = 0; i < count; i++)
            hours[i] = new(
                _points[0].Times[i] * HourSums.Hour,
                (int)_points[0].Numbers[i],
                new(
                    _points[1].Numbers[i],
                    _points[2].Numbers[i],
                    _points[3].Numbers[i],
                    _points[4].Numbers[i],
                    _points[5].Numbers[i]
                )
            );
        return hours;
    }
}
