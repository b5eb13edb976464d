using System.IO.Compression;
using IoTCentral.Core.Telemetry.Chunks;

namespace IoTCentral.Core.Telemetry.Packs;

/// <summary>
/// Messages of one device as bytes and back, as they came. The format, byte by byte, is in docs/telemetry-store.md; an
/// instance keeps its scratch memory and is for one thread at a time.
/// </summary>
public sealed class PackCodec
{
    /// <summary>First byte of a pack; a program reads all versions up to its own.</summary>
    public const byte Version = 1;

    /// <summary>Most messages of one pack.</summary>
    public const int MostMessages = 1024;

    /// <summary>A pack is full when its messages have so many bytes; the last one may be of any size that a message can have.</summary>
    public const int FullBytes = 128 * 1024;

    private const int MostBytes = 1 << 24;

    // Measured on an hour of a device: twice as fast as 5, and a tenth longer.
    private const int Quality = 4;
    private const int Window = 18;

    private readonly TextScratch _texts = new();
    private readonly ByteWriter _plain = new();
    private readonly long[] _numbers = new long[MostMessages];
    private readonly string[] _components = new string[MostMessages];
    private byte[] _packed = new byte[FullBytes];

    private enum Content : byte
    {
        Plain,
        Brotli,
    }

    /// <summary>Appends them to the writer.</summary>
    /// <param name="places">Of at least one message, at most <see cref="MostMessages"/>, in the order in which they are written.</param>
    public void Write(ByteWriter writer, MessageColumns messages, ReadOnlySpan<int> places)
    {
        if (places.Length is 0 or > MostMessages)
            throw new ArgumentException(
                $"A pack is of 1 to {MostMessages} messages, not of {places.Length}.",
                nameof(places)
            );
        writer.Byte(Version);
        writer.Varint((ulong)places.Length);
        Column(writer, messages, places, static (in m) => m.Position);
        Column(writer, messages, places, static (in m) => m.Time);
        Column(writer, messages, places, static (in m) => unchecked(m.Received - m.Time));
        Column(writer, messages, places, static (in m) => (long)m.Flags);
        for (var i = 0; i < places.Length; i++)
            _components[i] = messages[places[i]].Component;
        TextColumn.Write(writer, _components.AsSpan(0, places.Length), _texts);
        Column(writer, messages, places, static (in m) => m.BodyLength);
        // none, and some that are empty, are two things
        Column(writer, messages, places, static (in m) => m.PropertiesLength + 1);
        WriteContent(writer, messages, places);
    }

    /// <summary>The messages that the bytes hold, in the order in which they were written.</summary>
    /// <exception cref="ChunkFormatException">They are no pack, or one of a newer version.</exception>
    public RawMessage[] Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        if (reader.Byte() is var version && version != Version)
            throw new ChunkFormatException($"its version is {version}, and this program reads up to {Version}");
        var count = reader.Count(MostMessages);
        if (count == 0)
            throw new ChunkFormatException("it is of no messages");
        var positions = Column(ref reader, count);
        var times = Column(ref reader, count);
        var delays = Column(ref reader, count);
        var flags = Column(ref reader, count);
        TextColumn.Read(ref reader, _components.AsSpan(0, count), _texts);
        var bodies = Column(ref reader, count);
        var properties = Column(ref reader, count);
        var content = new ByteReader(ReadContent(ref reader));
        if (!reader.IsAtEnd)
            throw new ChunkFormatException("there are bytes after its end");
        var messages = new RawMessage[count];
        for (var i = 0; i < count; i++)
            messages[i] = new()
            {
                Position = positions[i],
                MessageTime = TimeAt(times[i]),
                Received = TimeAt(unchecked(times[i] + delays[i])),
                Flags = (MessageFlags)flags[i],
                Component = _components[i],
                Body = content.Raw(LengthOf(bodies[i])).ToArray(),
            };
        for (var i = 0; i < count; i++)
        {
            if (properties[i] > 0)
                messages[i] = messages[i] with { Properties = content.Raw(LengthOf(properties[i] - 1)).ToArray() };
        }
        return messages;
    }

    private delegate long Number(in MessageColumns.Row row);

    private void Column(ByteWriter writer, MessageColumns messages, ReadOnlySpan<int> places, Number number)
    {
        for (var i = 0; i < places.Length; i++)
            _numbers[i] = number(messages[places[i]]);
        IntegerColumn.Write(writer, _numbers.AsSpan(0, places.Length));
    }

    private static long[] Column(ref ByteReader reader, int count)
    {
        var numbers = new long[count];
        IntegerColumn.Read(ref reader, numbers);
        return numbers;
    }

    private void WriteContent(ByteWriter writer, MessageColumns messages, ReadOnlySpan<int> places)
    {
        _plain.Clear();
        foreach (var place in places)
            _plain.Raw(messages.BodyOf(place));
        foreach (var place in places)
            _plain.Raw(messages.PropertiesOf(place));
        var plain = _plain.Written;
        if (_packed.Length < plain.Length)
            _packed = new byte[plain.Length];
        // no more room than they take plain, so that it fails where it would not help
        if (
            BrotliEncoder.TryCompress(plain, _packed.AsSpan(0, plain.Length), out var length, Quality, Window)
            && length < plain.Length
        )
        {
            writer.Byte((byte)Content.Brotli);
            writer.Varint((ulong)plain.Length);
            writer.Raw(_packed.AsSpan(0, length));
            return;
        }
        writer.Byte((byte)Content.Plain);
        writer.Varint((ulong)plain.Length);
        writer.Raw(plain);
    }

    private static ReadOnlySpan<byte> ReadContent(ref ByteReader reader)
    {
        var content = (Content)reader.Byte();
        var length = reader.Count(MostBytes);
        switch (content)
        {
            case Content.Plain:
                return reader.Raw(length);
            case Content.Brotli:
                var plain = new byte[length];
                return BrotliDecoder.TryDecompress(reader.Rest(), plain, out var got) && got == length
                    ? plain
                    : throw new ChunkFormatException("its messages cannot be unpacked");
            default:
                throw new ChunkFormatException($"messages packed in an unknown way ({(byte)content})");
        }
    }

    private static int LengthOf(long number) =>
        number is >= 0 and <= MostBytes ? (int)number : throw new ChunkFormatException($"a message of {number} bytes");

    private static DateTimeOffset TimeAt(long microseconds)
    {
        const long first = -62_135_596_800_000_000;
        const long last = 253_402_300_799_999_999;
        return microseconds is >= first and <= last
            ? DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond)
            : throw new ChunkFormatException($"a time of {microseconds} microseconds since 1970");
    }
}
