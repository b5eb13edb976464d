using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Simulation;

/// <summary>Chooses how a number behaves from what the template says of it: meaning, unit, limits, name.</summary>
internal static class ProfileGuess
{
    /// <summary>Typical behaviour of a quantity, in a unit it is written in here.</summary>
    private static readonly Dictionary<string, (string Unit, NumberProfile Profile)> Typical = new()
    {
        ["Temperature"] = (
            "degreeCelsius",
            new LevelProfile(21)
            {
                Spread = 1.5,
                Day = 2,
                Drift = 1,
                Noise = 0.12,
            }
        ),
        ["RelativeHumidity"] = (
            "percent",
            new LevelProfile(45)
            {
                Spread = 5,
                Day = -5,
                Drift = 5,
                Noise = 0.5,
                Min = 0,
                Max = 100,
            }
        ),
        ["Humidity"] = (
            "gramPerCubicMetre",
            new LevelProfile(9)
            {
                Spread = 1,
                Drift = 1,
                Noise = 0.1,
                Min = 0,
            }
        ),
        ["Pressure"] = (
            "millibar",
            new LevelProfile(1013)
            {
                Spread = 2,
                Drift = 8,
                Noise = 0.2,
                Min = 0,
            }
        ),
        ["Voltage"] = (
            "volt",
            new LevelProfile(230)
            {
                Spread = 1,
                Day = -1,
                Drift = 2,
                Noise = 0.5,
                Min = 0,
            }
        ),
        ["Current"] = (
            "ampere",
            new LevelProfile(2.2)
            {
                Spread = 0.4,
                Day = 0.7,
                Drift = 0.4,
                Noise = 0.05,
                Min = 0,
            }
        ),
        ["Power"] = (
            "watt",
            new LevelProfile(350)
            {
                Spread = 60,
                Day = 110,
                Drift = 50,
                Noise = 8,
                Min = 0,
            }
        ),
        ["EnergyRate"] = (
            "watt",
            new LevelProfile(350)
            {
                Spread = 60,
                Day = 110,
                Drift = 50,
                Noise = 8,
                Min = 0,
            }
        ),
        ["ApparentPower"] = (
            "voltAmpere",
            new LevelProfile(400)
            {
                Spread = 60,
                Day = 120,
                Drift = 50,
                Noise = 8,
                Min = 0,
            }
        ),
        ["ReactivePower"] = (
            "voltAmpereReactive",
            new LevelProfile(60)
            {
                Spread = 10,
                Drift = 12,
                Noise = 2,
            }
        ),
        ["Energy"] = ("kilowattHour", new CounterProfile(0.35)),
        ["ApparentEnergy"] = ("kilovoltAmpereHour", new CounterProfile(0.4)),
        ["ReactiveEnergy"] = ("kilovoltAmpereReactiveHour", new CounterProfile(0.06)),
        ["Velocity"] = (
            "metrePerSecond",
            new LevelProfile(3.2)
            {
                Spread = 0.5,
                Drift = 2,
                Noise = 0.3,
                Min = 0,
            }
        ),
        ["AngularVelocity"] = (
            "revolutionPerMinute",
            new LevelProfile(1450)
            {
                Spread = 20,
                Drift = 30,
                Noise = 6,
                Min = 0,
            }
        ),
        ["Acceleration"] = ("metrePerSecondSquared", new LevelProfile(0.3) { Drift = 0.2, Noise = 0.1 }),
        ["Angle"] = (
            "degreeOfArc",
            new LevelProfile(180)
            {
                Spread = 60,
                Drift = 90,
                Noise = 2,
                Min = 0,
                Max = 360,
            }
        ),
        ["Length"] = (
            "metre",
            new LevelProfile(1.8)
            {
                Spread = 0.3,
                Drift = 0.5,
                Noise = 0.01,
                Min = 0,
            }
        ),
        ["Distance"] = (
            "metre",
            new LevelProfile(1.8)
            {
                Spread = 0.3,
                Drift = 0.5,
                Noise = 0.01,
                Min = 0,
            }
        ),
        ["Area"] = (
            "squareMetre",
            new LevelProfile(25)
            {
                Spread = 5,
                Drift = 2,
                Noise = 0.1,
                Min = 0,
            }
        ),
        ["Volume"] = (
            "litre",
            new LevelProfile(420)
            {
                Spread = 40,
                Drift = 80,
                Noise = 0.5,
                Min = 0,
            }
        ),
        ["VolumeFlowRate"] = (
            "litrePerMinute",
            new LevelProfile(12)
            {
                Spread = 2,
                Day = 2,
                Drift = 2,
                Noise = 0.2,
                Min = 0,
            }
        ),
        ["Mass"] = (
            "kilogram",
            new LevelProfile(74)
            {
                Spread = 8,
                Drift = 8,
                Noise = 0.1,
                Min = 0,
            }
        ),
        ["MassFlowRate"] = (
            "kilogramPerHour",
            new LevelProfile(90)
            {
                Spread = 10,
                Day = 8,
                Drift = 8,
                Noise = 1,
                Min = 0,
            }
        ),
        ["Force"] = (
            "newton",
            new LevelProfile(40)
            {
                Spread = 5,
                Drift = 6,
                Noise = 0.5,
            }
        ),
        ["Torque"] = (
            "newtonMetre",
            new LevelProfile(12)
            {
                Spread = 2,
                Drift = 2,
                Noise = 0.1,
            }
        ),
        ["Density"] = (
            "kilogramPerCubicMetre",
            new LevelProfile(998)
            {
                Drift = 2,
                Noise = 0.2,
                Min = 0,
            }
        ),
        ["Frequency"] = (
            "hertz",
            new LevelProfile(50)
            {
                Drift = 0.04,
                Noise = 0.01,
                Min = 0,
            }
        ),
        ["Illuminance"] = ("lux", new DaylightProfile(600)),
        ["Irradiance"] = ("wattPerSquareMetre", new DaylightProfile(850)),
        ["SoundPressure"] = (
            "decibel",
            new LevelProfile(46)
            {
                Spread = 3,
                Day = 9,
                Drift = 4,
                Noise = 1.5,
                Min = 20,
            }
        ),
        ["Concentration"] = (
            "partsPerMillion",
            new LevelProfile(600)
            {
                Spread = 40,
                Day = 150,
                Drift = 60,
                Noise = 5,
                Min = 390,
            }
        ),
        ["DataSize"] = (
            "mebibyte",
            new LevelProfile(210)
            {
                Spread = 30,
                Drift = 40,
                Noise = 1,
                Min = 0,
            }
        ),
        ["DataRate"] = (
            "kibibytePerSecond",
            new LevelProfile(120)
            {
                Spread = 30,
                Day = 40,
                Drift = 50,
                Noise = 8,
                Min = 0,
            }
        ),
        ["Resistance"] = (
            "ohm",
            new LevelProfile(120)
            {
                Spread = 10,
                Drift = 3,
                Noise = 0.1,
                Min = 0,
            }
        ),
        ["TimeSpan"] = ("second", new CounterProfile(3600)),
    };

