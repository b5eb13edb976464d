using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Simulation;

/// <summary>What a simulated device is told besides its template; all of it has a sensible default.</summary>
public sealed record SimulationSettings
{
    /// <summary>Tells devices of the same id in different applications apart.</summary>
    public ulong Seed { get; init; }

    /// <summary>Where days begin and doors open.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Time between two messages of a component.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where it stands; null: some place on land that its id decides.</summary>
    public (double Latitude, double Longitude)? Home { get; init; }

    /// <summary>Behaviour of single numbers; others are guessed from the template.</summary>
    public IReadOnlyDictionary<CapabilityPath, NumberProfile> Numbers { get; init; } =
        new Dictionary<CapabilityPath, NumberProfile>();

    /// <summary>Behaviour of single states and booleans.</summary>
    public IReadOnlyDictionary<CapabilityPath, StateProfile> States { get; init; } =
        new Dictionary<CapabilityPath, StateProfile>();

    /// <summary>Reported properties as JSON text; others are guessed.</summary>
    public IReadOnlyDictionary<CapabilityPath, string> Properties { get; init; } =
        new Dictionary<CapabilityPath, string>();

    /// <summary>What goes wrong; null: now and then something, as the device's id decides.</summary>
    public EpisodePlan? Episodes { get; init; }
}
