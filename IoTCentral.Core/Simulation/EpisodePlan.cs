namespace IoTCentral.Core.Simulation;

/// <summary>
/// All that goes wrong with a device, past and to come: some episodes at fixed times, and others made slot by slot, so
/// that those of any time can be asked for.
/// </summary>
public sealed class EpisodePlan
{
    // An episode with its recovery is felt for less than this; so only slots that began within it matter.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(8);

    private readonly IReadOnlyList<Episode> _fixed;
    private readonly TimeSpan _slot;
    private readonly Func<long, IEnumerable<Episode>>? _make;

    /// <param name="slot">Length of a slot; number 0 begins at 1970.</param>
    /// <param name="make">Episodes that begin in a slot; the same ones whenever it is asked. Null: none.</param>
    public EpisodePlan(IReadOnlyList<Episode> fixedOnes, TimeSpan slot, Func<long, IEnumerable<Episode>>? make)
    {
        _fixed = fixedOnes;
        _slot = slot;
        _make = make;
    }

    public static EpisodePlan None { get; } = new([], TimeSpan.FromDays(1), null);

    /// <summary>Episodes that are felt at some time of the range.</summary>
    public IReadOnlyList<Episode> Between(DateTimeOffset from, DateTimeOffset to)
    {
        var felt = _fixed.Where(e => e.Start < to && e.Over >= from).ToList();
        if (_make is null)
            return felt;
        for (var slot = SlotOf(from - Longest); slot <= SlotOf(to); slot++)
            felt.AddRange(_make(slot).Where(e => e.Start < to && e.Over >= from));
        return felt;
    }

    private long SlotOf(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / _slot.Ticks;
}
