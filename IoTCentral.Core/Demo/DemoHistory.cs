using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Simulation;
using IoTCentral.Core.Simulation.Demo;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Core.Demo;

/// <summary>Fills a demo's past week through the ordinary way of a message, while people already look at its present.</summary>
public sealed class DemoHistory(
    DemoContentPart content,
    DemoRules rules,
    DemoAlerts alerts,
    IDeviceStore devices,
    ITelemetryStore telemetry,
    IIngest ingest,
    TimeProvider time,
    ILogger<DemoHistory> logger
) : BackgroundService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var application in content.UnfinishedAsync(stoppingToken))
                await FinishAsync(application, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start goes on.
        }
    }

    private async Task FinishAsync(Application application, CancellationToken ct)
    {
        try
        {
            var started = time.GetUtcNow();
            foreach (var device in DemoContent.Devices)
                await FillAsync(application, device, ct);
            await StoredAsync(application, DemoContent.Devices[^1], ct);
            // After the past is there: rules judge what comes from now on, and what they missed is found by looking back.
            await rules.MakeAsync(Caller.System(application.TenantId), ct);
            await alerts.MakeAsync(application, ct);
            await content.FinishAsync(application, ct);
            logger.LogInformation(
                "The past week of {Application} is there ({Took:0} s).",
                application.Slug,
                (time.GetUtcNow() - started).TotalSeconds
            );
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            logger.LogWarning(
                e,
                "The past week of {Application} could not be filled in; the next start goes on.",
                application.Slug
            );
        }
    }

    /// <summary>What was sent is stored in order, so when the last device's newest is there, all of it is.</summary>
    private async Task StoredAsync(Application application, DemoDevice last, CancellationToken ct)
    {
        if (await devices.FindAsync(application.TenantId, last.Id, ct) is not { } device)
            return;
        var (from, to) = (application.CreatedAt - DemoContent.HistoryStep * 2, application.CreatedAt);
        while (await NewestAsync(application.TenantId, device.Key, from, to, ct) is null)
            await Task.Delay(LookAgain, time, ct);
    }

    private async Task FillAsync(Application application, DemoDevice wanted, CancellationToken ct)
    {
        if (await devices.FindAsync(application.TenantId, wanted.Id, ct) is not { } device)
            return;
        var template = DemoContent.Templates.First(t => t.Id == wanted.TemplateId);
        var simulated = new SimulatedDevice(
            template,
            device.Id,
            SimulationRunner.SettingsOf(application, device, template)
        );
        var (from, to) = (application.CreatedAt - DemoContent.History, application.CreatedAt);
        // After a crash: go on where this device's history ends.
        if (await NewestAsync(application.TenantId, device.Key, from, to, ct) is { } newest)
            from = newest + TimeSpan.FromTicks(1);
        for (
            var at = simulated.NextAfter(from - TimeSpan.FromTicks(1), DemoContent.HistoryStep);
            at < to;
            at = simulated.NextAfter(at, DemoContent.HistoryStep)
        )
        {
            foreach (var message in SimulatedMessages.Of(device, simulated, at, DemoContent.HistoryStep))
                await ingest.EnqueueAsync(message, ct);
        }
    }

    private async Task<DateTimeOffset?> NewestAsync(
        TenantId tenant,
        long device,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken ct
    )
    {
        var page = await telemetry.RawAsync(tenant, device, from, to, after: null, limit: 1, ct);
        return page.Items is [var newest, ..] ? newest.MessageTime : null;
    }
}
