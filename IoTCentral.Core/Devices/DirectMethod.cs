namespace IoTCentral.Core.Devices;

/// <summary>A direct method to be called on a device that is connected.</summary>
/// <param name="Name">As it stands in the topic: <c>reboot</c>, of a component <c>thermostat1*getMaxMinReport</c>.</param>
/// <param name="Payload">JSON text; empty when the method takes nothing.</param>
public sealed record MethodCall(string Name, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Most bytes of a payload, each way (contract §2.3).</summary>
    public const int MostBytes = 128 * 1024;

    /// <summary>How long to wait for a device that is not connected or does not listen yet.</summary>
    public TimeSpan ConnectTimeout { get; init; }

    /// <summary>How long the device may take to answer.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>What became of a call.</summary>
public enum MethodOutcome
{
    /// <summary>The device has answered.</summary>
    Answered,

    /// <summary>It is not connected.</summary>
    NotConnected,

    /// <summary>It is connected and has not subscribed to methods.</summary>
    NotListening,

    /// <summary>It did not answer in time.</summary>
    TimedOut,

    /// <summary>Its connection ended while we waited for the answer.</summary>
    Disconnected,
}

/// <param name="Status">The device's own status; 0 without an answer.</param>
/// <param name="Payload">JSON text as the device sent it, perhaps empty, perhaps no JSON at all.</param>
public sealed record MethodAnswer(MethodOutcome Outcome, int Status, ReadOnlyMemory<byte> Payload)
{
    public static MethodAnswer Without(MethodOutcome outcome) => new(outcome, 0, default);
}
