using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Simulation;

/// <summary>Chooses how states behave from their names: what sounds like trouble is rare.</summary>
internal static class StateGuess
{
    private static readonly string[] Trouble =
    [
        "fail",
        "error",
        "fault",
        "alarm",
        "broken",
        "critical",
        "danger",
        "offline",
        "leak",
        "smoke",
    ];
    private static readonly string[] Seldom =
    [
        "off",
        "stop",
        "warn",
        "standby",
        "maintenance",
        "open",
        "motion",
        "idle",
        "pause",
        "low",
    ];
    private static readonly string[] Usual =
    [
        "running",
        "enabled",
        "connected",
        "online",
        "normal",
        "active",
        "powered",
        "ok",
    ];

    public static DwellStates Of(EnumSchema schema) =>
        new(
            [.. schema.Values.Select((v, i) => (v.Value, Weight($"{v.Name} {v.Value}", first: i == 0)))],
            TimeSpan.FromHours(2)
        );

    public static DwellStates OfBoolean(string name)
    {
        var share =
            Has(name, Trouble) ? 0.01
            : Has(name, Usual) ? 0.97
            : Has(name, Seldom) ? 0.1
            : 0.35;
        return new DwellStates([("false", 1 - share), ("true", share)], TimeSpan.FromMinutes(25));
    }

    private static double Weight(string name, bool first) =>
        Has(name, Trouble) ? 0.03
        : Has(name, Seldom) ? 0.6
        : first ? 3
        : 1;

    private static bool Has(string name, string[] words) =>
        words.Any(w => name.Contains(w, StringComparison.OrdinalIgnoreCase));
}
