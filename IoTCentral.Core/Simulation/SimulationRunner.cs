using IoTCentral.Core.Devices;
using IoTCentral.Core.Simulation.Demo;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;
using IoTCentral.Core.Twins;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Core.Simulation;

/// <summary>
/// Speaks for the simulated devices of all applications: their messages go the way of every message, and they connect,
/// report and fall silent as real ones do. Devices that come, change or go are noticed within a minute, mostly at once.
/// </summary>
public sealed class SimulationRunner(
    ITenantStore tenants,
    IDeviceStore devices,
    TemplateCatalog templates,
    DeviceTwins twins,
    PresenceTracker presence,
    IIngest ingest,
    ChangeFeed changes,
    TimeProvider time,
    ILogger<SimulationRunner> logger
) : BackgroundService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(500);
    private const int PageSize = 200;

    private readonly Dictionary<long, Running> _running = [];
    private readonly PriorityQueue<Running, DateTimeOffset> _due = new();
    private volatile bool _hasNews = true;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var news = changes.Listen(c =>
            _hasNews |= c.Kind is ChangeKind.Device or ChangeKind.Template or ChangeKind.Application
        );
        var lookAt = time.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (_hasNews || time.GetUtcNow() >= lookAt)
                {
                    _hasNews = false;
                    lookAt = time.GetUtcNow() + LookAgain;
                    await LookAsync(stoppingToken);
                }

                await SpeakAsync(stoppingToken);
                await Task.Delay(Settle, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogWarning("Simulated devices pause: {Reason}", e.Message);
                _hasNews = true;
                await Task.Delay(TimeSpan.FromSeconds(5), time, stoppingToken);
            }
        }
    }

    /// <summary>Makes the running devices those that are there now.</summary>
    private async Task LookAsync(CancellationToken ct)
    {
        var found = new HashSet<long>();
        foreach (var application in await tenants.ListAsync(ct))
        {
            if (application.IsSuspended)
                continue;
            await foreach (var device in SimulatedAsync(application.TenantId, ct))
            {
                if (await templates.FindAsync(application.TenantId, device.TemplateId, ct) is not { } template)
                    continue;
                found.Add(device.Key);
                if (_running.TryGetValue(device.Key, out var known) && ReferenceEquals(known.Template, template))
                    continue;
                Start(application, device, template);
            }
        }

        foreach (var (key, gone) in _running.Where(r => !found.Contains(r.Key)).ToList())
        {
            _running.Remove(key);
            presence.Disconnected(gone.Device.TenantId, key);
        }
    }

    private async IAsyncEnumerable<Device> SimulatedAsync(
        TenantId tenant,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct
    )
    {
        var filter = new DeviceFilter { IsSimulated = true, IsBlocked = false };
        string? after = null;
        do
        {
            var page = await devices.ListAsync(tenant, filter, after, PageSize, ct);
            foreach (var device in page.Items)
                yield return device;
            after = page.Next;
        } while (after is not null);
    }

    private void Start(Application application, Device device, DeviceTemplate template)
    {
        var simulated = new SimulatedDevice(template, device.Id, SettingsOf(application, device, template));
        var running = new Running(device, template, simulated);
        _running[device.Key] = running;
        _due.Enqueue(running, simulated.NextAfter(time.GetUtcNow()));
    }

    /// <summary>Demo templates behave as their script says; others as their template suggests.</summary>
    internal static SimulationSettings SettingsOf(Application application, Device device, DeviceTemplate template)
    {
        var seed = (ulong)application.TenantId.Value;
        return DemoSimulation.IsDemo(template)
            ? DemoSimulation.Settings(template, device.Id, application.CreatedAt, seed)
            : new SimulationSettings
            {
                Seed = seed,
                TimeZone = TimeZoneInfo.TryFindSystemTimeZoneById(application.TimeZone, out var zone)
                    ? zone
                    : TimeZoneInfo.Utc,
            };
    }

    private async Task SpeakAsync(CancellationToken ct)
    {
        while (_due.TryPeek(out var running, out var due) && due <= time.GetUtcNow())
        {
            _due.Dequeue();
            // Replaced (another template) or gone: its place in the queue ends here.
            if (!_running.TryGetValue(running.Device.Key, out var current) || !ReferenceEquals(current, running))
                continue;
            // After a pause (storage away) the present is what matters, not what would have been said.
            var now = time.GetUtcNow();
            if (now - due > running.Simulated.Interval)
                due = running.Simulated.NextAfter(now - running.Simulated.Interval);
            _due.Enqueue(running, running.Simulated.NextAfter(due));
            await SpeakAsync(running, due, ct);
        }
    }

    private async Task SpeakAsync(Running running, DateTimeOffset due, CancellationToken ct)
    {
        var (tenant, key) = (running.Device.TenantId, running.Device.Key);
        if (running.Simulated.IsSilent(due))
        {
            if (running.IsConnected)
                presence.Disconnected(tenant, key);
            running.IsConnected = false;
            return;
        }

        var isFirst = !running.IsConnected;
        if (isFirst)
        {
            presence.Connected(tenant, key);
            await devices.ProvisionAsync(tenant, key, modelId: null, Registered(running.Device), ct);
            await twins.ReportAsync(tenant, key, running.Simulated.Reported, expectedVersion: null, ct);
            running.IsConnected = true;
        }

        foreach (var message in SimulatedMessages.Of(running.Device, running.Simulated, due))
            await ingest.EnqueueAsync(message, ct);
        presence.Heard(tenant, key, due, isFirst);
    }

    private static Audit.AuditEntry Registered(Device device) =>
        new()
        {
            Actor = Audit.AuditActor.System,
            Action = "device.provision",
            TargetId = device.Id,
            TargetName = device.Name,
        };

    private sealed record Running(Device Device, DeviceTemplate Template, SimulatedDevice Simulated)
    {
        public bool IsConnected { get; set; }
    }
}

/// <summary>What a simulated device says, as messages on their way to the log.</summary>
internal static class SimulatedMessages
{
    /// <param name="step">Time between messages; null: the device's own interval.</param>
    public static IEnumerable<DeviceMessage> Of(
        Device device,
        SimulatedDevice simulated,
        DateTimeOffset at,
        TimeSpan? step = null
    )
    {
        var order = 0;
        foreach (var message in simulated.At(at, step))
        {
            yield return new DeviceMessage
            {
                Tenant = device.TenantId,
                DeviceKey = device.Key,
                DeviceId = device.Id,
                // Received times of a device rise strictly, also between its components.
                Received = at.AddMicroseconds(order++),
                MessageTime = message.Time,
                Component = message.Component,
                Body = message.Body,
            };
        }
    }
}
