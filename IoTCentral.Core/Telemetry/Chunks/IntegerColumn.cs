using System.Numerics;
using System.Runtime.InteropServices;

namespace IoTCentral.Core.Telemetry.Chunks;

/// <summary>
/// Whole numbers in blocks of 128: each in as few bits as most of the block need, counted from the smallest, or from one
/// in the middle to both sides; the few that need more follow with their upper bits (patched frame of reference). As they are or as
/// differences, whichever is shorter.
/// </summary>
internal static class IntegerColumn
{
    private const int BlockSize = 128;
    private const int BothSides = 0x80;

    private enum Mode : byte
    {
        Plain,
        Deltas,
    }

    /// <param name="values">At least one.</param>
    public static void Write(ByteWriter writer, ReadOnlySpan<long> values)
    {
        if (AreDeltasShorter(values))
        {
            writer.Byte((byte)Mode.Deltas);
            WriteDeltas(writer, values);
            return;
        }
        writer.Byte((byte)Mode.Plain);
        for (var at = 0; at < values.Length; at += BlockSize)
            WriteBlock(writer, values[at..Math.Min(at + BlockSize, values.Length)]);
    }

    private static bool AreDeltasShorter(ReadOnlySpan<long> values)
    {
        var smallest = Smallest(values);
        int plain = BitsOf(unchecked((ulong)(values[0] - smallest))),
            deltas = 0;
        for (var i = 1; i < values.Length; i++)
        {
            plain += BitsOf(unchecked((ulong)(values[i] - smallest)));
            deltas += BitsOf(ByteWriter.ZigZag(unchecked(values[i] - values[i - 1])));
        }
        // regular steps are large, and yet nothing: they are told by their difference
        return deltas <= plain || AreSteady(values);
    }

    private static bool AreSteady(ReadOnlySpan<long> values)
    {
        var steps = 0;
        for (var i = 2; i < values.Length; i++)
            steps += unchecked(values[i] - values[i - 1] == values[i - 1] - values[i - 2]) ? 1 : 0;
        return steps > values.Length / 2;
    }

    /// <param name="values">As many as were written.</param>
    public static void Read(ref ByteReader reader, Span<long> values)
    {
        var mode = (Mode)reader.Byte();
        if (mode > Mode.Deltas)
            throw new ChunkFormatException($"an unknown way of writing integers ({(byte)mode})");
        if (mode == Mode.Deltas)
        {
            values[0] = reader.ZigZagged();
            ReadBlocks(ref reader, values[1..]);
            for (var i = 1; i < values.Length; i++)
                values[i] = unchecked(values[i] + values[i - 1]);
            return;
        }
        ReadBlocks(ref reader, values);
    }

    private static void WriteDeltas(ByteWriter writer, ReadOnlySpan<long> values)
    {
        Span<long> block = stackalloc long[BlockSize];
        writer.ZigZagged(values[0]);
        for (var at = 1; at < values.Length; at += BlockSize)
        {
            var deltas = block[..Math.Min(BlockSize, values.Length - at)];
            for (var i = 0; i < deltas.Length; i++)
                deltas[i] = unchecked(values[at + i] - values[at + i - 1]);
            WriteBlock(writer, deltas);
        }
    }

    private static void ReadBlocks(ref ByteReader reader, Span<long> values)
    {
        for (var at = 0; at < values.Length; at += BlockSize)
            ReadBlock(ref reader, values[at..Math.Min(at + BlockSize, values.Length)]);
    }

