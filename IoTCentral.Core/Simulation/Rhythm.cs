namespace IoTCentral.Core.Simulation;

/// <summary>What all values of a device follow together: its machine switching on and off, and its door.</summary>
internal sealed class Rhythm(ulong seed)
{
    // People open a door at most once in this time; a short one, so that openings look irregular.
    private const int DoorSlotSeconds = 360;

    // Warm air let in is gone after some of these.
    private const double DoorDecaySeconds = 420;
    private const int DoorSlotsFelt = 7;

    private const double Duty = 0.55;

    private readonly double _periodSeconds = Noise.Between(seed, 1, 840, 1_320);
    private readonly double _phase = Noise.Unit(seed, 2);
    private readonly ulong _door = Noise.Seed(seed, "door");

    /// <summary>The machine runs.</summary>
    public bool IsOn(in Moment at) => Position(at) < Duty;

    /// <summary>1 when it begins to run, -1 when it stops: how a temperature swings with it.</summary>
    public double Swing(in Moment at)
    {
        var position = Position(at);
        return position < Duty ? 1 - 2 * position / Duty : -1 + 2 * (position - Duty) / (1 - Duty);
    }

    public bool IsDoorOpen(in Moment at)
    {
        var now = at.Milliseconds / 1000.0;
        var slot = (long)Math.Floor(now / DoorSlotSeconds);
        return Opening(slot, at.LocalHour) is { } opening
            && now >= opening.Start
            && now < opening.Start + opening.Seconds;
    }

    /// <summary>Warm air in the room, 1 = an ordinary opening just now.</summary>
    public double DoorHeat(in Moment at)
    {
        var now = at.Milliseconds / 1000.0;
        var newest = (long)Math.Floor(now / DoorSlotSeconds);
        var heat = 0.0;
        for (var slot = newest; slot > newest - DoorSlotsFelt; slot--)
            if (Opening(slot, at.LocalHour) is { } opening && now > opening.Start)
            {
                var open = Math.Min(now - opening.Start, opening.Seconds);
                heat += open / 45 * Math.Exp(-Math.Max(0, now - opening.Start - open) / DoorDecaySeconds);
            }

        return heat;
    }

    private double Position(in Moment at)
    {
        var cycles = at.Milliseconds / 1000.0 / _periodSeconds + _phase;
        return cycles - Math.Floor(cycles);
    }

    /// <summary>The opening in a slot, if there is one. The hour is that of now: near enough for the last slots.</summary>
    private (double Start, double Seconds)? Opening(long slot, double localHour)
    {
        var chance = localHour switch
        {
            >= 17 and < 19.5 => 0.6,
            >= 8 and < 21 => 0.35,
            >= 6 and < 8 => 0.2,
            _ => 0.01,
        };
        if (Noise.Unit(_door, slot) >= chance)
            return null;
        var start = slot * (double)DoorSlotSeconds + Noise.Between(_door ^ 1, slot, 0, DoorSlotSeconds - 90);
        return (start, Noise.Between(_door ^ 2, slot, 15, 75));
    }
}
