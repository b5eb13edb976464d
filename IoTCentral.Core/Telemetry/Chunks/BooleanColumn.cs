namespace IoTCentral.Core.Telemetry.Chunks;

/// <summary>Yes and no: the first, and how long each of them lasted; or a bit each where they change too often for that.</summary>
internal static class BooleanColumn
{
    private enum Mode : byte
    {
        Runs,
        RunsFromTrue,
        Bits,
    }

    public static void Write(ByteWriter writer, ReadOnlySpan<double> values)
    {
        var start = writer.Length;
        writer.Byte((byte)(values[0] != 0 ? Mode.RunsFromTrue : Mode.Runs));
        var run = 1;
        for (var i = 1; i < values.Length; i++, run++)
        {
            if ((values[i] != 0) == (values[i - 1] != 0))
                continue;
            writer.Varint((ulong)run);
            run = 0;
        }
        writer.Varint((ulong)run);
        var bytes = (values.Length + 7) / 8;
        if (writer.Length - start <= bytes + 1)
            return;
        writer.Cut(start);
        writer.Byte((byte)Mode.Bits);
        var room = writer.Room(bytes);
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] != 0)
                room[i >> 3] |= (byte)(1 << (i & 7));
        }
    }

    public static void Read(ref ByteReader reader, Span<double> values)
    {
        var mode = (Mode)reader.Byte();
        if (mode > Mode.Bits)
            throw new ChunkFormatException($"an unknown way of writing yes and no ({(byte)mode})");
        if (mode == Mode.Bits)
        {
            var bits = reader.Raw((values.Length + 7) / 8);
            for (var i = 0; i < values.Length; i++)
                values[i] = (bits[i >> 3] >> (i & 7)) & 1;
            return;
        }
        var value = mode == Mode.RunsFromTrue ? 1d : 0d;
        for (var at = 0; at < values.Length; value = 1 - value)
        {
            var run = reader.Count(values.Length - at);
            if (run == 0)
                throw new ChunkFormatException("a stretch of no values");
            values.Slice(at, run).Fill(value);
            at += run;
        }
    }
}
