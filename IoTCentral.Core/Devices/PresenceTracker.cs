using IoTCentral.Core.Tenants;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Core.Devices;

/// <summary>Name of this node: two living programs never share one (it holds the address they listen on).</summary>
public sealed record NodeName(string Value);

/// <summary>
/// Notes who is connected and heard, and saves it in batches: a device costs at most one row a second however often it
/// speaks. Presences carry this run's epoch, so that a killed program leaves no ghosts.
/// </summary>
public sealed class PresenceTracker(
    IPresenceStore store,
    ChangeFeed changes,
    NodeName node,
    TimeProvider time,
    ILogger<PresenceTracker> logger
) : BackgroundService
{
    private static readonly TimeSpan SaveEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private Dictionary<(TenantId, long), PresenceChange> _pending = [];
    private long? _epoch;
    private DateTimeOffset _heartbeat;

    public void Connected(TenantId tenant, long deviceKey) =>
        Note(
            new PresenceChange
            {
                TenantId = tenant,
                DeviceKey = deviceKey,
                IsConnected = true,
                IsNews = true,
                ConnectedAt = time.GetUtcNow(),
            }
        );

    public void Disconnected(TenantId tenant, long deviceKey) =>
        Note(
            new PresenceChange
            {
                TenantId = tenant,
                DeviceKey = deviceKey,
                IsConnected = false,
                IsNews = true,
                DisconnectedAt = time.GetUtcNow(),
            }
        );

    /// <summary>The device was heard; tell it every few seconds, not for each message.</summary>
    /// <param name="isFirst">
    /// Since it connected. A page opened just after it has missed the message itself, and learns of it by the change.
    /// </param>
    public void Heard(TenantId tenant, long deviceKey, DateTimeOffset received, bool isFirst) =>
        Note(
            new PresenceChange
            {
                TenantId = tenant,
                DeviceKey = deviceKey,
                LastMessageAt = received,
                IsNews = isFirst,
            }
        );

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(SaveEvery, time);
        try
        {
            do
            {
                await TickAsync(stoppingToken);
            } while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // StopAsync ends the epoch.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TickAsync(cancellationToken);
        if (_epoch is { } epoch)
            await TryAsync(() => store.EndEpochAsync(epoch, time.GetUtcNow(), cancellationToken), cancellationToken);
    }

    /// <summary>Saves what is new; storage away: it goes on waiting, merged per device.</summary>
    internal Task TickAsync(CancellationToken ct) =>
        TryAsync(
            async () =>
            {
                var now = time.GetUtcNow();
                if (_epoch is not { } epoch)
                {
                    _epoch = epoch = await store.BeginEpochAsync(node.Value, now, DeadAfter, ct);
                    _heartbeat = now;
                }
                else if (now - _heartbeat >= HeartbeatEvery)
                {
                    await store.HeartbeatAsync(epoch, now, DeadAfter, ct);
                    _heartbeat = now;
                }

                await SaveAsync(epoch, ct);
            },
            ct
        );

    private async Task SaveAsync(long epoch, CancellationToken ct)
    {
        Dictionary<(TenantId, long), PresenceChange> taken;
        lock (_lock)
        {
            if (_pending.Count == 0)
                return;
            (taken, _pending) = (_pending, []);
        }

        try
        {
            await store.SaveAsync(epoch, [.. taken.Values], ct);
        }
        catch
        {
            PutBack(taken);
            throw;
        }

        foreach (var saved in taken.Values.Where(p => p.IsNews))
            changes.Publish(new Change(saved.TenantId, ChangeKind.Connection, saved.DeviceKey));
    }

    private void Note(PresenceChange change)
    {
        lock (_lock)
        {
            var key = (change.TenantId, change.DeviceKey);
            _pending[key] = _pending.TryGetValue(key, out var earlier) ? earlier.Then(change) : change;
        }
    }

    private void PutBack(Dictionary<(TenantId, long), PresenceChange> taken)
    {
        lock (_lock)
        {
            foreach (var (key, earlier) in taken)
                _pending[key] = _pending.TryGetValue(key, out var later) ? earlier.Then(later) : earlier;
        }
    }

    private async Task TryAsync(Func<Task> work, CancellationToken ct)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            logger.LogWarning(e, "Presences could not be saved; they wait.");
        }
    }
}
