using System.Buffers.Binary;

namespace IoTCentral.Core.Telemetry.Chunks;

/// <summary>Numbers of the same few bits one after the other, least significant bit first.</summary>
internal static class BitPacking
{
    public static int BytesOf(int count, int width) => ((count * width) + 7) / 8;

    /// <param name="target">Zeros, as many as <see cref="BytesOf"/>.</param>
    public static void Pack(ReadOnlySpan<ulong> values, int width, Span<byte> target)
    {
        var mask = Mask(width);
        ulong held = 0;
        int bits = 0,
            at = 0;
        foreach (var value in values)
        {
            var v = value & mask;
            held |= v << bits;
            bits += width;
            if (bits < 64)
                continue;
            BinaryPrimitives.WriteUInt64LittleEndian(target[at..], held);
            at += 8;
            bits -= 64;
            // what of this value did not fit; a shift by 64 would be none
            held = bits == 0 ? 0 : v >> (width - bits);
        }
        for (; bits > 0; bits -= 8, held >>= 8)
            target[at++] = (byte)held;
    }

    public static void Unpack(ReadOnlySpan<byte> source, int width, Span<ulong> values)
    {
        if (width == 0)
        {
            values.Clear();
            return;
        }
        var mask = Mask(width);
        var bit = 0;
        var i = 0;
        if (width <= 56)
        {
            for (; i < values.Length && (bit >> 3) + 8 <= source.Length; i++, bit += width)
                values[i] = (BinaryPrimitives.ReadUInt64LittleEndian(source[(bit >> 3)..]) >> (bit & 7)) & mask;
        }
        for (; i < values.Length; i++, bit += width)
            values[i] = Slowly(source, bit, width);
    }

    // the last few, and those wider than one read holds at any shift
    private static ulong Slowly(ReadOnlySpan<byte> source, int bit, int width)
    {
        ulong value = 0;
        for (int done = 0; done < width; )
        {
            var shift = (bit + done) & 7;
            var taken = Math.Min(8 - shift, width - done);
            var part = (ulong)((source[(bit + done) >> 3] >> shift) & ((1 << taken) - 1));
            value |= part << done;
            done += taken;
        }
        return value;
    }

    private static ulong Mask(int width) => width == 64 ? ulong.MaxValue : (1UL << width) - 1;
}
