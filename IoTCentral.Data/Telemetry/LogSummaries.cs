using IoTCentral.Core.Telemetry;
using IoTCentral.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Data.Telemetry;

/// <summary>Keeps the log's index of positions up with the writer, so that a consumer that is behind reads what it asks for.</summary>
internal sealed class LogSummaries(SystemDb db, CommittedLog committed, TimeProvider time, ILogger<LogSummaries> logger)
    : BackgroundService
{
    // Each question about positions reads over what is not summarized, some ten million messages a second: a millisecond of
    // it. At full load they come in a tenth of a second, and are summarized five tenths at a time.
    private const int Enough = 10_000;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pace, time);
        long summarized = -1;
        var at = time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var newest = committed.LastPosition;
                var isDue = newest - summarized >= Enough || time.GetElapsedTime(at) >= Longest;
                if (newest == summarized || !isDue || !await TrySummarizeAsync(stoppingToken))
                    continue;
                (summarized, at) = (newest, time.GetTimestamp());
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // what is not summarized is read over, no more
        }
    }

    private async Task<bool> TrySummarizeAsync(CancellationToken ct)
    {
        try
        {
            return await SummarizeAsync(ct) >= 0;
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            logger.LogWarning(e, "The log's index of positions could not be brought up to date; trying again.");
            return false;
        }
    }

    /// <summary>How many page ranges were summarized; -1: somebody else held the lock.</summary>
    internal Task<int> SummarizeAsync(CancellationToken ct)
    {
        // yesterday's partition may have been filled to the last moment
        var since = time.GetUtcNow().UtcDateTime.Date.AddDays(-1);
        return db.FindAsync<int>("select summarize_message_log(@since::date)", new { since }, ct);
    }
}
