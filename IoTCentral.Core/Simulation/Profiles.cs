namespace IoTCentral.Core.Simulation;

/// <summary>How a simulated number behaves over time.</summary>
public abstract record NumberProfile
{
    /// <summary>Physical limits; null: none. Faults may pass them.</summary>
    public double? Min { get; init; }
    public double? Max { get; init; }

    /// <summary>Digits after the point.</summary>
    public int Decimals { get; init; } = 1;
}

/// <summary>A value that hovers: around a centre, with the day, drifting, with noise.</summary>
public sealed record LevelProfile(double Center) : NumberProfile
{
    /// <summary>How far devices differ from each other.</summary>
    public double Spread { get; init; }

    /// <summary>Added at <see cref="PeakHour"/>, taken half a day later; may be negative.</summary>
    public double Day { get; init; }
    public double PeakHour { get; init; } = 15;

    /// <summary>Slow wander over hours.</summary>
    public double Drift { get; init; }
    public double Noise { get; init; }

    /// <summary>Rises by this while the device's machine rests and falls while it runs (a refrigerator's temperature).</summary>
    public double Cycle { get; init; }

    /// <summary>Degrees a door opening adds, in units of an ordinary opening; decays in minutes.</summary>
    public double Door { get; init; }
}

/// <summary>One level while the device's machine runs, another while it rests (a compressor's power).</summary>
public sealed record OnOffProfile(double On, double Off) : NumberProfile
{
    public double Noise { get; init; }
}

/// <summary>A counter that only grows, faster by day.</summary>
public sealed record CounterProfile(double PerHour) : NumberProfile;

/// <summary>Falls from full to low within days, then is charged.</summary>
public sealed record BatteryProfile(double Full, double Low) : NumberProfile;

/// <summary>Nothing by night, this at noon, less under clouds.</summary>
public sealed record DaylightProfile(double Noon) : NumberProfile;

/// <summary>How a simulated state (an enum or a boolean) behaves over time.</summary>
public abstract record StateProfile;

/// <summary>One value while the device's machine runs, another while it rests; as on the wire, <c>true</c> and <c>false</c> for booleans.</summary>
public sealed record CycleStates(string On, string Off) : StateProfile;

/// <summary>Follows the door.</summary>
public sealed record DoorStates(string Open, string Closed) : StateProfile;

/// <summary>Stays in a state for a while and then goes to another, the heavier the likelier.</summary>
public sealed record DwellStates(IReadOnlyList<(string Value, double Weight)> States, TimeSpan Dwell) : StateProfile;
