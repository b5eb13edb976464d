namespace IoTCentral.Web.Ui.Charts;

/// <summary>
/// Gives each device of a page one of the eight series colours, the same in every chart and, but for collisions, on
/// every visit. Beyond eight a colour is used again, dashed. One per page, handed to its charts.
/// </summary>
public sealed class SeriesColors
{
    public const int Count = 8;

    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);
    private readonly HashSet<int> _taken = [];

    /// <summary>The colour of this id, 1–8, and whether its lines are dashed.</summary>
    public (int Color, bool IsDashed) Of(string id)
    {
        if (!_slots.TryGetValue(id, out var slot))
            _slots[id] = slot = Free(id);
        return (slot % Count + 1, slot >= Count);
    }

    // its own place by hash, else the next free one; when all eight are taken, the second round
    private int Free(string id)
    {
        var wish = (int)(Hash(id) % Count);
        var round = _taken.Count < Count ? 0 : Count;
        for (var i = 0; i < Count; i++)
        {
            var slot = (wish + i) % Count + round;
            if (_taken.Add(slot))
                return slot;
        }
        return wish + Count;
    }

    // FNV-1a: string.GetHashCode differs from start to start
    private static uint Hash(string id)
    {
        var hash = 2166136261u;
        foreach (var c in id)
            hash = (hash ^ c) * 16777619u;
        return hash;
    }
}
