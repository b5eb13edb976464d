using System.Numerics;

namespace IoTCentral.Core.Telemetry.Chunks;

/// <summary>
/// Doubles by what differs from the one before (Gorilla, VLDB 2015): a bit for none, else the differing bits within the
/// window of the last, or with a window of their own (5 bits where it begins, 6 how long it is).
/// </summary>
internal static class XorColumn
{
    private const int MostLeading = 31;

    public static void Write(ByteWriter writer, ReadOnlySpan<double> values)
    {
        var bits = new BitWriter(writer);
        ulong last = 0;
        int leading = 64,
            trailing = 0;
        foreach (var value in values)
        {
            var now = BitConverter.DoubleToUInt64Bits(value);
            var difference = now ^ last;
            last = now;
            if (difference == 0)
            {
                bits.Write(0, 1);
                continue;
            }
            var zeros = Math.Min(BitOperations.LeadingZeroCount(difference), MostLeading);
            var ends = BitOperations.TrailingZeroCount(difference);
            if (zeros >= leading && ends >= trailing)
            {
                bits.Write(0b01, 2);
                bits.Write(difference >> trailing, 64 - leading - trailing);
                continue;
            }
            (leading, trailing) = (zeros, ends);
            var length = 64 - leading - trailing;
            bits.Write(0b11, 2);
            bits.Write((ulong)leading, 5);
            bits.Write((ulong)(length - 1), 6);
            bits.Write(difference >> trailing, length);
        }
        bits.Finish();
    }

    public static void Read(ref ByteReader reader, Span<double> values)
    {
        var bits = new BitReader();
        ulong last = 0;
        int trailing = 0,
            length = 0;
        foreach (ref var value in values)
        {
            if (bits.Read(ref reader, 1) != 0)
            {
                if (bits.Read(ref reader, 1) != 0)
                {
                    var leading = (int)bits.Read(ref reader, 5);
                    length = (int)bits.Read(ref reader, 6) + 1;
                    trailing = 64 - leading - length;
                }
                if (trailing < 0 || length == 0)
                    throw new ChunkFormatException("a number's window of bits is none");
                last ^= bits.Read(ref reader, length) << trailing;
            }
            value = BitConverter.UInt64BitsToDouble(last);
        }
    }

    private ref struct BitWriter(ByteWriter writer)
    {
        private readonly ByteWriter _writer = writer;
        private ulong _held;
        private int _count;

        public void Write(ulong value, int width)
        {
            value &= ulong.MaxValue >> (64 - width);
            _held |= value << _count;
            _count += width;
            if (_count < 64)
                return;
            _writer.Fixed(_held);
            _count -= 64;
            _held = _count == 0 ? 0 : value >> (width - _count);
        }

        public void Finish()
        {
            for (; _count > 0; _count -= 8, _held >>= 8)
                _writer.Byte((byte)_held);
        }
    }

    private ref struct BitReader
    {
        private byte _held;
        private int _left;

        public ulong Read(ref ByteReader reader, int width)
        {
            ulong value = 0;
            for (var done = 0; done < width; )
            {
                if (_left == 0)
                    (_held, _left) = (reader.Byte(), 8);
                var taken = Math.Min(_left, width - done);
                value |= (ulong)(_held & ((1 << taken) - 1)) << done;
                _held = (byte)(_held >> taken);
                _left -= taken;
                done += taken;
            }
            return value;
        }
    }
}
