using System.Buffers.Binary;
using System.Text;
using Amqp;
using Amqp.Framing;
using Amqp.Sasl;
using Amqp.Types;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>A header, or a frame and what the codec makes of it.</summary>
internal sealed record AmqpBit(AmqpKind Kind, int Length)
{
    public ushort Channel { get; init; }

    /// <summary>Null: a header, an empty frame, or none that can be read.</summary>
    public object? Body { get; init; }
    public byte[] Payload { get; init; } = [];
}

/// <summary>AMQP's frames cut by other code than the hub's, so that the two may disagree.</summary>
internal static class AmqpWire
{
    public const uint BatchFormat = 0x80013700;
    private const int Head = 8;
    private const int Most = 64 * 1024;

    // The codec knows the performatives once one of them was made.
    static AmqpWire() => _ = new Open();

    /// <summary>The whole bits, and how the bytes after the last one are to be called; null: there are none.</summary>
    public static (List<AmqpBit> Bits, AmqpKind? Tail) Read(ReadOnlySpan<byte> bytes)
    {
        var bits = new List<AmqpBit>();
        while (!bytes.IsEmpty)
        {
            if (bytes.Length < Head)
                return (bits, AmqpKind.Unfinished);
            var size = BinaryPrimitives.ReadUInt32BigEndian(bytes);
            if (bytes.StartsWith("AMQP"u8))
            {
                bits.Add(new(KindOfHeader(bytes[4..Head]), Head));
                bytes = bytes[Head..];
                continue;
            }

            if (size < Head)
                return (bits, AmqpKind.TooSmall);
            if (size > Most)
                return (bits, AmqpKind.Oversized);
            if (bytes.Length < size)
                return (bits, AmqpKind.Unfinished);
            bits.Add(ReadFrame(bytes[..(int)size].ToArray()));
            bytes = bytes[(int)size..];
        }

        return (bits, null);
    }

    private static AmqpKind KindOfHeader(ReadOnlySpan<byte> version) =>
        version.SequenceEqual<byte>([0, 1, 0, 0]) ? AmqpKind.HeaderAmqp
        : version.SequenceEqual<byte>([3, 1, 0, 0]) ? AmqpKind.HeaderSasl
        : AmqpKind.HeaderOdd;

    private static AmqpBit ReadFrame(byte[] frame)
    {
        var bit = new AmqpBit(AmqpKind.Unreadable, frame.Length)
        {
            Channel = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(6)),
        };
        var start = frame[4] * 4;
        if (start < Head || start > frame.Length)
            return bit;
        if (start == frame.Length)
            return bit with { Kind = frame[5] == 0 ? AmqpKind.Empty : AmqpKind.Odd };
        try
        {
            var buffer = new ByteBuffer(frame, start, frame.Length - start, frame.Length - start);
            var body = global::Amqp.Types.Encoder.ReadObject(buffer);
            return bit with { Kind = KindOf(frame[5], body), Body = body, Payload = frame[buffer.Offset..] };
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return bit;
        }
    }

    private static AmqpKind KindOf(byte type, object? body) =>
        body switch
        {
            SaslInit when type == 1 => AmqpKind.SaslInit,
            SaslMechanisms or SaslChallenge or SaslResponse or SaslOutcome => AmqpKind.SaslOther,
            _ when type != 0 => AmqpKind.Odd,
            Open => AmqpKind.Open,
            Begin => AmqpKind.Begin,
            Attach attach => KindOfAddress(AddressOf(attach) ?? ""),
            Flow flow => flow.HasHandle ? AmqpKind.FlowLink : AmqpKind.FlowSession,
            Transfer { Aborted: true } => AmqpKind.TransferAborted,
            Transfer { More: true } => AmqpKind.TransferPart,
            Transfer { MessageFormat: BatchFormat } => AmqpKind.TransferBatch,
            Transfer transfer => KindOfHandle(transfer.Handle),
            Dispose => AmqpKind.Disposition,
            Detach => AmqpKind.Detach,
            End => AmqpKind.End,
            Close => AmqpKind.Close,
            _ => AmqpKind.Odd,
        };

    /// <summary>Where a link leads; null: nowhere.</summary>
    public static string? AddressOf(Attach attach) =>
        attach.Role ? (attach.Source as Source)?.Address : (attach.Target as Target)?.Address;

    public static bool Contains(ReadOnlySpan<byte> bytes, string text) =>
        bytes.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    private static AmqpKind KindOfAddress(string address) =>
        address switch
        {
            _ when Has(address, World.BystanderId) => AmqpKind.AttachForeign,
            "$cbs" => AmqpKind.AttachCbs,
            _ when Has(address, "/registrations/") => AmqpKind.AttachDps,
            _ when Has(address, "/messages/events") => AmqpKind.AttachEvents,
            _ when Has(address, "/messages/deviceBound") => AmqpKind.AttachCloud,
            _ when Has(address, "/methods/") => AmqpKind.AttachMethods,
            _ when Has(address, "/twin") => AmqpKind.AttachTwin,
            _ => AmqpKind.AttachOdd,
        };

    private static AmqpKind KindOfHandle(uint handle) =>
        handle switch
        {
            Handles.CbsAsk => AmqpKind.TransferToken,
            Handles.Events => AmqpKind.TransferEvent,
            Handles.Answers => AmqpKind.TransferAnswer,
            Handles.TwinAsk => AmqpKind.TransferTwin,
            Handles.DpsAsk => AmqpKind.TransferDps,
            _ => AmqpKind.TransferOdd,
        };

    private static bool Has(string address, string part) => address.Contains(part, StringComparison.Ordinal);
}
