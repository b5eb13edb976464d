using IoTCentral.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>
/// Turns the log into chunks and packs in the background: what was received before the current hour, or sooner when much
/// has come since. When that is done it merges the small ones of yesterday. It works a small part of the time only, so that it
/// harms nobody when it has to catch up.
/// </summary>
internal sealed class Sealer(
    SystemDb db,
    SealPass pass,
    Merger merger,
    SealMetrics metrics,
    TimeProvider time,
    ILogger<Sealer> logger
) : BackgroundService
{
    // A pass is one transaction: a second of work, and some tens of megabytes.
    private const int MostMessages = 250_000;

    // Minutes of full load; an outage of hours at a usual one.
    private const int FarBehind = 10_000_000;
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(30);

    // Messages of the hour before may be committed a little into the next one; they are not left for an hour.
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);

    // A pass rests while it works, a merge does not.
    private bool _hasRested;
    private bool _isFarBehind;

    // All that was received before it is sealed; asking the log again would read all that has come since.
    private DateTime _sealedBefore = DateTime.MinValue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var pacer = new Pacer(time, Pacer.RestFor(isFarBehind: false));
                if (!await TryAsync(stoppingToken))
                    await Task.Delay(Pace, time, stoppingToken);
                else if (!_hasRested)
                    await pacer.RestAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // what is not sealed is read from the log
        }
    }

    /// <summary>True: there is more to do now.</summary>
    internal async Task<bool> TryAsync(CancellationToken ct)
    {
        try
        {
            _hasRested = await SealAsync(ct);
            return _hasRested || await merger.MergeAsync(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            metrics.Fail();
            logger.LogWarning(
                e,
                "Messages could not be sealed or merged; they are read from where they are, and it is tried again."
            );
            return false;
        }
    }

    internal async Task<bool> SealAsync(CancellationToken ct)
    {
        var (sealedTo, newest) = await db.FindAsync<(long, long)>(
            """
            select s.position, i.position from seal s join ingest_shard i using (shard) where shard = 0
            """,
            null,
            ct
        );
        _isFarBehind = newest - sealedTo > FarBehind;
        metrics.Wait(newest - sealedTo);
        if (newest - sealedTo > MostMessages)
        {
            var outcome = await RunAsync(sealedTo + MostMessages, ct);
            return newest - outcome.Position > MostMessages;
        }

        var hour = ThisHour();
        if (hour == _sealedBefore)
            return false;
        var upTo = await BeforeAsync(hour, sealedTo, newest, ct);
        if (upTo > sealedTo && (await RunAsync(upTo, ct)).Position < upTo)
            return true;
        _sealedBefore = hour;
        return false;
    }

    private async Task<SealOutcome> RunAsync(long upTo, CancellationToken ct)
    {
        var outcome = await pass.RunAsync(upTo, ct, Pacer.RestFor(_isFarBehind));
        metrics.Sealed(outcome);
        if (outcome.Left > 0)
            logger.LogWarning(
                "{Points} points have names beyond the {Most} that an application can have; they are in the raw data only.",
                outcome.Left,
                SignalTable.MostOfTenant
            );
        return outcome;
    }

    private DateTime ThisHour()
    {
        var now = time.GetUtcNow().UtcDateTime - Settled;
        return now.Date.AddHours(now.Hour);
    }

    private async Task<long> BeforeAsync(DateTime hour, long after, long upTo, CancellationToken ct) =>
        await db.FindAsync<long?>(
            """
            select max(position)
            from message_log
            where shard = 0 and position > @after and position <= @upTo and received < @hour
            """,
            new
            {
                after,
                upTo,
                hour,
            },
            ct
        ) ?? after;
}
