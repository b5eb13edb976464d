using IoTCentral.Core.Tenants;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Core.Devices;

/// <summary>
/// Writes connection logs in batches behind the hub's back: a line never delays a device, and neither a flapping
/// device nor a scan of the internet can fill the disk.
/// </summary>
public sealed class ConnectionLogWriter(
    IConnectionLogStore store,
    ChangeFeed changes,
    TimeProvider time,
    ILogger<ConnectionLogWriter> logger
) : BackgroundService
{
    // While storage is away lines wait; beyond this the oldest go: 10,000 lines are about 5 MB.
    private const int MostWaiting = 10_000;
    private const int KeepAttempts = 10_000;
    private static readonly TimeSpan FlushEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan CleanEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan KeepLinesFor = TimeSpan.FromDays(30);
    private static readonly TimeSpan KeepAttemptsFor = TimeSpan.FromDays(7);

    private readonly Lock _lock = new();
    private readonly Queue<ConnectionLogEntry> _entries = new();
    private readonly Queue<ConnectionAttempt> _attempts = new();

    // A device may write 20 lines at once and 6 a minute in the long run: of its coming and going, and as many of the
    // reasons why it could not or may not any more, which are what the log is read for.
    private readonly LineBudget<(TenantId, string)> _devices = new(time, burst: 20, perMinute: 6);
    private readonly LineBudget<(TenantId, string)> _reasons = new(time, burst: 20, perMinute: 6);
    private readonly LogRuns _runs = new(time);
    private readonly Dictionary<Guid, ConnectionLogEntry> _repeats = [];

    // An address that belongs to nobody: 10 lines at once, 6 a minute; all of them together 300 a minute.
    private readonly LineBudget<string> _addresses = new(time, burst: 10, perMinute: 6);
    private readonly LineBudget<int> _everybody = new(time, burst: 300, perMinute: 300);
    private DateTimeOffset _cleaned = DateTimeOffset.MinValue;

    public void Write(ConnectionLogEntry entry)
    {
        lock (_lock)
        {
            var isReason = IsReason(entry);
            if (isReason && _runs.TryRepeat(entry, out var repeated))
            {
                _repeats[repeated.Run!.Value] = repeated;
                return;
            }

            var budget = isReason ? _reasons : _devices;
            if (!budget.Take((entry.TenantId, entry.DeviceId), out var leftOut))
                return;
            if (isReason)
                entry = _runs.Begin(entry);
            if (_entries.Count >= MostWaiting)
                _entries.Dequeue();
            _entries.Enqueue(leftOut == 0 ? entry : entry with { Detail = $"{entry.Detail} {LeftOut(leftOut)}" });
        }
    }

    /// <summary>Not mere coming and going.</summary>
    private static bool IsReason(ConnectionLogEntry entry) =>
        entry.Kind switch
        {
            ConnectionEvent.Connected or ConnectionEvent.Provisioned => false,
            ConnectionEvent.Disconnected => entry.Code
                is not (ConnectionCode.Disconnected or ConnectionCode.ConnectionLost or ConnectionCode.ShuttingDown),
            _ => true,
        };

    public void Write(ConnectionAttempt attempt)
    {
        lock (_lock)
        {
            if (!_addresses.Take(attempt.Address, out var leftOut) || !_everybody.Take(0, out _))
                return;
            if (_attempts.Count >= MostWaiting)
                _attempts.Dequeue();
            _attempts.Enqueue(
                leftOut == 0 ? attempt : attempt with { Detail = $"{attempt.Detail} {LeftOut(leftOut)}" }
            );
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(FlushEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TickAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // StopAsync writes what is left.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TickAsync(cancellationToken);
    }

    /// <summary>Writes what waits; storage away: it goes on waiting.</summary>
    internal async Task TickAsync(CancellationToken ct)
    {
        try
        {
            await FlushAsync(ct);
            await CleanAsync(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            logger.LogWarning(e, "Connection log lines could not be written; they wait.");
        }
    }

    private async Task FlushAsync(CancellationToken ct)
    {
        List<ConnectionLogEntry> entries;
        List<ConnectionLogEntry> repeats;
        List<ConnectionAttempt> attempts;
        lock (_lock)
        {
            entries = [.. _entries];
            repeats = [.. _repeats.Values];
            attempts = [.. _attempts];
        }

        if (entries.Count + repeats.Count + attempts.Count == 0)
            return;
        var counts = repeats.ToDictionary(r => r.Run!.Value, r => r.Count);
        List<ConnectionLogEntry> lines =
        [
            .. entries.Select(e => e.Run is { } run && counts.Remove(run, out var n) ? e with { Count = n } : e),
            .. repeats.Where(r => counts.ContainsKey(r.Run!.Value)),
        ];
        await store.AddAsync(lines, attempts, ct);
        lock (_lock)
        {
            Forget(_entries, entries);
            Forget(_attempts, attempts);
            foreach (var repeat in repeats)
            {
                if (ReferenceEquals(_repeats.GetValueOrDefault(repeat.Run!.Value), repeat))
                    _repeats.Remove(repeat.Run!.Value);
            }
        }

        foreach (var (tenant, key, id) in lines.Select(e => (e.TenantId, e.DeviceKey, e.DeviceId)).Distinct())
            changes.Publish(new Change(tenant, ChangeKind.ConnectionLog, key, id));
    }

    private async Task CleanAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (now - _cleaned < CleanEvery)
            return;
        await store.DeleteBeforeAsync(now - KeepLinesFor, now - KeepAttemptsFor, KeepAttempts, ct);
        _cleaned = now;
    }

    /// <summary>Takes the written ones off; while they were written the oldest may have been pushed out.</summary>
    private static void Forget<T>(Queue<T> queue, List<T> written)
        where T : class
    {
        var done = new HashSet<T>(written, ReferenceEqualityComparer.Instance);
        while (queue.TryPeek(out var oldest) && done.Contains(oldest))
            queue.Dequeue();
    }

    private static string LeftOut(int lines) =>
        lines == 1 ? "(One more line like this was left out.)" : $"({lines} more lines were left out.)";
}
