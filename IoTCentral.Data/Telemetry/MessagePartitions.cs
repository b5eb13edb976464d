using System.Collections.Concurrent;
using IoTCentral.Data.Common;
using IoTCentral.Data.Telemetry.Retention;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Data.Telemetry;

/// <summary>Makes the log's day partitions ahead of time and drops those beyond retention, whole.</summary>
internal sealed class MessagePartitions(
    SystemDb db,
    RetentionSweep sweep,
    TimeProvider time,
    ILogger<MessagePartitions> logger
) : BackgroundService
{
    // Each one costs a little in each question for what is not sealed.
    private const int DaysAhead = 1;
    private readonly ConcurrentDictionary<DateOnly, bool> _known = new();

    /// <summary>There is a partition for messages received on this day (UTC).</summary>
    public async ValueTask EnsureAsync(DateOnly day, CancellationToken ct)
    {
        if (_known.ContainsKey(day))
            return;
        await db.FindAsync<string>(
            "select ensure_message_partition(@day::date)",
            new { day = day.ToDateTime(default) },
            ct
        );
        _known[day] = true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var hourly = new PeriodicTimer(TimeSpan.FromHours(1), time);
        do
        {
            try
            {
                await TendAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogWarning(e, "Partitions of the message log could not be tended; trying again in an hour.");
            }
        } while (await hourly.WaitForNextTickAsync(stoppingToken));
    }

    // A whole day stays in the log, since repeats are looked for there.
    private async Task DropSealedAsync(DateOnly today, CancellationToken ct)
    {
        var before = today.AddDays(-1).ToDateTime(default);
        while (
            await db.FindAsync<string>("select drop_sealed_partition(@before::date)", new { before }, ct) is { } dropped
        )
            logger.LogInformation("All of it is sealed, so this part of the log was dropped: {Partition}.", dropped);
        foreach (var day in _known.Keys.Where(d => d < today.AddDays(-1)))
            _known.TryRemove(day, out _);
    }

    internal async Task TendAsync(CancellationToken ct)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        for (var ahead = 0; ahead <= DaysAhead; ahead++)
            await EnsureAsync(today.AddDays(ahead), ct);
        await DropSealedAsync(today, ct);
        if (await sweep.SweepAsync(ct) is not { } days)
            return;
        var dropped = await db.QueryAsync<string>(
            "select drop_message_partitions(@before::date)",
            new { before = today.AddDays(-days).ToDateTime(default) },
            ct
        );
        foreach (var name in dropped)
            logger.LogInformation("Messages beyond retention dropped: {Partition}.", name);
    }
}
