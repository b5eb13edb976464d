using System.Collections.Concurrent;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Tenants;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Core.Live;

/// <summary>Hands committed messages to open pages and keeps last values; in-process.</summary>
public sealed class LiveFeed(
    CommittedLog committed,
    ITelemetryStore store,
    LastValueKeeper keeper,
    TimeProvider time,
    ILogger<LiveFeed> logger
) : BackgroundService, ILiveFeed
{
    private const int ReadLimit = 5_000;

    // Newest stored messages that are looked through for last values; the keeper has what came before them.
    private const int RestoreMessages = 50;

    // Devices of one question to the database.
    private const int RestoredAtOnce = 2_000;

    // Last values that nobody has asked for this long are forgotten; the next one who asks restores them.
    private static readonly TimeSpan Remember = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<TenantId, ConcurrentDictionary<LiveSubscription, bool>> _subscriptions =
        new();
    private readonly ConcurrentDictionary<long, LastValues> _lastValues = new();
    private long _swept = time.GetTimestamp();

    // Position up to which messages went to whoever was there; -1 before the first are asked for.
    private long _handedOut = -1;

    public ILiveSubscription Subscribe(TenantId tenant, IReadOnlySet<long>? deviceKeys, int capacity = 10_000)
    {
        var ofTenant = _subscriptions.GetOrAdd(tenant, _ => new());
        var subscription = new LiveSubscription(deviceKeys, capacity, s => ofTenant.TryRemove(s, out _));
        ofTenant[subscription] = true;
        return subscription;
    }

    public async ValueTask<IReadOnlyDictionary<(string Component, string Name), LastValue>> LastValuesAsync(
        TenantId tenant,
        long deviceKey,
        CancellationToken ct
    )
    {
        ForgetUnasked();
        var values = Asked(tenant, deviceKey);
        if (values.Tenant != tenant)
            return new Dictionary<(string, string), LastValue>();
        if (!values.IsRestored)
            await RestoreAsync(tenant, new() { [deviceKey] = values }, ct);
        return values.Snapshot();
    }

    public async ValueTask<IReadOnlyDictionary<SeriesId, LastValue>> LastValuesAsync(
        TenantId tenant,
        IReadOnlyCollection<SeriesId> series,
        CancellationToken ct
    )
    {
        ForgetUnasked();
        var ofDevices = new Dictionary<long, LastValues>();
        foreach (var one in series)
        {
            if (!ofDevices.ContainsKey(one.DeviceKey))
                ofDevices[one.DeviceKey] = Asked(tenant, one.DeviceKey);
        }
        var missing = ofDevices.Where(d => !d.Value.IsRestored && d.Value.Tenant == tenant).ToDictionary();
        if (missing.Count > 0)
            await RestoreAsync(tenant, missing, ct);
        var found = new Dictionary<SeriesId, LastValue>(series.Count);
        foreach (var one in series)
        {
            var values = ofDevices[one.DeviceKey];
            if (values.Tenant == tenant && values.TryGet(one.Component, one.Name, out var value))
                found[one] = value;
        }
        return found;
    }

    // Put there before anything is read, so that nothing that is committed meanwhile is missed.
    private LastValues Asked(TenantId tenant, long deviceKey)
    {
        var values = _lastValues.GetOrAdd(deviceKey, _ => new LastValues(tenant));
        if (values.Tenant == tenant)
            values.AskedAt = time.GetTimestamp();
        return values;
    }

    /// <summary>What it has sent is gone; the next one who asks has what is left restored.</summary>
    public void Forget(long deviceKey) => _lastValues.TryRemove(deviceKey, out _);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var follower = committed.Follow();
        long? position = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                position ??= await committed.NewestPositionAsync(stoppingToken);
                Interlocked.Exchange(ref _handedOut, position.Value);
                // Pages may lose samples: when far behind, go on with the newest. Last values are restored when asked for.
                if (committed.LastPosition - position > 4 * ReadLimit)
                {
                    position = committed.LastPosition - ReadLimit;
                    Interlocked.Exchange(ref _handedOut, position.Value);
                    _lastValues.Clear();
                }
                var messages = await follower.ReadAfterAsync(position.Value, ReadLimit, stoppingToken);
                position = messages[^1].Message.Position;
                // before they are: whoever comes in between is told too little rather than wrong
                Interlocked.Exchange(ref _handedOut, position.Value);
                Deliver(messages);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogError(e, "Live feed: a batch could not be handed to pages.");
                await Task.Delay(1_000, stoppingToken);
            }
        }
    }

    private void Deliver(IReadOnlyList<CommittedMessage> messages)
    {
        foreach (var message in messages)
        {
            if (_lastValues.TryGetValue(message.Message.DeviceKey, out var values))
                values.Update(message);
            if (_subscriptions.TryGetValue(message.Message.Tenant, out var subscriptions))
            {
                foreach (var (subscription, _) in subscriptions)
                    subscription.Offer(message);
            }
        }

        foreach (var (_, subscriptions) in _subscriptions)
        {
            foreach (var (subscription, _) in subscriptions)
                subscription.Signal();
        }
    }

    /// <summary>It hands out what is committed.</summary>
    internal bool HasBegun => Interlocked.Read(ref _handedOut) >= 0;

    /// <summary>Devices of which last values are in memory.</summary>
    internal int LastValuesCount => _lastValues.Count;

    // By those who ask: nobody else makes it grow.
    private void ForgetUnasked()
    {
        var swept = Volatile.Read(ref _swept);
        if (
            time.GetElapsedTime(swept) < Remember / 10
            || Interlocked.CompareExchange(ref _swept, time.GetTimestamp(), swept) != swept
        )
            return;
        foreach (var entry in _lastValues)
        {
            if (time.GetElapsedTime(entry.Value.AskedAt) > Remember)
                _lastValues.TryRemove(entry);
        }
    }

    private async Task RestoreAsync(TenantId tenant, Dictionary<long, LastValues> devices, CancellationToken ct)
    {
        // What was handed out before the devices were put there, the keeper has read too, but after a restart until it is
        // there again: then the log tells.
        var handedOut = Interlocked.Read(ref _handedOut);
        var isKept = handedOut >= 0 && keeper.Position >= handedOut;
        foreach (var some in devices.Chunk(RestoredAtOnce))
        {
            long[] keys = [.. some.Select(d => d.Key)];
            var kept = await keeper.FindAsync(tenant, keys, ct);
            var newest = isKept ? null : await store.NewestAsync(tenant, keys, RestoreMessages, ct);
            foreach (var (key, values) in some)
            {
                foreach (var value in kept[key])
                    values.Update(value.Component, value.Value.MessageTime, value.Value.Received, [value.Value.Point]);
                if (newest is not null)
                    Restore(values, newest[key]);
                values.IsRestored = true;
            }
        }
    }

    private static void Restore(LastValues values, IEnumerable<RawMessage> newest)
    {
        var points = new List<Point>();
        foreach (var raw in newest)
        {
            points.Clear();
            if ((raw.Flags & (MessageFlags.Repeat | MessageFlags.ClockAhead)) == MessageFlags.None)
                PayloadReader.TryRead(raw.Body, points, out _);
            values.Update(raw.Component, raw.MessageTime, raw.Received, points);
        }
    }
}

