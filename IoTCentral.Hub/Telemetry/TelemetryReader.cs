using System.Buffers.Binary;
using System.IO.Hashing;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Telemetry;
using IoTCentral.Hub.Mqtt;

namespace IoTCentral.Hub.Telemetry;

/// <summary>
/// Makes messages out of one connection's PUBLISHes. Not thread-safe: a connection is read by one at a time. Besides the
/// message and its bytes it allocates nothing for a property bag it has just seen.
/// </summary>
internal sealed class TelemetryReader
{
    /// <summary>Contract §2.3: body and properties together.</summary>
    public const int MostBytes = 256 * 1024;

    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    // A device that lost its connection sends again what it had in flight: soon after it is back.
    private static readonly TimeSpan RepeatsExpected = TimeSpan.FromMinutes(5);

    private readonly SignedIn _device;
    private readonly IMessageOrigin? _origin;
    private readonly TimeProvider _time;
    private readonly long _started;
    private DateTimeOffset _received;
    private byte[] _bagText = [];
    private PropertyBag _bag = PropertyBag.Empty;

    public TelemetryReader(SignedIn device, IMessageOrigin? origin, TimeProvider time)
    {
        _device = device;
        _origin = origin;
        _time = time;
        _started = time.GetTimestamp();
        // A little ahead may be a burst or a clock set back by NTP; far ahead was a clock that was wrong.
        var now = time.GetUtcNow();
        var last = device.LastMessageAt ?? DateTimeOffset.MinValue;
        _received = last < now + TimeSpan.FromMinutes(1) ? last : now;
    }

    /// <summary>When the newest message came in: the next one is later, also on the device's next connection.</summary>
    public DateTimeOffset LastReceived
    {
        get => _received;
        set => _received = value > _received ? value : _received;
    }

    /// <summary>Null: body and properties are larger than a message may be.</summary>
    /// <param name="bagText">What follows <c>messages/events/</c> in the topic.</param>
    public DeviceMessage? Read(in PublishPacket packet, ReadOnlySpan<byte> bagText)
    {
        var bag = packet.IsRetain ? PropertyBag.Read(bagText, isRetain: true) : BagOf(bagText);
        if (packet.Body.Length + bag.Size > MostBytes)
            return null;
        return Make(packet.Body, bag, packet.IsDup, packet.IsRetain ? MessageFlags.Retain : MessageFlags.None, _origin);
    }

    /// <summary>A message that came by another way than a topic. Null: it is larger than a message may be.</summary>
    /// <param name="origin">Who waits for it, if each message has its own.</param>
    public DeviceMessage? Read(ReadOnlySpan<byte> body, PropertyBag bag, IMessageOrigin? origin = null) =>
        body.Length + bag.Size > MostBytes ? null : Make(body, bag, isDup: false, MessageFlags.None, origin ?? _origin);

    /// <summary>The will of this connection, which nobody waits for.</summary>
    public DeviceMessage? ReadWill(byte[] body, ReadOnlySpan<byte> bagText)
    {
        var bag = PropertyBag.Read(bagText, isWill: true);
        return body.Length + bag.Size > MostBytes ? null : Make(body, bag, isDup: false, MessageFlags.Will, null);
    }

    private DeviceMessage Make(
        ReadOnlySpan<byte> body,
        PropertyBag bag,
        bool isDup,
        MessageFlags flags,
        IMessageOrigin? origin
    )
    {
        var received = NextReceived();
        if (bag.IsNotJson)
            flags |= MessageFlags.NotJson;
        if (bag.CreatedAt > received + ClockTolerance)
            flags |= MessageFlags.ClockAhead;
        var identity = IdentityOf(bag, body);
        return new DeviceMessage
        {
            Tenant = _device.TenantId,
            DeviceKey = _device.DeviceKey,
            DeviceId = _device.DeviceId,
            Received = received,
            MessageTime = bag.CreatedAt ?? received,
            Component = ModuleComponent.Of(_device.ModuleId, bag.Component),
            Body = body.ToArray(),
            Properties = bag.Json,
            Identity = identity,
            CheckRepeat = identity is not null && (isDup || _time.GetElapsedTime(_started) < RepeatsExpected),
            Flags = flags,
            Origin = origin,
        };
    }

    private DateTimeOffset NextReceived()
    {
        var now = PropertyBag.Microseconds(_time.GetUtcNow());
        _received = now > _received ? now : _received.AddMicroseconds(1);
        return _received;
    }

    private PropertyBag BagOf(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual(_bagText))
            return _bag;
        _bag = PropertyBag.Read(text);
        _bagText = text.ToArray();
        return _bag;
    }

    /// <summary>Device and message id; else device, creation time, component and body; else none.</summary>
    private long? IdentityOf(PropertyBag bag, ReadOnlySpan<byte> body)
    {
        if (bag.MessageId is { } id)
            return Hash(1, id, default);
        return bag.CreatedAt is { } created
            ? Hash(
                2,
                (ulong)created.UtcTicks ^ XxHash64.HashToUInt64(System.Text.Encoding.UTF8.GetBytes(bag.Component)),
                body
            )
            : null;
    }

    private long Hash(byte kind, ulong what, ReadOnlySpan<byte> body)
    {
        Span<byte> start = stackalloc byte[17];
        start[0] = kind;
        BinaryPrimitives.WriteInt64LittleEndian(start[1..], _device.Key);
        BinaryPrimitives.WriteUInt64LittleEndian(start[9..], what);
        return (long)XxHash64.HashToUInt64(body, (long)XxHash64.HashToUInt64(start));
    }
}
