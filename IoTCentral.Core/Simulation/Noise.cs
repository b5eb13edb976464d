namespace IoTCentral.Core.Simulation;

/// <summary>
/// Randomness as a function: the same seed and place give the same number, today and in a year. So history can be asked
/// for at any time and is what live generation gave.
/// </summary>
internal static class Noise
{
    /// <summary>A seed of its own for a part of something that has one.</summary>
    public static ulong Seed(ulong seed, string name)
    {
        // FNV-1a, because string.GetHashCode differs from run to run
        var hash = 14695981039346656037UL;
        foreach (var c in name)
            hash = (hash ^ c) * 1099511628211UL;
        return Mix(seed ^ hash);
    }

    /// <summary>Evenly spread in 0 ≤ x &lt; 1.</summary>
    public static double Unit(ulong seed, long place) =>
        (Mix(seed + (ulong)place * 0x9E3779B97F4A7C15UL) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Evenly spread from one number to another.</summary>
    public static double Between(ulong seed, long place, double min, double max) =>
        min + Unit(seed, place) * (max - min);

    /// <summary>Bell-shaped around 0, nearly always within ±2.</summary>
    public static double Bell(ulong seed, long place) =>
        (Unit(seed, place) + Unit(seed ^ 0x5bd1e995, place) + Unit(seed ^ 0xc2b2ae35, place) - 1.5) * 1.4;

    /// <summary>A smooth wander between -1 and 1 that is new about every 1 of <paramref name="x"/>.</summary>
    public static double Wander(ulong seed, double x)
    {
        var left = Math.Floor(x);
        var part = x - left;
        var smooth = part * part * (3 - 2 * part);
        var (a, b) = (Unit(seed, (long)left), Unit(seed, (long)left + 1));
        return 2 * (a + (b - a) * smooth) - 1;
    }

    // SplitMix64's finalizer
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