/// <summary>The newest value of each signal of one device, by message time.</summary>
internal sealed class LastValues(TenantId tenant)
{
    // A device can name signals at will; beyond this many the device is broken or hostile.
    private const int MaxNames = 2_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Component, string Name), LastValue> _values = [];

    public TenantId Tenant => tenant;
    public bool IsRestored { get; set; }

    /// <summary>Timestamp of the last question about them.</summary>
    public long AskedAt { get; set; }

    public bool TryGet(string component, string name, out LastValue value)
    {
        lock (_lock)
            return _values.TryGetValue((component, name), out value);
    }

    public void Update(CommittedMessage message)
    {
        if (message.Message.Flags.HasFlag(MessageFlags.ClockAhead))
            return;
        Update(message.Message.Component, message.Message.MessageTime, message.Message.Received, message.Points);
    }

    public void Update(
        string component,
        DateTimeOffset messageTime,
        DateTimeOffset received,
        IReadOnlyList<Point> points
    )
    {
        lock (_lock)
        {
            foreach (var point in points)
            {
                var key = (component, point.Name);
                var known = _values.TryGetValue(key, out var last);
                if (known ? last.MessageTime <= messageTime : _values.Count < MaxNames)
                    _values[key] = new(point, messageTime, received);
            }
        }
    }

    public IReadOnlyDictionary<(string Component, string Name), LastValue> Snapshot()
    {
        lock (_lock)
            return new Dictionary<(string, string), LastValue>(_values);
    }
}

/// <summary>A bounded buffer: when it is full the oldest message goes.</summary>
internal sealed class LiveSubscription(IReadOnlySet<long>? deviceKeys, int capacity, Action<LiveSubscription> end)
    : ILiveSubscription
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _signal = new(0, 1);
    private Queue<CommittedMessage> _buffer = new();
    private long _dropped;

    public long Dropped => Interlocked.Read(ref _dropped);

    public void Offer(CommittedMessage message)
    {
        if (deviceKeys is not null && !deviceKeys.Contains(message.Message.DeviceKey))
            return;
        lock (_lock)
        {
            if (_buffer.Count >= capacity)
            {
                _buffer.Dequeue();
                _dropped++;
            }

            _buffer.Enqueue(message);
        }
    }

    public void Signal()
    {
        lock (_lock)
        {
            if (_buffer.Count > 0 && _signal.CurrentCount == 0)
                _signal.Release();
        }
    }

    public async ValueTask<IReadOnlyList<CommittedMessage>> ReadAsync(CancellationToken ct)
    {
        while (true)
        {
            await _signal.WaitAsync(ct);
            lock (_lock)
            {
                if (_buffer.Count == 0)
                    continue;
                CommittedMessage[] all = [.. _buffer];
                _buffer = new();
                return all;
            }
        }
    }

    public void Dispose() => end(this);
}