    public static NumberProfile Of(Capability capability, ulong seed) =>
        Of(
            capability.Name,
            capability.SemanticType,
            capability.Unit,
            capability.Schema!,
            (capability.MinValue, capability.MaxValue, capability.DecimalPlaces),
            seed
        );

    public static NumberProfile Of(
        string name,
        string? type,
        string? unit,
        Schema schema,
        (double? Min, double? Max, int? Decimals) limits,
        ulong seed
    )
    {
        var guess = NameGuess.Of(name, Schema.Double, 0);
        var profile = Named(name) ?? Measured(type ?? guess.Type, unit ?? guess.Unit);
        profile = Within(profile, limits.Min, limits.Max, seed);
        var isWhole = schema.Kind is SchemaKind.Integer or SchemaKind.Long;
        return profile with { Decimals = isWhole ? 0 : limits.Decimals ?? DecimalsOf(profile) };
    }

    private static NumberProfile? Named(string name)
    {
        var words = NameGuess.InWords(name).ToLowerInvariant();
        if (words.Contains("battery", StringComparison.Ordinal) && !words.Contains("volt", StringComparison.Ordinal))
            return new BatteryProfile(100, 15)
            {
                Min = 0,
                Max = 100,
                Decimals = 0,
            };
        if (words.Contains("count", StringComparison.Ordinal) || words.Contains("total", StringComparison.Ordinal))
            return new CounterProfile(12) { Decimals = 0 };
        return null;
    }

