using System.IO.Compression;

namespace IoTCentral.Core.Telemetry.Chunks;

/// <summary>
/// Texts: each different one once, in order of appearance, compressed where that helps; then which of them it was, as
/// stretches or one by one, whichever is shorter.
/// </summary>
internal static class TextColumn
{
    private const int MinCompressed = 128;
    private const int Quality = 5;
    private const int Window = 18;

    private enum Dictionary : byte
    {
        Plain,
        Brotli,
    }

    private enum Codes : byte
    {
        Runs,
        Each,
    }

    public static void Write(ByteWriter writer, ReadOnlySpan<string> values, TextScratch scratch)
    {
        scratch.Clear();
        var codes = scratch.CodesFor(values.Length);
        for (var i = 0; i < values.Length; i++)
            codes[i] =
                i > 0 && string.Equals(values[i], values[i - 1], StringComparison.Ordinal)
                    ? codes[i - 1]
                    : scratch.CodeOf(values[i]);
        writer.Varint((ulong)scratch.Count);
        WriteDictionary(writer, scratch.Bytes);
        WriteCodes(writer, codes);
    }

    public static void Read(ref ByteReader reader, Span<string> values, TextScratch scratch)
    {
        var count = reader.Count(values.Length);
        if (count == 0)
            throw new ChunkFormatException("texts of no dictionary");
        var texts = scratch.TextsFor(count);
        ReadDictionary(ref reader, texts);
        var codes = scratch.CodesFor(values.Length);
        ReadCodes(ref reader, codes);
        for (var i = 0; i < values.Length; i++)
        {
            var code = codes[i];
            values[i] =
                code >= 0 && code < count
                    ? texts[(int)code]
                    : throw new ChunkFormatException($"text {code} of {count}");
        }
    }

    private static void WriteDictionary(ByteWriter writer, ReadOnlySpan<byte> plain)
    {
        if (plain.Length >= MinCompressed)
        {
            var start = writer.Length;
            writer.Byte((byte)Dictionary.Brotli);
            writer.Varint((ulong)plain.Length);
            var packed = new byte[plain.Length];
            if (BrotliEncoder.TryCompress(plain, packed, out var length, Quality, Window))
            {
                writer.Varint((ulong)length);
                writer.Raw(packed.AsSpan(0, length));
                return;
            }
            writer.Cut(start);
        }
        writer.Byte((byte)Dictionary.Plain);
        writer.Varint((ulong)plain.Length);
        writer.Raw(plain);
    }

    private static void ReadDictionary(ref ByteReader reader, Span<string> texts)
    {
        var kind = (Dictionary)reader.Byte();
        var length = reader.Count(ChunkCodec.MostBytes);
        ReadOnlySpan<byte> plain;
        if (kind == Dictionary.Brotli)
        {
            var unpacked = new byte[length];
            if (!BrotliDecoder.TryDecompress(reader.Raw(reader.Count(length)), unpacked, out var got) || got != length)
                throw new ChunkFormatException("its texts cannot be unpacked");
            plain = unpacked;
        }
        else
        {
            plain =
                kind == Dictionary.Plain
                    ? reader.Raw(length)
                    : throw new ChunkFormatException($"texts packed in an unknown way ({(byte)kind})");
        }
        var each = new ByteReader(plain);
        foreach (ref var text in texts)
            text = each.Text();
    }

    private static void WriteCodes(ByteWriter writer, ReadOnlySpan<long> codes)
    {
        var start = writer.Length;
        writer.Byte((byte)Codes.Runs);
        var run = 1;
        for (var i = 1; i <= codes.Length; i++, run++)
        {
            if (i < codes.Length && codes[i] == codes[i - 1])
                continue;
            writer.Varint((ulong)codes[i - 1]);
            writer.Varint((ulong)run);
            run = 0;
        }
        var runs = writer.Length - start;
        writer.Byte((byte)Codes.Each);
        IntegerColumn.Write(writer, codes);
        if (writer.Length - start < 2 * runs)
            writer.MoveBack(start, start + runs);
        else
            writer.Cut(start + runs);
    }

    private static void ReadCodes(ref ByteReader reader, Span<long> codes)
    {
        switch ((Codes)reader.Byte())
        {
            case Codes.Each:
                IntegerColumn.Read(ref reader, codes);
                break;
            case Codes.Runs:
                for (var at = 0; at < codes.Length; )
                {
                    var code = reader.Count(codes.Length);
                    var run = reader.Count(codes.Length - at);
                    if (run == 0)
                        throw new ChunkFormatException("a stretch of no values");
                    codes.Slice(at, run).Fill(code);
                    at += run;
                }
                break;
            case var unknown:
                throw new ChunkFormatException($"an unknown way of writing texts ({(byte)unknown})");
        }
    }
}
