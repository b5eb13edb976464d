namespace IoTCentral.Core.Telemetry.Chunks;

/// <summary>
/// Points of one series and kind as bytes and back, every bit of times and values kept. The format, byte by byte, is in
/// docs/telemetry-store.md; an instance keeps its scratch memory and is for one thread at a time.
/// </summary>
public sealed class ChunkCodec
{
    /// <summary>First byte of a chunk; a program reads all versions up to its own.</summary>
    public const byte Version = 1;

    /// <summary>Most points of one chunk.</summary>
    public const int MostPoints = 1 << 16;

    /// <summary>Most bytes of one chunk's texts: those of as many messages as it can be of.</summary>
    internal const int MostBytes = 1 << 28;

    private const int MostUnits = 7;

    private readonly TextScratch _texts = new();
    private long[] _scratch = new long[1024];

    /// <summary>Appends them to the writer.</summary>
    /// <param name="points">At least one, at most <see cref="MostPoints"/>, in order of time.</param>
    public void Write(ByteWriter writer, ChunkPoints points)
    {
        if (points.Count is 0 or > MostPoints)
            throw new ArgumentException(
                $"A chunk is of 1 to {MostPoints} points, not of {points.Count}.",
                nameof(points)
            );
        var scratch = Scratch(points.Count);
        writer.Byte(Version);
        writer.Byte((byte)points.Kind);
        writer.Varint((ulong)points.Count);
        WriteTimes(writer, points.Times, scratch);
        switch (points.Kind)
        {
            case PointKind.Text:
                TextColumn.Write(writer, points.Texts, _texts);
                break;
            case PointKind.Boolean:
                BooleanColumn.Write(writer, points.Numbers);
                break;
            default:
                NumberColumn.Write(writer, points.Numbers, scratch);
                break;
        }
        if (points.Kind != PointKind.Location)
            return;
        NumberColumn.Write(writer, points.Longitudes, scratch);
        NumberColumn.Write(writer, points.Altitudes, scratch);
    }

    /// <summary>Fills <paramref name="points"/> with what the bytes hold.</summary>
    /// <exception cref="ChunkFormatException">They are no chunk, one of another kind, or of a newer version.</exception>
    public void Read(ReadOnlySpan<byte> bytes, ChunkPoints points)
    {
        var reader = new ByteReader(bytes);
        if (reader.Byte() is var version && version != Version)
            throw new ChunkFormatException($"its version is {version}, and this program reads up to {Version}");
        if (reader.Byte() is var kind && kind != (byte)points.Kind)
            throw new ChunkFormatException($"it is of kind {kind} and not of {(byte)points.Kind}");
        var count = reader.Count(MostPoints);
        if (count == 0)
            throw new ChunkFormatException("it is of no points");
        points.Resize(count);
        var scratch = Scratch(count);
        ReadTimes(ref reader, points.Times);
        switch (points.Kind)
        {
            case PointKind.Text:
                TextColumn.Read(ref reader, points.Texts, _texts);
                break;
            case PointKind.Boolean:
                BooleanColumn.Read(ref reader, points.Numbers);
                break;
            default:
                NumberColumn.Read(ref reader, points.Numbers, scratch);
                break;
        }
        if (points.Kind == PointKind.Location)
        {
            NumberColumn.Read(ref reader, points.Longitudes, scratch);
            NumberColumn.Read(ref reader, points.Altitudes, scratch);
        }
        if (!reader.IsAtEnd)
            throw new ChunkFormatException("there are bytes after its end");
    }

    // In the largest unit of 1, 10, 100 … 10^7 microseconds that all of them are whole numbers of: most clocks tell milliseconds.
    private static void WriteTimes(ByteWriter writer, ReadOnlySpan<long> times, Span<long> scratch)
    {
        var (power, unit) = (MostUnits, 10_000_000L);
        while (!TryDivide(times, unit, scratch))
            (power, unit) = (power - 1, unit / 10);
        writer.Byte((byte)power);
        IntegerColumn.Write(writer, scratch);
    }

    private static void ReadTimes(ref ByteReader reader, Span<long> times)
    {
        var power = reader.Byte();
        if (power > MostUnits)
            throw new ChunkFormatException($"times in units of 10^{power} microseconds");
        IntegerColumn.Read(ref reader, times);
        long unit = 1;
        for (; power > 0; power--)
            unit *= 10;
        foreach (ref var time in times)
            time = unchecked(time * unit);
    }

    private static bool TryDivide(ReadOnlySpan<long> times, long unit, Span<long> quotients)
    {
        for (var i = 0; i < times.Length; i++)
        {
            var quotient = times[i] / unit;
            if (quotient * unit != times[i])
                return false;
            quotients[i] = quotient;
        }
        return true;
    }

    private Span<long> Scratch(int count)
    {
        if (_scratch.Length < count)
            _scratch = new long[Math.Max(count, 2 * _scratch.Length)];
        return _scratch.AsSpan(0, count);
    }
}
