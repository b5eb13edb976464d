using System.Buffers;

namespace IoTCentral.Hub.Mqtt;

/// <summary>MQTT 3.1.1 §2.2.1: the kinds of packet, in the upper four bits of the first byte.</summary>
internal enum PacketType : byte
{
    Connect = 1,
    ConnAck = 2,
    Publish = 3,
    PubAck = 4,
    Subscribe = 8,
    SubAck = 9,
    Unsubscribe = 10,
    UnsubAck = 11,
    PingReq = 12,
    PingResp = 13,
    Disconnect = 14,
}

internal enum FrameStatus
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,
    Complete,

    /// <summary>The remaining length has more than four bytes.</summary>
    Malformed,

    /// <summary>It announces more than is allowed.</summary>
    TooLarge,
}

/// <summary>One packet in the stream: first byte and what follows the length.</summary>
internal readonly record struct Frame(byte Header, ReadOnlySequence<byte> Body)
{
    private const int LongestLength = 4;

    public PacketType Type => (PacketType)(Header >> 4);
    public int Flags => Header & 0x0F;

    /// <summary>Takes the next packet off the buffer if it is there in full.</summary>
    /// <param name="mostBytes">Largest body; a larger one is seen as soon as its length is known.</param>
    public static FrameStatus TryRead(ref ReadOnlySequence<byte> buffer, int mostBytes, out Frame frame)
    {
        frame = default;
        var first = buffer.FirstSpan;
        if (first.Length < 1 + LongestLength && first.Length < buffer.Length)
        {
            Span<byte> copy = stackalloc byte[(int)Math.Min(buffer.Length, 1 + LongestLength)];
            buffer.Slice(0, copy.Length).CopyTo(copy);
            return TryRead(ref buffer, copy, mostBytes, out frame);
        }

        return TryRead(ref buffer, first, mostBytes, out frame);
    }

    private static FrameStatus TryRead(
        ref ReadOnlySequence<byte> buffer,
        ReadOnlySpan<byte> start,
        int mostBytes,
        out Frame frame
    )
    {
        frame = default;
        var length = 0;
        for (var i = 1; ; i++)
        {
            if (i > LongestLength)
                return FrameStatus.Malformed;
            if (i >= start.Length)
                return FrameStatus.Incomplete;
            length |= (start[i] & 0x7F) << (7 * (i - 1));
            if ((start[i] & 0x80) != 0)
                continue;
            if (length > mostBytes)
                return FrameStatus.TooLarge;
            var total = i + 1 + length;
            if (buffer.Length < total)
                return FrameStatus.Incomplete;
            frame = new Frame(start[0], buffer.Slice(i + 1, length));
            buffer = buffer.Slice(total);
            return FrameStatus.Complete;
        }
    }
}