    private static void WriteBlock(ByteWriter writer, ReadOnlySpan<long> numbers)
    {
        Span<ulong> fromSmallest = stackalloc ulong[numbers.Length];
        Span<ulong> toBothSides = stackalloc ulong[numbers.Length];
        Span<int> bits = stackalloc int[65];
        Span<int> bitsOfBoth = stackalloc int[65];
        bits.Clear();
        bitsOfBoth.Clear();
        var smallest = Smallest(numbers);
        var middle = Middle(numbers);
        var most = 0;
        for (var i = 0; i < numbers.Length; i++)
        {
            fromSmallest[i] = unchecked((ulong)(numbers[i] - smallest));
            toBothSides[i] = ByteWriter.ZigZag(unchecked(numbers[i] - middle));
            var (one, other) = (BitsOf(fromSmallest[i]), BitsOf(toBothSides[i]));
            bits[one]++;
            bitsOfBoth[other]++;
            most = Math.Max(most, Math.Max(one, other));
        }

        var plan = Cheapest(bits[..(most + 1)], numbers.Length);
        var planOfBoth = Cheapest(bitsOfBoth[..(most + 1)], numbers.Length);
        if (planOfBoth.Bits < plan.Bits)
        {
            WriteRest(writer, toBothSides, planOfBoth, BothSides);
            writer.ZigZagged(middle);
            return;
        }
        WriteRest(writer, fromSmallest, plan, flag: 0);
        writer.ZigZagged(smallest);
    }

    private static void WriteRest(ByteWriter writer, ReadOnlySpan<ulong> rest, Plan plan, int flag)
    {
        writer.Byte((byte)(plan.Width | flag));
        writer.Byte((byte)plan.Patches);
        BitPacking.Pack(rest, plan.Width, writer.Room(BitPacking.BytesOf(rest.Length, plan.Width)));
        for (var i = 0; plan.Patches > 0 && i < rest.Length; i++)
        {
            if (BitsOf(rest[i]) <= plan.Width)
                continue;
            writer.Byte((byte)i);
            writer.Varint(rest[i] >> plan.Width);
        }
    }

    private static void ReadBlock(ref ByteReader reader, Span<long> numbers)
    {
        var head = reader.Byte();
        var width = head & ~BothSides;
        var patches = reader.Byte();
        if (width > 64 || patches > numbers.Length || (patches > 0 && width == 64))
            throw new ChunkFormatException($"a block of {width} bits with {patches} patches");
        var rest = MemoryMarshal.Cast<long, ulong>(numbers);
        BitPacking.Unpack(reader.Raw(BitPacking.BytesOf(rest.Length, width)), width, rest);
        for (; patches > 0; patches--)
        {
            var at = reader.Byte();
            if (at >= rest.Length)
                throw new ChunkFormatException($"a patch at {at} in a block of {rest.Length}");
            rest[at] |= reader.Varint() << width;
        }
        var origin = reader.ZigZagged();
        for (var i = 0; head >= BothSides && i < rest.Length; i++)
            numbers[i] = ByteReader.UnZigZag(rest[i]);
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = unchecked(numbers[i] + origin);
    }

    private static long Smallest(ReadOnlySpan<long> numbers)
    {
        var smallest = long.MaxValue;
        foreach (var number in numbers)
            smallest = Math.Min(smallest, number);
        return smallest;
    }

    /// <summary>Of a few of them, so that outliers do not count.</summary>
    private static long Middle(ReadOnlySpan<long> numbers)
    {
        Span<long> some = stackalloc long[9];
        for (var i = 0; i < some.Length; i++)
            some[i] = numbers[i * (numbers.Length - 1) / (some.Length - 1)];
        some.Sort();
        return some[some.Length / 2];
    }

    /// <summary>The width that takes the fewest bits in all, a patch being a byte for its place and one for each 7 bits.</summary>
    private static Plan Cheapest(ReadOnlySpan<int> withBits, int count)
    {
        var best = new Plan(0, 0, int.MaxValue);
        for (var width = withBits.Length - 1; width >= 0; width--)
        {
            int patches = 0,
                bits = count * width;
            for (var wide = width + 1; wide < withBits.Length; wide++)
            {
                patches += withBits[wide];
                bits += withBits[wide] * (8 + (8 * ((wide - width + 6) / 7)));
            }
            if (bits < best.Bits)
                best = new(width, patches, bits);
        }
        return best;
    }

    private static int BitsOf(ulong value) => 64 - BitOperations.LeadingZeroCount(value);

    private readonly record struct Plan(int Width, int Patches, int Bits);
}
