namespace IoTCentral.Core.Simulation;

/// <summary>How values of each quantity usually behave, in a unit that reads well here.</summary>
internal static class TypicalProfiles
{
    private static readonly Dictionary<string, (string Unit, NumberProfile Profile)> ByQuantity = new()
    {
        ["Temperature"] = Level("degreeCelsius", 21, spread: 1.5, day: 2, drift: 1, noise: 0.12),
        ["RelativeHumidity"] = Level("percent", 45, spread: 5, day: -5, drift: 5, noise: 0.5, min: 0, max: 100),
        ["Humidity"] = Level("gramPerCubicMetre", 9, spread: 1, drift: 1, noise: 0.1, min: 0),
        ["Pressure"] = Level("millibar", 1013, spread: 2, drift: 8, noise: 0.2, min: 0),
        ["Voltage"] = Level("volt", 230, spread: 1, day: -1, drift: 2, noise: 0.5, min: 0),
        ["Current"] = Level("ampere", 2.2, spread: 0.4, day: 0.7, drift: 0.4, noise: 0.05, min: 0),
        ["Power"] = Level("watt", 350, spread: 60, day: 110, drift: 50, noise: 8, min: 0),
        ["EnergyRate"] = Level("watt", 350, spread: 60, day: 110, drift: 50, noise: 8, min: 0),
        ["ApparentPower"] = Level("voltAmpere", 400, spread: 60, day: 120, drift: 50, noise: 8, min: 0),
        ["ReactivePower"] = Level("voltAmpereReactive", 60, spread: 10, drift: 12, noise: 2),
        ["Energy"] = ("kilowattHour", new CounterProfile(0.35)),
        ["ApparentEnergy"] = ("kilovoltAmpereHour", new CounterProfile(0.4)),
        ["ReactiveEnergy"] = ("kilovoltAmpereReactiveHour", new CounterProfile(0.06)),
        ["Velocity"] = Level("metrePerSecond", 3.2, spread: 0.5, drift: 2, noise: 0.3, min: 0),
        ["AngularVelocity"] = Level("revolutionPerMinute", 1450, spread: 20, drift: 30, noise: 6, min: 0),
        ["Acceleration"] = Level("metrePerSecondSquared", 0.3, drift: 0.2, noise: 0.1),
        ["Angle"] = Level("degreeOfArc", 180, spread: 60, drift: 90, noise: 2, min: 0, max: 360),
        ["Length"] = Level("metre", 1.8, spread: 0.3, drift: 0.5, noise: 0.01, min: 0),
        ["Distance"] = Level("metre", 1.8, spread: 0.3, drift: 0.5, noise: 0.01, min: 0),
        ["Area"] = Level("squareMetre", 25, spread: 5, drift: 2, noise: 0.1, min: 0),
        ["Volume"] = Level("litre", 420, spread: 40, drift: 80, noise: 0.5, min: 0),
        ["VolumeFlowRate"] = Level("litrePerMinute", 12, spread: 2, day: 2, drift: 2, noise: 0.2, min: 0),
        ["Mass"] = Level("kilogram", 74, spread: 8, drift: 8, noise: 0.1, min: 0),
        ["MassFlowRate"] = Level("kilogramPerHour", 90, spread: 10, day: 8, drift: 8, noise: 1, min: 0),
        ["Force"] = Level("newton", 40, spread: 5, drift: 6, noise: 0.5),
        ["Torque"] = Level("newtonMetre", 12, spread: 2, drift: 2, noise: 0.1),
        ["Density"] = Level("kilogramPerCubicMetre", 998, drift: 2, noise: 0.2, min: 0),
        ["Frequency"] = Level("hertz", 50, drift: 0.04, noise: 0.01, min: 0),
        ["Illuminance"] = ("lux", new DaylightProfile(600)),
        ["Irradiance"] = ("wattPerSquareMetre", new DaylightProfile(850)),
        ["SoundPressure"] = Level("decibel", 46, spread: 3, day: 9, drift: 4, noise: 1.5, min: 20),
        ["Concentration"] = Level("partsPerMillion", 600, spread: 40, day: 150, drift: 60, noise: 5, min: 390),
        ["DataSize"] = Level("mebibyte", 210, spread: 30, drift: 40, noise: 1, min: 0),
        ["DataRate"] = Level("kibibytePerSecond", 120, spread: 30, day: 40, drift: 50, noise: 8, min: 0),
        ["Resistance"] = Level("ohm", 120, spread: 10, drift: 3, noise: 0.1, min: 0),
        ["TimeSpan"] = ("second", new CounterProfile(3600)),
    };

    public static bool TryFind(string quantity, out (string Unit, NumberProfile Profile) typical) =>
        ByQuantity.TryGetValue(quantity, out typical);

    private static (string, NumberProfile) Level(
        string unit,
        double center,
        double spread = 0,
        double day = 0,
        double drift = 0,
        double noise = 0,
        double? min = null,
        double? max = null
    ) =>
        (
            unit,
            new LevelProfile(center)
            {
                Spread = spread,
                Day = day,
                Drift = drift,
                Noise = noise,
                Min = min,
                Max = max,
            }
        );
}
