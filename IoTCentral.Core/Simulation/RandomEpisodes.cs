using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Simulation;

/// <summary>What goes wrong with a device nobody has written a script for: about twice a week something climbs or falls
/// out of its usual range and comes back, or the device is silent for a while.</summary>
internal static class RandomEpisodes
{
    private static readonly TimeSpan Slot = TimeSpan.FromDays(2);

    public static EpisodePlan For(IReadOnlyList<(Capability Capability, LevelProfile Profile)> levels, ulong seed) =>
        new([], Slot, slot => Make(slot, levels, seed));

    private static IEnumerable<Episode> Make(
        long slot,
        IReadOnlyList<(Capability Capability, LevelProfile Profile)> levels,
        ulong seed
    )
    {
        if (Noise.Unit(seed, slot) > 0.6)
            yield break;
        var start = DateTimeOffset.UnixEpoch + slot * Slot + Noise.Unit(seed ^ 1, slot) * Slot;
        if (levels.Count == 0 || Noise.Unit(seed ^ 2, slot) < 0.25)
        {
            yield return new Episode(
                "connection lost",
                start,
                TimeSpan.FromMinutes(Noise.Between(seed ^ 3, slot, 8, 40))
            )
            {
                IsSilent = true,
            };
            yield break;
        }

        var (capability, profile) = levels[(int)(Noise.Unit(seed ^ 4, slot) * levels.Count)];
        yield return new Episode(
            $"{capability.Label} out of range",
            start,
            TimeSpan.FromMinutes(Noise.Between(seed ^ 5, slot, 20, 90))
        )
        {
            Effects =
            [
                new Effect(capability.Path)
                {
                    Target = FarFrom(profile, isUp: Noise.Unit(seed ^ 6, slot) < 0.7),
                    Onset = TimeSpan.FromMinutes(12),
                    Recovery = TimeSpan.FromMinutes(15),
                },
            ],
        };
    }

    /// <summary>Beyond all the value does by itself, and beyond its limit where it has one.</summary>
    private static double FarFrom(LevelProfile profile, bool isUp)
    {
        var reach = 3 * (Math.Abs(profile.Day) + profile.Drift + profile.Spread + 4 * profile.Noise);
        if (isUp)
            return Math.Max(profile.Center + reach, profile.Max + reach / 4 ?? double.MinValue);
        return Math.Min(profile.Center - reach, profile.Min - reach / 4 ?? double.MaxValue);
    }
}
