using System.Collections.Concurrent;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Hub.Devices;

/// <summary>
/// A sustained rate with a second's burst. Whoever is over it waits; nothing is dropped. One word of state: the time up
/// to which the rate is used.
/// </summary>
internal sealed class Rate(int perSecond, TimeProvider time)
{
    private readonly long _cost = perSecond == 0 ? 0 : time.TimestampFrequency / perSecond;
    private long _usedUpTo;

    /// <summary>Counts one message; how long to wait before the next.</summary>
    public TimeSpan Take()
    {
        if (_cost == 0)
            return TimeSpan.Zero;
        var now = time.GetTimestamp();
        while (true)
        {
            var before = Volatile.Read(ref _usedUpTo);
            var after = Math.Max(before, now) + _cost;
            if (Interlocked.CompareExchange(ref _usedUpTo, after, before) != before)
                continue;
            var over = after - now - time.TimestampFrequency;
            return over <= 0 ? TimeSpan.Zero : time.GetElapsedTime(0, over);
        }
    }
}

/// <summary>Rates that devices of one application share.</summary>
internal sealed class RateLimits(LimitOptions limits, TimeProvider time)
{
    // Devices that ask request by request; forgotten all at once, which gives each a second's burst.
    private const int MostKept = 50_000;

    private readonly ConcurrentDictionary<TenantId, Rate> _applications = new();
    private readonly ConcurrentDictionary<long, Rate> _devices = new();

    public int DeviceMessagesPerSecond => limits.DeviceMessagesPerSecond;
    public int ApplicationMessagesPerSecond => limits.ApplicationMessagesPerSecond;

    public Rate OfDevice() => new(limits.DeviceMessagesPerSecond, time);

    /// <summary>Of a device whose requests come one by one, without a connection that could keep it.</summary>
    public Rate OfDevice(long deviceKey)
    {
        if (_devices.Count >= MostKept)
            _devices.Clear();
        return _devices.GetOrAdd(deviceKey, _ => OfDevice());
    }

    public Rate OfApplication(TenantId tenant) =>
        _applications.GetOrAdd(tenant, _ => new Rate(limits.ApplicationMessagesPerSecond, time));
}
