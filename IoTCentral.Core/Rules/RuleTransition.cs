using IoTCentral.Core.Telemetry;

namespace IoTCentral.Core.Rules;

/// <summary>Where a rule stands on a device.</summary>
public enum RulePhase
{
    /// <summary>Not true.</summary>
    Rest,

    /// <summary>True; the hold time runs.</summary>
    Holding,

    /// <summary>True; its alert is open or acknowledged.</summary>
    Firing,

    /// <summary>True; somebody resolved the alert by hand. Silent until it has been false once.</summary>
    Muted,
}

/// <summary>What one condition of a rule saw.</summary>
public sealed record Observation
{
    /// <summary>Number of the condition in the rule, from 0.</summary>
    public required int Condition { get; init; }
    public bool IsTrue { get; init; }
    public RuleValue? Value { get; init; }
    public RuleValue? Limit { get; init; }

    /// <summary>The value furthest beyond the limit since it became true; null when there is no further or nearer.</summary>
    public double? Worst { get; init; }

    /// <summary>Message time of the value, end of its window, or since when the device is silent or disconnected.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>An alert opens (<see cref="IsOpen"/>) or is resolved because the conditions say so.</summary>
/// <param name="At">When, by our clock: received time of the message that decided it, or the moment a timer was due.</param>
/// <param name="Message">The message that decided it; null for timers and property changes.</param>
public sealed record RuleTransition(
    bool IsOpen,
    DateTimeOffset At,
    IReadOnlyList<Observation> Observations,
    CommittedMessage? Message
);
