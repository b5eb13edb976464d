using IoTCentral.Core.Telemetry;
using IoTCentral.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Data.Telemetry;

/// <summary>Keeps the log's index of positions up with the writer, so that a consumer that is behind reads what it asks for.</summary>
internal sealed class LogSummaries(SystemDb db, CommittedLog committed, TimeProvider time, ILogger<LogSummaries> logger)
    : BackgroundService
{
    // At full load half a million messages, which cost a tenth of a second to summarize or to read over.
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pace, time);
        long summarized = -1;
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var newest = committed.LastPosition;
                if (newest != summarized && await TrySummarizeAsync(stoppingToken))
                    summarized = newest;
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
