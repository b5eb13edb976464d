using System.Collections.Concurrent;

namespace IoTCentral.Web.Security;

/// <summary>
/// Counts attempts by a key (an address, an account) before they are judged, so that many at the same moment count too.
/// Each key has a bucket of tries that refills one by one.
/// </summary>
/// <param name="tries">Tries in a row before waiting begins.</param>
/// <param name="refill">How long one try takes to come back.</param>
internal sealed class AttemptLimiter(int tries, TimeSpan refill, TimeProvider time)
{
    // Full buckets are forgotten when this many are known; an attacker with more addresses has other ways.
    private const int MaxKeys = 50_000;

    // the moment at which a key's bucket is full again; keys that are not here are full
    private readonly ConcurrentDictionary<string, DateTimeOffset> _fullAt = new(StringComparer.Ordinal);

    /// <summary>Takes a try; false when there is none left before <paramref name="wait"/> has passed.</summary>
    public bool TryTake(string key, out TimeSpan wait)
    {
        var now = time.GetUtcNow();
        Forget(now);
        while (true)
        {
            var known = _fullAt.TryGetValue(key, out var fullAt);
            var next = (fullAt > now ? fullAt : now) + refill;
            wait = next - now - (refill * tries);
            if (wait > TimeSpan.Zero)
                return false;
            if (known ? _fullAt.TryUpdate(key, next, fullAt) : _fullAt.TryAdd(key, next))
                return true;
        }
    }

    /// <summary>Gives one try back: it was a right one.</summary>
    public void GiveBack(string key)
    {
        while (_fullAt.TryGetValue(key, out var fullAt) && !_fullAt.TryUpdate(key, fullAt - refill, fullAt)) { }
    }

    /// <summary>All tries are there again.</summary>
    public void Reset(string key) => _fullAt.TryRemove(key, out _);

    private void Forget(DateTimeOffset now)
    {
        if (_fullAt.Count < MaxKeys)
            return;
        foreach (var (key, fullAt) in _fullAt)
        {
            if (fullAt <= now)
                _fullAt.TryRemove(new(key, fullAt));
        }
    }
}
