using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Telemetry;

/// <summary>What is worth knowing about a stored message besides its content.</summary>
[Flags]
public enum MessageFlags : short
{
    None = 0,

    /// <summary>The device's clock is more than 5 minutes ahead: kept, but drives neither last value nor rules.</summary>
    ClockAhead = 1,

    /// <summary>The same message was stored before; kept in the raw log, seen once by series, rules and exports.</summary>
    Repeat = 2,

    /// <summary>The will message of a connection that broke.</summary>
    Will = 4,

    /// <summary>The body is not a JSON object (or says it is something else).</summary>
    NotJson = 8,

    /// <summary>Published with the RETAIN flag, which is not stored as such.</summary>
    Retain = 16,
}

/// <summary>One device-to-cloud message as it came.</summary>
public sealed class DeviceMessage
{
    public required TenantId Tenant { get; init; }
    public required long DeviceKey { get; init; }
    public required string DeviceId { get; init; }

    /// <summary>When we received it (enqueued time): strictly increasing per device.</summary>
    public required DateTimeOffset Received { get; init; }

    /// <summary>The device's creation time if it sent a parseable one, else <see cref="Received"/>.</summary>
    public required DateTimeOffset MessageTime { get; init; }

    /// <summary>DTDL component (<c>$.sub</c>); empty for the root.</summary>
    public string Component { get; init; } = "";

    /// <summary>The bytes as sent; never changed, never interpreted before they are stored.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>System and application properties as a UTF-8 JSON object; empty when there are none.</summary>
    public ReadOnlyMemory<byte> Properties { get; init; }

    /// <summary>
    /// 64-bit hash of what makes this message the same as another: device + message id, or device + creation time +
    /// component + body. Null when a repeat cannot be told from a new message.
    /// </summary>
    public long? Identity { get; init; }

    /// <summary>Look whether it is a repeat before it is stored (DUP flag, or the first minutes of a connection).</summary>
    public bool CheckRepeat { get; init; }
    public MessageFlags Flags { get; set; }

    /// <summary>Number in the shard's log, in commit order; assigned by the writer.</summary>
    public long Position { get; set; }

    /// <summary>Who waits for the acknowledgement; null when nobody does (simulated devices).</summary>
    public IMessageOrigin? Origin { get; init; }

    /// <summary>Bytes it is charged with against queue budgets.</summary>
    public int Size => Body.Length + Properties.Length + 200;
}

/// <summary>Where messages come from (an MQTT session); told after the commit, on the writer's thread: it must not block.</summary>
public interface IMessageOrigin
{
    /// <summary>The message is stored (or set aside as rejected); its acknowledgement may go out at the next <see cref="Flush"/>.</summary>
    void Stored(DeviceMessage message);

    /// <summary>Called once per batch for each origin that had a message in it.</summary>
    void Flush();
}
