using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Twins;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Hub.Devices;

/// <summary>What sessions need of the rest of the program, in one hand: there may be ten thousands of them.</summary>
internal sealed class HubServices(
    IIngest ingest,
    DeviceTwins twins,
    DeviceInbox inbox,
    Provisioner provisioner,
    PresenceTracker presence,
    SessionRegistry sessions,
    RateLimits rates,
    HubLog log,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<HubServices> logger
)
{
    public IIngest Ingest => ingest;
    public DeviceTwins Twins => twins;
    public DeviceInbox Inbox => inbox;
    public Provisioner Provisioner => provisioner;
    public PresenceTracker Presence => presence;
    public SessionRegistry Sessions => sessions;
    public RateLimits Rates => rates;
    public HubLog Log => log;
    public TimeProvider Time => time;
    public CancellationToken Stopping => lifetime.ApplicationStopping;
    public ILogger Logger => logger;

    /// <summary>A message of it was stored; what a module says its device has said.</summary>
    /// <param name="isFirst">The first one since it connected.</param>
    public void Heard(SignedIn who, DateTimeOffset at, bool isFirst)
    {
        presence.Heard(who.TenantId, who.Key, at, isFirst);
        if (who.ModuleKey is not null)
            presence.Heard(who.TenantId, who.DeviceKey, at, isFirst);
    }
}
