using System.Buffers.Binary;
using Amqp;
using Amqp.Types;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>A frame as fields, before it is bytes; or bytes that are none.</summary>
internal sealed record AmqpDraft(ulong Code, params object?[] Fields)
{
    /// <summary>Instead of a frame.</summary>
    public byte[]? Raw { get; init; }
    public byte Type { get; init; }
    public ushort Channel { get; init; }
    public byte Offset { get; init; } = 2;
    public byte[] Payload { get; init; } = [];

    /// <summary>Added to the size that is written before the frame.</summary>
    public int SizeLie { get; init; }

    public static AmqpDraft OfBytes(params byte[] raw) => new(0) { Raw = raw };

    public byte[] ToBytes()
    {
        if (Raw is not null)
            return Raw;
        var buffer = new ByteBuffer(128, autoGrow: true);
        var fields = new List();
        foreach (var field in Fields)
            fields.Add(field);
        if (Code != 0)
            Encoder.WriteObject(buffer, new DescribedValue(Code, fields));
        byte[] frame =
        [
            .. new byte[4],
            Offset,
            Type,
            (byte)(Channel >> 8),
            (byte)Channel,
            .. buffer.Buffer.AsSpan(buffer.Offset, buffer.Length),
            .. Payload,
        ];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length + SizeLie);
        return frame;
    }

    public AmqpDraft With(int field, object? value) =>
        this with
        {
            Fields =
            [
                .. Fields.Take(field),
                .. Enumerable.Repeat<object?>(null, Math.Max(0, field - Fields.Length)),
                value,
                .. Fields.Skip(field + 1),
            ],
        };

    /// <summary>A source, target, state or error within a frame.</summary>
    public static DescribedValue Part(ulong code, params object?[] fields)
    {
        var list = new List();
        foreach (var field in fields)
            list.Add(field);
        return new(code, list);
    }
}