    private static NumberProfile Measured(string? type, string? unit)
    {
        if (type is null || !Typical.TryGetValue(type, out var typical))
            return new LevelProfile(50)
            {
                Spread = 10,
                Day = 4,
                Drift = 6,
                Noise = 0.5,
                Min = 0,
            };
        return
            Units.Find(typical.Unit) is { } from && Units.Find(unit, from) is { } to && from.Dimension == to.Dimension
            ? In(typical.Profile, from, to)
            : typical.Profile;
    }

    /// <summary>The same behaviour in another unit.</summary>
    private static NumberProfile In(NumberProfile profile, Unit from, Unit to)
    {
        var factor = from.Factor / to.Factor;
        double? Limit(double? limit) => limit is { } value ? Units.Convert(value, from, to) : null;
        profile = profile with { Min = Limit(profile.Min), Max = Limit(profile.Max) };
        return profile switch
        {
            LevelProfile level => level with
            {
                Center = Units.Convert(level.Center, from, to),
                Spread = level.Spread * factor,
                Day = level.Day * factor,
                Drift = level.Drift * factor,
                Noise = level.Noise * factor,
            },
            CounterProfile counter => counter with { PerHour = counter.PerHour * factor },
            DaylightProfile daylight => daylight with { Noon = daylight.Noon * factor },
            _ => profile,
        };
    }

    /// <summary>Fits the behaviour between the template's limits: most of the time well inside.</summary>
    private static NumberProfile Within(NumberProfile profile, double? min, double? max, ulong seed)
    {
        if (min is null && max is null)
            return profile;
        var limited = profile with { Min = min ?? profile.Min, Max = max ?? profile.Max };
        if (limited is not LevelProfile level)
            return limited;
        if (min is null || max is null || min >= max)
            return level.Center > min || level.Center < max ? level : level with { Center = Beside(min, max) };
        var range = max.Value - min.Value;
        var reach = Math.Abs(level.Day) + level.Drift + level.Spread + 2 * level.Noise;
        var shrink = Math.Min(1, range / 2.5 / Math.Max(reach, double.Epsilon));
        var center =
            level.Center > min + range * 0.2 && level.Center < max - range * 0.2
                ? level.Center
                : min.Value + range * Noise.Between(seed, 7, 0.4, 0.6);
        return level with
        {
            Center = center,
            Spread = level.Spread * shrink,
            Day = level.Day * shrink,
            Drift = level.Drift * shrink,
            Noise = level.Noise * shrink,
        };
    }

    /// <summary>A bit above the only lower limit, or below the only upper one.</summary>
    private static double Beside(double? min, double? max) =>
        min is { } low ? low + Math.Max(10, Math.Abs(low) / 5) : max!.Value - Math.Max(10, Math.Abs(max.Value) / 5);

    /// <summary>Digits below the noise mean nothing.</summary>
    private static int DecimalsOf(NumberProfile profile) =>
        profile switch
        {
            LevelProfile { Noise: > 0 } level => Math.Clamp((int)Math.Ceiling(-Math.Log10(level.Noise * 2)), 0, 6),
            CounterProfile counter => Math.Clamp(
                (int)Math.Ceiling(2 - Math.Log10(Math.Max(counter.PerHour, 1e-3))),
                0,
                6
            ),
            DaylightProfile or BatteryProfile => 0,
            _ => 1,
        };
}
