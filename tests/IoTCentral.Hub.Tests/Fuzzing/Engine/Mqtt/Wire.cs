using System.Buffers.Binary;
using System.Text;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>What a packet is to the hub: its type, a PUBLISH by its topic, and the ways of being none.</summary>
internal enum PacketKind
{
    Reserved0,
    Connect,
    ConnAck,
    Telemetry0,
    Telemetry1,
    TwinGet,
    TwinReport,
    MethodAnswer,
    Register,
    RegistrationStatus,
    ForeignTopic,
    OddTopic,
    Qos2,
    BrokenPublish,
    PubAck,
    PubRec,
    PubRel,
    PubComp,
    Subscribe,
    SubAck,
    Unsubscribe,
    UnsubAck,
    PingReq,
    PingResp,
    Disconnect,
    Reserved15,

    /// <summary>Bytes end before the packet does.</summary>
    Unfinished,

    /// <summary>A length of more than four bytes.</summary>
    Endless,

    /// <summary>A length that no packet may have.</summary>
    Oversized,
}

/// <summary>One packet: its first byte and what follows the length.</summary>
internal sealed record WirePacket(byte Header, byte[] Body)
{
    public int Type => Header >> 4;
    public int Qos => (Header >> 1) & 3;

    /// <summary>Of PUBACK, SUBACK, UNSUBACK and their kin; 0: it has none.</summary>
    public int Id => Body.Length < 2 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(Body);

    /// <summary>Of a PUBLISH; null: it is broken.</summary>
    public string? Topic
    {
        get
        {
            var length = Id;
            return Body.Length < 2 + length + (Qos > 0 ? 2 : 0) || length == 0 || Qos == 3
                ? null
                : Encoding.UTF8.GetString(Body, 2, length);
        }
    }

    /// <summary>Of a PUBLISH that is not broken; 0 at QoS 0.</summary>
    public int PacketId => Qos == 0 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(Body.AsSpan(2 + Id));
    public ReadOnlySpan<byte> Payload => Body.AsSpan(2 + Id + (Qos > 0 ? 2 : 0));
}

/// <summary>MQTT's frames read by other code than the hub's, so that the two may disagree.</summary>
internal static class Wire
{
    // Above everything the hub takes: 256 KB of message, 64 KB of topic.
    private const int Most = 400_000;

    /// <summary>The packets, and how the bytes after the last whole one are to be called; null: there are none.</summary>
    public static (List<WirePacket> Packets, PacketKind? Tail) Read(ReadOnlySpan<byte> bytes)
    {
        var packets = new List<WirePacket>();
        while (!bytes.IsEmpty)
        {
            if (FindLength(bytes[1..], out var length, out var size) is { } fault)
                return (packets, fault);
            if (length > Most)
                return (packets, PacketKind.Oversized);
            if (bytes.Length < 1 + size + length)
                return (packets, PacketKind.Unfinished);
            packets.Add(new(bytes[0], bytes.Slice(1 + size, length).ToArray()));
            bytes = bytes[(1 + size + length)..];
        }

        return (packets, null);
    }

    public static PacketKind KindOf(WirePacket packet, string deviceId) =>
        packet.Type switch
        {
            0 => PacketKind.Reserved0,
            1 => PacketKind.Connect,
            2 => PacketKind.ConnAck,
            3 => KindOfPublish(packet, deviceId),
            4 => PacketKind.PubAck,
            5 => PacketKind.PubRec,
            6 => PacketKind.PubRel,
            7 => PacketKind.PubComp,
            8 => PacketKind.Subscribe,
            9 => PacketKind.SubAck,
            10 => PacketKind.Unsubscribe,
            11 => PacketKind.UnsubAck,
            12 => PacketKind.PingReq,
            13 => PacketKind.PingResp,
            14 => PacketKind.Disconnect,
            _ => PacketKind.Reserved15,
        };

    public static bool IsTelemetry(string topic, string deviceId)
    {
        var parts = topic.Split('/');
        return parts is ["devices", var id, "messages", "events", ..] && Uri.UnescapeDataString(id) == deviceId;
    }

    private static PacketKind KindOfPublish(WirePacket packet, string deviceId) =>
        packet.Topic switch
        {
            null => PacketKind.BrokenPublish,
            _ when packet.Qos == 2 => PacketKind.Qos2,
            var topic when IsTelemetry(topic, deviceId) => packet.Qos == 0
                ? PacketKind.Telemetry0
                : PacketKind.Telemetry1,
            var topic when Begins(topic, "$iothub/twin/GET/?") => PacketKind.TwinGet,
            var topic when Begins(topic, "$iothub/twin/PATCH/properties/reported/?") => PacketKind.TwinReport,
            var topic when Begins(topic, "$iothub/methods/res/") => PacketKind.MethodAnswer,
            var topic when Begins(topic, "$dps/registrations/PUT/iotdps-register/?") => PacketKind.Register,
            var topic when Begins(topic, "$dps/registrations/GET/iotdps-get-operationstatus/?") =>
                PacketKind.RegistrationStatus,
            var topic when Begins(topic, "devices/") => PacketKind.ForeignTopic,
            _ => PacketKind.OddTopic,
        };

    private static PacketKind? FindLength(ReadOnlySpan<byte> bytes, out int length, out int size)
    {
        length = 0;
        for (size = 0; size < 4; )
        {
            if (size >= bytes.Length)
                return PacketKind.Unfinished;
            var next = bytes[size];
            length |= (next & 0x7F) << (7 * size);
            size++;
            if ((next & 0x80) == 0)
                return null;
        }

        return PacketKind.Endless;
    }

    private static bool Begins(string topic, string start) => topic.StartsWith(start, StringComparison.Ordinal);
}
