using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace IoTCentral.Hub.Amqp.Wire;

/// <summary>One frame (AMQP 1.0 §2.3): a performative and what follows it.</summary>
/// <param name="Body">Null: an empty frame, which only says that somebody is there.</param>
internal readonly record struct AmqpFrame(byte Type, ushort Channel, DescribedList? Body, ReadOnlyMemory<byte> Payload)
{
    public const byte Amqp = 0;
    public const byte Sasl = 1;

    /// <summary>Most bytes of a frame either way; what we announce.</summary>
    public const int MostBytes = 64 * 1024;
    public const int HeaderLength = 8;

    // The codec knows the performatives once one of them was made.
    static AmqpFrame() => _ = new Open();

    /// <summary>False: it is no frame.</summary>
    /// <param name="bytes">The whole of it; what the frame says is not copied out of it.</param>
    public static bool TryRead(byte[] bytes, out AmqpFrame frame)
    {
        var start = bytes[4] * 4;
        var channel = (ushort)((bytes[6] << 8) | bytes[7]);
        frame = new(bytes[5], channel, null, default);
        if (start < HeaderLength || start > bytes.Length)
            return false;
        if (start == bytes.Length)
            return true;
        try
        {
            var buffer = new ByteBuffer(bytes, start, bytes.Length - start, bytes.Length - start);
            if (Encoder.ReadObject(buffer) is not DescribedList body)
                return false;
            frame = frame with { Body = body, Payload = bytes.AsMemory(buffer.Offset, buffer.Length) };
            return true;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return false;
        }
    }

    public static byte[] Write(byte type, ushort channel, DescribedList? body, ReadOnlySpan<byte> payload = default)
    {
        var buffer = new ByteBuffer(128, autoGrow: true);
        body?.Encode(buffer);
        var frame = new byte[HeaderLength + buffer.Length + payload.Length];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length);
        frame[4] = 2;
        frame[5] = type;
        frame[6] = (byte)(channel >> 8);
        frame[7] = (byte)channel;
        buffer.Buffer.AsSpan(buffer.Offset, buffer.Length).CopyTo(frame.AsSpan(HeaderLength));
        payload.CopyTo(frame.AsSpan(HeaderLength + buffer.Length));
        return frame;
    }

    public static byte[] Write(ushort channel, DescribedList body, ReadOnlySpan<byte> payload = default) =>
        Write(Amqp, channel, body, payload);

    /// <summary>What the codec throws at bytes that are not what they should be.</summary>
    public static bool IsUnreadable(Exception e) =>
        e
            is AmqpException
                or InvalidCastException
                or ArgumentException
                or IndexOutOfRangeException
                or InvalidOperationException
                or FormatException
                or OverflowException
                or NotSupportedException
                or NotImplementedException
                or NullReferenceException;
}
