using System.Text.Json;

namespace IoTCentral.Core.Simulation;

/// <summary>A number that follows its profile and is pulled away by episodes.</summary>
internal sealed class NumberSource(NumberProfile profile, bool isWhole, Rhythm rhythm, ulong seed) : ValueSource
{
    // Counters began here, so that they are large and the same whenever they are asked.
    private static readonly DateTimeOffset CountedSince = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override void Write(Utf8JsonWriter json, in Moment at, IReadOnlyList<(Episode Episode, Effect Effect)> felt)
    {
        var value = At(at);
        for (var i = 0; i < felt.Count; i++)
            if (felt[i].Effect.Target is { } target)
                value += (target - value) * felt[i].Effect.Strength(felt[i].Episode, at.Time);
        value = Math.Round(value, profile.Decimals);
        if (isWhole)
            json.WriteNumberValue((long)value);
        else
            // no -0
            json.WriteNumberValue(value + 0.0);
    }

    /// <summary>The value when nothing is wrong.</summary>
    public double At(in Moment at)
    {
        var value = profile switch
        {
            LevelProfile level => Level(level, at),
            OnOffProfile onOff => (rhythm.IsOn(at) ? onOff.On : onOff.Off) + Fine(at) * onOff.Noise,
            CounterProfile counter => Count(counter, at),
            BatteryProfile battery => Battery(battery, at),
            DaylightProfile daylight => daylight.Noon * at.Daylight * (0.75 + 0.25 * Noise.Wander(seed, at.Hours)),
            _ => 0,
        };
        return Math.Clamp(value, profile.Min ?? double.MinValue, profile.Max ?? double.MaxValue);
    }

    private double Level(LevelProfile level, in Moment at) =>
        level.Center
        + level.Spread * (2 * Noise.Unit(seed, 1) - 1)
        + level.Day * at.DayCurve(level.PeakHour)
        + level.Drift * (0.7 * Noise.Wander(seed ^ 2, at.Hours / 17) + 0.3 * Noise.Wander(seed ^ 3, at.Hours / 2.5))
        + level.Noise * Fine(at)
        + level.Cycle * rhythm.Swing(at)
        + (level.Door == 0 ? 0 : level.Door * rhythm.DoorHeat(at));

    /// <summary>What makes a line look measured: half of it lives for minutes, half for one sample.</summary>
    private double Fine(in Moment at) =>
        0.6 * Noise.Wander(seed ^ 4, at.Hours * 20) + 0.6 * Noise.Bell(seed ^ 5, at.Milliseconds);

    /// <summary>The integral of a rate that swings by half with the day: it never falls.</summary>
    private double Count(CounterProfile counter, in Moment at)
    {
        var hours = (at.Time - CountedSince).TotalHours;
        var swing = 0.5 * 12 / Math.PI * Math.Sin((hours - 9) * Math.PI / 12);
        var rate = counter.PerHour * Noise.Between(seed, 1, 0.7, 1.3);
        return rate * (Noise.Between(seed, 2, 100, 3000) + hours + swing);
    }

    private double Battery(BatteryProfile battery, in Moment at)
    {
        var days = Noise.Between(seed, 1, 9, 25);
        var part = at.Hours / 24 / days + Noise.Unit(seed, 2);
        part -= Math.Floor(part);
        // charged in a fiftieth of the time
        var charge = part < 0.98 ? 1 - part / 0.98 : (part - 0.98) / 0.02;
        return battery.Low + (battery.Full - battery.Low) * charge;
    }
}
