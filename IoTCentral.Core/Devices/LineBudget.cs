namespace IoTCentral.Core.Devices;

/// <summary>
/// How many lines each key may write: so many at once, so many a minute in the long run. Not thread-safe; the number of
/// keys is bounded by forgetting those whose budget is whole again.
/// </summary>
internal sealed class LineBudget<TKey>(TimeProvider time, int burst, int perMinute)
    where TKey : notnull
{
    private const int MostKeys = 20_000;

    private readonly Dictionary<TKey, (double Left, long At, int LeftOut)> _keys = [];

    /// <summary>False: over the budget. <paramref name="leftOut"/> is how many were refused since the last one taken.</summary>
    public bool Take(TKey key, out int leftOut)
    {
        var now = time.GetTimestamp();
        var (left, at, refused) = _keys.TryGetValue(key, out var known) ? known : (burst, now, 0);
        left = Math.Min(burst, left + time.GetElapsedTime(at, now).TotalMinutes * perMinute);
        leftOut = left >= 1 ? refused : 0;
        if (_keys.Count >= MostKeys && known == default)
            Forget(now);
        _keys[key] = left >= 1 ? (left - 1, now, 0) : (left, now, refused + 1);
        return left >= 1;
    }

    private void Forget(long now)
    {
        foreach (var (key, (left, at, _)) in _keys)
        {
            if (left + time.GetElapsedTime(at, now).TotalMinutes * perMinute >= burst)
                _keys.Remove(key);
        }

        // All of them busy at once is an attack from many addresses: starting over costs some lines, not memory.
        if (_keys.Count >= MostKeys)
            _keys.Clear();
    }
}
