using System.Net;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Hub.Devices;

/// <summary>Writes what happens at the doors to whom it concerns: a device's connection log, or nobody's.</summary>
internal sealed class HubLog(ConnectionLogWriter writer, HubMetrics metrics, TimeProvider time)
{
    public void Write(
        TenantId tenant,
        long? deviceKey,
        string deviceId,
        ConnectionEvent kind,
        (string Code, string Detail) what,
        (IPAddress Address, string Protocol) from
    ) =>
        writer.Write(
            new ConnectionLogEntry
            {
                TenantId = tenant,
                DeviceKey = deviceKey,
                DeviceId = deviceId,
                At = time.GetUtcNow(),
                Kind = kind,
                Code = what.Code,
                Detail = what.Detail,
                Address = from.Address.ToString(),
                Protocol = from.Protocol,
            }
        );

    /// <summary>What came of a registration, told to the device.</summary>
    public void Registered(
        Registrant registrant,
        RegistrationResult result,
        (IPAddress Address, string Protocol) from
    ) =>
        Write(
            registrant.Application.TenantId,
            result.Registration?.DeviceKey,
            registrant.DeviceId,
            result.Registration is null or { IsWaiting: true } ? ConnectionEvent.Refused : ConnectionEvent.Provisioned,
            result.Registration switch
            {
                null => (ConnectionCode.Blocked, result.Message),
                { IsWaiting: true } => (
                    ConnectionCode.WaitingForApproval,
                    "The device registered and waits until somebody approves it."
                ),
                { IsNew: true } => (ConnectionCode.Provisioned, "The device registered and was created."),
                _ => (ConnectionCode.Provisioned, "The device registered."),
            },
            from
        );

    /// <summary>A refusal, told to the devices it concerns, else to the installation's administrators.</summary>
    public void Refused(Refusal refusal, string deviceId, string? idScope, (IPAddress Address, string Protocol) from)
    {
        metrics.Refused(refusal.Code);
        foreach (var (tenant, key) in refusal.Concerns)
            Write(tenant, key, deviceId, ConnectionEvent.Refused, (refusal.Code, refusal.Detail), from);
        if (refusal.Concerns.Count == 0)
            Stranger(refusal.Code, refusal.Detail, from.Address, deviceId, idScope);
    }

    /// <summary>An attempt that belongs to no application.</summary>
    public void Stranger(
        string code,
        string detail,
        IPAddress address,
        string? deviceId = null,
        string? idScope = null
    ) =>
        writer.Write(
            new ConnectionAttempt
            {
                At = time.GetUtcNow(),
                Address = address.ToString(),
                DeviceId = Short(deviceId),
                IdScope = Short(idScope),
                Code = code,
                Detail = detail,
            }
        );

    private static string? Short(string? text) =>
        string.IsNullOrEmpty(text) ? null
        : text.Length > 128 ? text[..128]
        : text;
}
