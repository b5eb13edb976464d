using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Core.Live;

/// <summary>
/// Keeps what is known of signals that come seldom: the newest messages of a busy device do not hold the value that came
/// an hour ago. A value is written once nothing has replaced it for a minute; signals that come all the time are never
/// written. Follows the log durably: its checkpoint stays before the oldest value that is not written yet.
/// </summary>
public sealed class LastValueKeeper(
    CommittedLog committed,
    ICheckpointStore checkpoints,
    ILastValueStore store,
    TimeProvider time,
    ILogger<LastValueKeeper> logger
) : BackgroundService
{
    private const string Consumer = "last-values";
    private const int ReadLimit = 5_000;
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<long, Recent> _recent = [];
    private long? _position;
    private long? _reached;

    /// <summary>Position up to which it knows what came; null before it has begun.</summary>
    public long? Position
    {
        get
        {
            lock (_lock)
                return _position;
        }
    }

    /// <summary>All that is known of these devices beyond their newest messages; a signal may be there twice, the newer last.</summary>
    public async Task<ILookup<long, SignalValue>> FindAsync(
        TenantId tenant,
        IReadOnlyList<long> deviceKeys,
        CancellationToken ct
    )
    {
        // Memory before the table: what moves from one to the other meanwhile is seen at least once.
        var recent = new List<SignalValue>();
        lock (_lock)
        {
            foreach (var key in deviceKeys)
            {
                if (_recent.TryGetValue(key, out var of) && of.Tenant == tenant)
                    recent.AddRange(of.Values(key));
            }
        }

        return (await store.FindAsync(tenant, deviceKeys, ct)).Concat(recent).ToLookup(v => v.DeviceKey);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(FollowAsync(stoppingToken), WriteAsync(stoppingToken));

    private async Task FollowAsync(CancellationToken ct)
    {
        using var follower = committed.Follow();
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var position = _position ?? await BeginAsync(ct);
                Take(await follower.ReadAfterAsync(position, ReadLimit, ct));
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogWarning(e, "Last values cannot be followed at the moment; trying again.");
                await Task.Delay(RetryAfter, time, CancellationToken.None);
            }
        }
    }

    private async Task<long> BeginAsync(CancellationToken ct)
    {
        var position = await checkpoints.FindAsync(Consumer, ct);
        lock (_lock)
            _position = position;
        return position;
    }

    private async Task WriteAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Pace, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
                await TryWriteAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // What is not written is before the checkpoint's successor: the next start reads it again.
        }
    }

    private async Task TryWriteAsync(CancellationToken ct)
    {
        try
        {
            await WriteSettledAsync(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            logger.LogWarning(e, "Last values cannot be written at the moment; trying again.");
        }
    }

    internal void Take(IReadOnlyList<CommittedMessage> messages)
    {
        lock (_lock)
        {
            foreach (var (message, points) in messages)
            {
                _position = message.Position;
                if (points.Length == 0 || message.Flags.HasFlag(MessageFlags.ClockAhead))
                    continue;
                if (!_recent.TryGetValue(message.DeviceKey, out var recent))
                    _recent[message.DeviceKey] = recent = new(message.Tenant);
                recent.Take(message, points);
            }
        }
    }

    /// <summary>Writes what nothing has replaced for a minute, then moves the checkpoint.</summary>
    internal async Task WriteSettledAsync(CancellationToken ct)
    {
        var before = time.GetUtcNow() - Settled;
        List<(Recent Recent, SignalValue Value)> settled;
        lock (_lock)
            settled = [.. _recent.SelectMany(r => r.Value.Settled(r.Key, before).Select(v => (r.Value, v)))];
        foreach (var tenant in settled.GroupBy(s => s.Recent.Tenant))
        {
            foreach (var chunk in tenant.Select(s => s.Value).Chunk(ReadLimit))
                await store.SaveAsync(tenant.Key, chunk, ct);
        }

        long? position;
        lock (_lock)
        {
            foreach (var (recent, value) in settled)
                recent.Forget(value);
            foreach (var (key, _) in _recent.Where(r => r.Value.IsEmpty).ToList())
                _recent.Remove(key);
            position = _recent.Count == 0 ? _position : _recent.Values.Min(r => r.Oldest) - 1;
        }

        if (position is not { } reached || reached == _reached)
            return;
        await checkpoints.PutAsync(Consumer, reached, ct);
        _reached = reached;
    }

    /// <summary>Values of one device that are not written yet.</summary>
    private sealed class Recent(TenantId tenant)
    {
        // A device can name signals at will; beyond this many it is broken or hostile.
        private const int MaxNames = 2_000;

        private readonly Dictionary<(string Component, string Name), (LastValue Value, long Position)> _values = [];

        public TenantId Tenant => tenant;
        public bool IsEmpty => _values.Count == 0;
        public long Oldest => _values.Values.Min(v => v.Position);

        public IEnumerable<SignalValue> Values(long deviceKey) =>
            _values.Select(v => new SignalValue(deviceKey, v.Key.Component, v.Value.Value));

        public IEnumerable<SignalValue> Settled(long deviceKey, DateTimeOffset before) =>
            _values
                .Where(v => v.Value.Value.Received < before)
                .Select(v => new SignalValue(deviceKey, v.Key.Component, v.Value.Value));

        public void Take(DeviceMessage message, Point[] points)
        {
            foreach (ref readonly var point in points.AsSpan())
            {
                var key = (message.Component, point.Name);
                var isKnown = _values.TryGetValue(key, out var known);
                if (isKnown ? known.Value.MessageTime <= message.MessageTime : _values.Count < MaxNames)
                    _values[key] = (new(point, message.MessageTime, message.Received), message.Position);
            }
        }

        /// <summary>It is written; unless a newer one came meanwhile.</summary>
        public void Forget(SignalValue written)
        {
            var key = (written.Component, written.Value.Point.Name);
            if (_values.TryGetValue(key, out var known) && known.Value == written.Value)
                _values.Remove(key);
        }
    }
}
