using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Simulation;
using IoTCentral.Core.Simulation.Demo;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Core.Demo;

/// <summary>Fills the demo's past week through the ordinary way of a message, while people already look at its present.</summary>
public sealed class DemoHistory(
    DemoApplication demo,
    DemoRules rules,
    IDeviceStore devices,
    ITelemetryStore telemetry,
    IIngest ingest,
    TimeProvider time,
    ILogger<DemoHistory> logger
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (demo.Unfinished is not { } application)
            return;
        try
        {
            var started = time.GetUtcNow();
            foreach (var device in DemoContent.Devices)
                await FillAsync(application, device, stoppingToken);
            // After the past is there: rules judge what comes from now on, not what was filled in.
            await rules.MakeAsync(Caller.System(application.TenantId), stoppingToken);
            await demo.FinishAsync(stoppingToken);
            logger.LogInformation(
                "The demo's past week is there ({Took:0} s).",
                (time.GetUtcNow() - started).TotalSeconds
            );
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start goes on.
        }
        catch (Exception e)
        {
            logger.LogWarning(e, "The demo's past week could not be filled; the next start goes on.");
        }
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
