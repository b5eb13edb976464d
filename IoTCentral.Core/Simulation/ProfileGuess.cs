using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Simulation;

/// <summary>Chooses how a number behaves from what the template says of it: meaning, unit, limits, name.</summary>
internal static class ProfileGuess
{
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
        if (type is null || !TypicalProfiles.TryFind(type, out var typical))
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
