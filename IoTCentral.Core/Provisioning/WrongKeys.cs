using System.Net;
using IoTCentral.Core.Installation;

namespace IoTCentral.Core.Provisioning;

/// <summary>
/// Slows who tries key after key: each device id and address together have so many wrong keys a minute, then their
/// attempts wait. Other devices behind the same address notice nothing.
/// </summary>
public sealed class WrongKeys(LimitOptions limits, TimeProvider time)
{
    // Above this many pairs at once the whole memory starts over: an attack that wide is bounded by its addresses.
    private const int MostPairs = 50_000;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Id, IPAddress Address), long> _busyUntil = [];

    /// <summary>
    /// Call before a key is looked at. How long to wait first; null: refuse without looking, since more attempts are
    /// waiting than the limit allows in a while.
    /// </summary>
    public TimeSpan? Reserve(string id, IPAddress address)
    {
        if (limits.WrongKeysPerMinute == 0)
            return TimeSpan.Zero;
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var spent = SpentUntil((id, address), now);
            // A whole minute's allowance may be spent at once, then one attempt every so often.
            var wait = TimeSpan.FromMinutes(1.0 / limits.WrongKeysPerMinute) + time.GetElapsedTime(now, spent);
            wait -= TimeSpan.FromMinutes(1);
            if (wait > LongestWait)
                return null;
            Spend((id, address), spent, +1, now);
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
    }

    /// <summary>The key was right: the attempt costs nothing.</summary>
    public void GiveBack(string id, IPAddress address)
    {
        if (limits.WrongKeysPerMinute == 0)
            return;
        lock (_lock)
        {
            var now = time.GetTimestamp();
            Spend((id, address), SpentUntil((id, address), now), -1, now);
        }
    }

    private long SpentUntil((string, IPAddress) pair, long now) =>
        _busyUntil.TryGetValue(pair, out var until) && until > now ? until : now;

    private void Spend((string, IPAddress) pair, long spent, int attempts, long now)
    {
        var until = spent + attempts * time.TimestampFrequency * 60 / limits.WrongKeysPerMinute;
        if (until <= now)
        {
            _busyUntil.Remove(pair);
            return;
        }

        if (_busyUntil.Count >= MostPairs)
            Forget(now);
        _busyUntil[pair] = until;
    }

    private void Forget(long now)
    {
        foreach (var (pair, until) in _busyUntil)
        {
            if (until <= now)
                _busyUntil.Remove(pair);
        }

        if (_busyUntil.Count >= MostPairs)
            _busyUntil.Clear();
    }
}
