using System.Text;

namespace IoTCentral.Hub.Mqtt;

/// <summary>CONNECT: who wants what.</summary>
internal sealed record ConnectPacket
{
    public const int Level311 = 4;

    public required string ProtocolName { get; init; }
    public required int ProtocolLevel { get; init; }
    public required bool IsClean { get; init; }
    public required int KeepAliveSeconds { get; init; }
    public required string ClientId { get; init; }
    public string? WillTopic { get; init; }
    public byte[] WillBody { get; init; } = [];
    public required string UserName { get; init; }
    public required string Password { get; init; }

    public bool IsVersion311 => ProtocolName == "MQTT" && ProtocolLevel == Level311;

    /// <summary>Null: malformed. Of another protocol version only name and level are read.</summary>
    public static ConnectPacket? Read(ReadOnlySpan<byte> body)
    {
        var reader = new FieldReader(body);
        var name = Encoding.UTF8.GetString(reader.Text());
        var level = reader.Byte();
        if (reader.IsBroken)
            return null;
        if (name != "MQTT" || level != Level311)
            return new()
            {
                ProtocolName = name,
                ProtocolLevel = level,
                IsClean = true,
                KeepAliveSeconds = 0,
                ClientId = "",
                UserName = "",
                Password = "",
            };
        var flags = reader.Byte();
        var hasWill = (flags & 0x04) != 0;
        // §3.1.2: the reserved bit, a will of QoS 3 or of flags without a will, a password without a user name
        if (
            (flags & 0x01) != 0
            || (flags & 0x18) == 0x18
            || (!hasWill && (flags & 0x38) != 0)
            || (flags & 0xC0) == 0x40
        )
            return null;
        var keepAlive = reader.UInt16();
        var clientId = Encoding.UTF8.GetString(reader.Text());
        var willTopic = hasWill ? Encoding.UTF8.GetString(reader.Text()) : null;
        var willBody = hasWill ? reader.Bytes().ToArray() : [];
        var userName = (flags & 0x80) != 0 ? Encoding.UTF8.GetString(reader.Text()) : "";
        var password = (flags & 0x40) != 0 ? Encoding.UTF8.GetString(reader.Bytes()) : "";
        if (reader.IsBroken || !reader.IsAtEnd)
            return null;
        return new()
        {
            ProtocolName = name,
            ProtocolLevel = level,
            IsClean = (flags & 0x02) != 0,
            KeepAliveSeconds = keepAlive,
            ClientId = clientId,
            WillTopic = willTopic,
            WillBody = willBody,
            UserName = userName,
            Password = password,
        };
    }
}

/// <summary>PUBLISH, lying in the buffer it was read from.</summary>
internal readonly ref struct PublishPacket
{
    public required ReadOnlySpan<byte> Topic { get; init; }
    public required ReadOnlySpan<byte> Body { get; init; }

    /// <summary>0 for QoS 0.</summary>
    public required ushort PacketId { get; init; }
    public required int Qos { get; init; }
    public required bool IsDup { get; init; }
    public required bool IsRetain { get; init; }

    public static bool TryRead(int flags, ReadOnlySpan<byte> body, out PublishPacket packet)
    {
        packet = default;
        var qos = (flags >> 1) & 3;
        var reader = new FieldReader(body);
        var topic = reader.Text();
        var id = qos > 0 ? reader.UInt16() : (ushort)0;
        if (reader.IsBroken || topic.IsEmpty || qos == 3 || (qos > 0 && id == 0))
            return false;
        packet = new()
        {
            Topic = topic,
            Body = reader.Rest,
            PacketId = id,
            Qos = qos,
            IsDup = (flags & 8) != 0,
            IsRetain = (flags & 1) != 0,
        };
        return true;
    }
}

/// <summary>SUBSCRIBE or UNSUBSCRIBE: several filters in one packet.</summary>
internal sealed record SubscribePacket(ushort PacketId, IReadOnlyList<(string Filter, int Qos)> Filters)
{
    // The hub has four filters a device; a hundred is nobody's mistake.
    private const int MostFilters = 100;

    /// <summary>Null: malformed.</summary>
    public static SubscribePacket? Read(int flags, ReadOnlySpan<byte> body, bool withQos)
    {
        var reader = new FieldReader(body);
        var id = reader.UInt16();
        var filters = new List<(string, int)>();
        while (!reader.IsBroken && !reader.IsAtEnd && filters.Count < MostFilters)
        {
            var filter = Encoding.UTF8.GetString(reader.Text());
            var qos = withQos ? reader.Byte() : (byte)0;
            if (qos > 2 || filter.Length == 0)
                return null;
            filters.Add((filter, qos));
        }

        var isWhole = !reader.IsBroken && reader.IsAtEnd && filters.Count > 0 && id != 0;
        return isWhole && flags == 2 ? new(id, filters) : null;
    }
}
