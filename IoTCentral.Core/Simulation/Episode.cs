using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Simulation;

/// <summary>A stretch of time in which something is wrong with a simulated device.</summary>
public sealed record Episode(string Cause, DateTimeOffset Start, TimeSpan Duration)
{
    /// <summary>The device sends nothing.</summary>
    public bool IsSilent { get; init; }
    public IReadOnlyList<Effect> Effects { get; init; } = [];
    public DateTimeOffset End => Start + Duration;

    /// <summary>When nothing of it is felt any more.</summary>
    public DateTimeOffset Over => End + Effects.Aggregate(TimeSpan.Zero, (max, e) => e.Tail > max ? e.Tail : max);

    public bool IsOn(DateTimeOffset at) => at >= Start && at < End;
}

/// <summary>What an episode does to one value.</summary>
public sealed record Effect(CapabilityPath Path)
{
    /// <summary>Where a number is pulled to; null: it is no number.</summary>
    public double? Target { get; init; }

    /// <summary>Time constant of the pull: two thirds of the way after one, nearly all after three. Zero: at once.</summary>
    public TimeSpan Onset { get; init; }

    /// <summary>Time constant of coming back when the episode is over. Zero: at once.</summary>
    public TimeSpan Recovery { get; init; }

    /// <summary>Longer than zero: felt not in the episode but for this long after it (a machine making up for lost time).</summary>
    public TimeSpan Afterwards { get; init; }

    /// <summary>What a state is meanwhile, as on the wire; null: it is no state.</summary>
    public string? State { get; init; }

    /// <summary>Felt this long after the episode; after five time constants less than a hundredth is left.</summary>
    internal TimeSpan Tail => Afterwards + 5 * Recovery;

    internal bool IsOn(Episode episode, DateTimeOffset at) => at >= Start(episode) && at < End(episode);

    /// <summary>How much of the pull is felt, 0 to 1.</summary>
    internal double Strength(Episode episode, DateTimeOffset at)
    {
        var (start, end) = (Start(episode), End(episode));
        if (at < start || at > episode.End + Tail)
            return 0;
        var reached = 1 - Decay(at < end ? at - start : end - start, Onset);
        return at < end ? reached : reached * Decay(at - end, Recovery);
    }

    private DateTimeOffset Start(Episode episode) => Afterwards > TimeSpan.Zero ? episode.End : episode.Start;

    private DateTimeOffset End(Episode episode) => episode.End + Afterwards;

    private static double Decay(TimeSpan since, TimeSpan constant) =>
        constant <= TimeSpan.Zero ? 0 : Math.Exp(-(since / constant));
}
