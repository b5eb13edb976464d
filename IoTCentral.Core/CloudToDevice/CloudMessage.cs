namespace IoTCentral.Core.CloudToDevice;

/// <summary>Of which ends of a message its sender wants to hear; the names are IoT Hub's (<c>iothub-ack</c>).</summary>
public enum CloudAck : short
{
    None = 0,
    Positive = 1,
    Negative = 2,
    Full = 3,
}

/// <summary>How a message ended; the names are IoT Hub's feedback codes.</summary>
public enum CloudOutcome : short
{
    /// <summary>The device has taken it.</summary>
    Success = 1,

    /// <summary>The device was not there in time.</summary>
    Expired = 2,

    /// <summary>The device was given it again and again and never took it.</summary>
    DeliveryCountExceeded = 3,

    /// <summary>The device has refused it.</summary>
    Rejected = 4,

    /// <summary>It was taken back before the device had it.</summary>
    Purged = 5,
}

/// <summary>A message to a device, as its sender has it.</summary>
public record NewCloudMessage
{
    /// <summary>Most bytes of body and properties together (contract §2.3).</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>Null: one is made.</summary>
    public string? MessageId { get; init; }
    public string? CorrelationId { get; init; }
    public string? UserId { get; init; }
    public string? ContentType { get; init; }
    public string? ContentEncoding { get; init; }
    public CloudAck Ack { get; init; }

    /// <summary>Application properties; null is a key without a value.</summary>
    public IReadOnlyDictionary<string, string?> Properties { get; init; } = new Dictionary<string, string?>();
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>How long it waits for its device.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>A message in a device's queue, or one that has left it.</summary>
public sealed record CloudMessage : NewCloudMessage
{
    public required long DeviceKey { get; init; }

    /// <summary>Its number in the order of all messages.</summary>
    public required long Sequence { get; init; }
    public required DateTimeOffset Enqueued { get; init; }
    public required DateTimeOffset Expires { get; init; }

    /// <summary>How often it was given to the device.</summary>
    public int DeliveryCount { get; init; }

    /// <summary>Whoever has it in hand proves it by this; null: nobody has.</summary>
    public Guid? LockToken { get; init; }

    /// <summary>Null while it waits.</summary>
    public CloudOutcome? Outcome { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
}
