using IoTCentral.Core.Provisioning;
using IoTCentral.Hub.Devices;

namespace IoTCentral.Hub.Twins;

/// <summary>What a device is answered about its twin, whatever it asks by: a status like HTTP's, and JSON.</summary>
/// <param name="Version">Of the reported properties, after a report.</param>
internal readonly record struct TwinReply(int Status, long? Version, byte[] Body);

/// <summary>Answers one device about its twin (contract §2.5).</summary>
internal sealed class TwinDesk(HubServices hub, SignedIn device)
{
    public async Task<TwinReply> GetAsync(CancellationToken ct) =>
        await hub.Twins.ReadAsync(device.TenantId, device.Key, ct) is { } twin
            ? new(200, null, twin)
            : Refuse(404, "The device does not exist any more.");

    public async Task<TwinReply> ReportAsync(byte[] patch, long? version, CancellationToken ct)
    {
        var answer = await hub.Twins.ReportAsync(device.TenantId, device.Key, patch, version, ct);
        return answer.Message is null ? new(answer.Status, answer.Version, []) : Refuse(answer.Status, answer.Message);
    }

    public TwinReply Unavailable() => Refuse(503, "Storage cannot be reached at the moment. Ask again shortly.");

    public TwinReply Refuse(int status, string message) =>
        new(status, null, ErrorBody.OfStatus(status, message, hub.Time.GetUtcNow()));
}
