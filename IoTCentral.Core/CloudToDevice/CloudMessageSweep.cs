using IoTCentral.Core.Devices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Core.CloudToDevice;

/// <summary>Ends messages that nobody took in time, frees those in hand too long, and forgets what ended long ago.</summary>
public sealed class CloudMessageSweep(
    ICloudMessageStore store,
    IDeviceLink link,
    TimeProvider time,
    ILogger<CloudMessageSweep> logger
) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan KeepEnded = TimeSpan.FromDays(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pace, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TrySweepAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // what is too old is not given to devices anyway
        }
    }

    private async Task TrySweepAsync(CancellationToken ct)
    {
        try
        {
            var now = time.GetUtcNow();
            foreach (var (tenant, deviceKey) in await store.SweepAsync(now, now - KeepEnded, ct))
                link.CloudMessageWaits(tenant, deviceKey);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            logger.LogWarning(e, "Messages to devices that are too old could not be ended; trying again.");
        }
    }
}
