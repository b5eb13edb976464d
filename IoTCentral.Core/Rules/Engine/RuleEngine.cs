using System.Diagnostics.Metrics;
using IoTCentral.Core.Live;
using IoTCentral.Core.Rules.Notices;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Core.Rules.Engine;

/// <summary>What the engine reads and writes.</summary>
public sealed record RuleStorage(
    ITenantStore Tenants,
    IRuleStore Rules,
    TemplateCatalog Templates,
    IRuleDeviceSource Devices,
    IRuleHistory History,
    LastValueKeeper LastValues,
    IRuleJournal Journal
);

/// <summary>
/// Judges every committed message and every timer, once: what it decides and the place it has come to are one
/// transaction. Memory is only a cache: when storage was away, or anything unforeseen happens, it is thrown away and
/// everything goes on from the last commit, as after a restart.
/// </summary>
public sealed class RuleEngine(
    CommittedLog log,
    RuleStorage storage,
    AlertNotices notices,
    ChangeFeed changes,
    TimeProvider time,
    IMeterFactory meters,
    ILogger<RuleEngine> logger
) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly RuleMetrics _metrics = new(meters, log);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                using var run = new RuleRun(log, storage, notices, changes, time, _metrics, logger);
                await run.StartAsync(stoppingToken);
                while (true)
                    await run.StepAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // What was judged since the last commit is judged again by the next start.
                return;
            }
            catch (Exception e)
            {
                _metrics.Restarts.Add(1);
                logger.LogWarning(e, "Rules: judging was interrupted; going on from the last commit.");
                await TryWaitAsync(stoppingToken);
            }
        }
    }

    private async Task TryWaitAsync(CancellationToken ct)
    {
        try
        {
            await Task.Delay(RetryAfter, time, ct);
        }
        catch (OperationCanceledException)
        {
            // the loop ends by itself
        }
    }
}

/// <summary>What on-call people watch of the rules.</summary>
internal sealed class RuleMetrics
{
    private readonly CommittedLog _log;
    private long _position = -1;
    private int _pairs;

    public RuleMetrics(IMeterFactory meters, CommittedLog log)
    {
        _log = log;
        var meter = meters.Create("IoTCentral.Rules");
        Messages = meter.CreateCounter<long>("iotc.rules.messages", "{message}", "Messages judged.");
        Alerts = meter.CreateCounter<long>("iotc.rules.alerts", "{alert}", "Alerts opened.");
        Stopped = meter.CreateCounter<long>("iotc.rules.stopped", "{rule}", "Rules set aside because they failed.");
        Restarts = meter.CreateCounter<long>("iotc.rules.restarts", "{restart}", "Times judging began anew.");
        meter.CreateObservableGauge("iotc.rules.lag", Lag, "{message}", "Messages committed but not judged yet.");
        meter.CreateObservableGauge(
            "iotc.rules.pairs",
            () => Volatile.Read(ref _pairs),
            "{pair}",
            "Rules times devices they concern."
        );
    }

    public Counter<long> Messages { get; }
    public Counter<long> Alerts { get; }
    public Counter<long> Stopped { get; }
    public Counter<long> Restarts { get; }

    public void At(long position, int pairs)
    {
        Volatile.Write(ref _position, position);
        Volatile.Write(ref _pairs, pairs);
    }

    private long Lag()
    {
        var position = Volatile.Read(ref _position);
        return position < 0 ? 0 : Math.Max(0, _log.LastPosition - position);
    }
}
