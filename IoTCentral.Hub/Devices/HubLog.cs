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
        Origin from,
        string? groupId = null
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
                Client = from.Client,
                Proof = from.Proof,
                GroupId = groupId,
            }
        );

    /// <summary>What came of a registration, told to the device.</summary>
    public void Registered(Registrant registrant, RegistrationResult result, Origin from) =>
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
            from,
            registrant.Source.GroupId
        );

    /// <summary>A refusal, told to the devices it concerns, else to the installation's administrators.</summary>
    public void Refused(Refusal refusal, string deviceId, string? idScope, Origin from)
    {
        metrics.Refused(refusal.Code);
        from = from.By(refusal.Proof);
        foreach (var (tenant, key) in refusal.Concerns)
            Write(
                tenant,
                key,
                deviceId,
                ConnectionEvent.Refused,
                (refusal.Code, refusal.Detail),
                from,
                refusal.GroupId
            );
        if (refusal.Concerns.Count == 0)
            Stranger(refusal.Code, refusal.Detail, from, deviceId, idScope);
    }

    /// <summary>An attempt that belongs to no application.</summary>
    public void Stranger(string code, string detail, Origin from, string? deviceId = null, string? idScope = null) =>
        writer.Write(
            new ConnectionAttempt
            {
                At = time.GetUtcNow(),
                Address = from.Address.ToString(),
                Protocol = from.Protocol,
                Client = from.Client,
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
