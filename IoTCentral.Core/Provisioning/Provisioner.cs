using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;
using IoTCentral.Core.Twins;

namespace IoTCentral.Core.Provisioning;

/// <summary>
/// Registers devices: the same device gets the same hub and is assigned at once, however often it asks; one that was
/// deleted returns as a new one; one that is blocked stays blocked.
/// </summary>
public sealed class Provisioner(
    IDeviceStore devices,
    IEnrollmentStore enrollments,
    ITwinStore twins,
    DeviceRelationships relationships,
    HubNames names,
    ChangeFeed changes,
    TimeProvider time
)
{
    public async Task<RegistrationResult> RegisterAsync(
        Registrant registrant,
        RegistrationPayload payload,
        CancellationToken ct
    )
    {
        var modelId = payload.ModelId;
        var tenant = registrant.Application.TenantId;
        var (device, isNew) = await FindOrAddAsync(registrant, modelId, ct);
        if (device.IsBlocked)
            return Blocked(device);
        var kind = isNew ? RegistrationKind.InitialAssignment : await MoveAsync(registrant, device, ct);
        // the twin first: if the database goes away, the next registration finds all that is not done and does it
        if (kind == RegistrationKind.DeviceDataReset)
            await FurnishAsync(device, registrant.Terms.InitialTwin, onlyUntouched: false, ct);
        else if (device.Status != ProvisioningStatus.Provisioned && registrant.Terms.InitialTwin is { } initial)
            await FurnishAsync(device, initial, onlyUntouched: true, ct);
        if (kind is not null)
            await enrollments.AssignAsync(tenant, device.Key, registrant.Source, time.GetUtcNow(), ct);
        if (device.Status == ProvisioningStatus.Waiting)
        {
            if (isNew)
                changes.Publish(new Change(tenant, ChangeKind.Device, device.Key, device.Id));
            return Describe(registrant, device, isNew) with { IsWaiting = true };
        }

        var audit = Audit("device.provision", device.Id);
        var provisioned = await devices.ProvisionAsync(tenant, device.Key, modelId, audit, ct);
        if (provisioned is null)
            return new(null, 404, 404201, "The device was deleted meanwhile. Register again.");
        if (payload.GatewayId is { } gateway)
            await relationships.AttachAsync(provisioned, gateway, ct);
        changes.Publish(new Change(tenant, ChangeKind.Device, device.Key, device.Id));
        return Describe(registrant, provisioned, isNew) with { Kind = kind ?? RegistrationKind.InitialAssignment };
    }

    /// <summary>What becomes of a device that is known. Null: it stays with the enrollment it came through before.</summary>
    private async Task<RegistrationKind?> MoveAsync(Registrant registrant, Device device, CancellationToken ct)
    {
        var before = await enrollments.FindSourceAsync(device.TenantId, device.Key, ct);
        if (before?.GroupId == registrant.Source.GroupId || device.Status != ProvisioningStatus.Provisioned)
            return RegistrationKind.InitialAssignment;
        return registrant.Terms.Reprovisioning switch
        {
            Reprovisioning.Reset => RegistrationKind.DeviceDataReset,
            Reprovisioning.Never => null,
            _ => RegistrationKind.DeviceDataMigrated,
        };
    }

    /// <summary>Gives it the twin its enrollment has for new devices, in place of what was wanted of it before.</summary>
    /// <param name="onlyUntouched">Not when people have wished or noted anything: they made the device.</param>
    private async Task FurnishAsync(Device device, string? initialTwin, bool onlyUntouched, CancellationToken ct)
    {
        await twins.ChangeAsync(
            device.TenantId,
            device.Key,
            twin =>
                onlyUntouched && (twin.DesiredVersion > 1 || twin.CloudVersion > 1)
                    ? twin
                    : InitialTwin.Furnish(twin, InitialTwin.PatchOf(twin, initialTwin), time.GetUtcNow()),
            before =>
            {
                var patch = InitialTwin.PatchOf(before, initialTwin);
                return Audit("twin.initialize", device.Id) with
                {
                    Before = patch.Before(before).Describe(),
                    After = patch.Describe(),
                };
            },
            ct
        );
    }

    /// <summary>The state of a registration that was made before.</summary>
    /// <param name="operationId">Of that registration; null: of the last one.</param>
    public async Task<RegistrationResult> FindAsync(Registrant registrant, string? operationId, CancellationToken ct)
    {
        var device = await FindDeviceAsync(registrant.Application.TenantId, registrant.DeviceId, ct);
        if (device is null || (operationId is not null && OperationId(registrant, device) != operationId))
            return new(null, 404, 404201, "There is no such registration. Register again.");
        if (device.IsBlocked)
            return Blocked(device);
        if (operationId is null || device.Status != ProvisioningStatus.Registered)
            return Describe(registrant, device, isNew: false) with
            {
                IsWaiting = device.Status == ProvisioningStatus.Waiting,
            };
        // approved since it asked: what it waits for happens now
        return await RegisterAsync(registrant, new(device.AnnouncedModelId), ct);
    }

    private async Task<(Device Device, bool IsNew)> FindOrAddAsync(
        Registrant registrant,
        string? modelId,
        CancellationToken ct
    )
    {
        var tenant = registrant.Application.TenantId;
        // Two connections may register the same id at once: who comes second finds the first one's device.
        for (var attempt = 1; ; attempt++)
        {
            if (await FindDeviceAsync(tenant, registrant.DeviceId, ct) is { } known)
                return (known, false);
            var wanted = new NewDevice { Id = registrant.DeviceId }.Make(tenant, time.GetUtcNow()) with
            {
                Status = registrant.Terms.NeedsApproval ? ProvisioningStatus.Waiting : ProvisioningStatus.Registered,
                AnnouncedModelId = registrant.Terms.NeedsApproval ? modelId : null,
            };
            try
            {
                return (await devices.AddAsync(wanted, Audit("device.register", wanted.Id), ct), true);
            }
            catch (ConflictException) when (attempt < 3) { }
        }
    }

    /// <summary>Exactly this id, else the one that differs only in case, if it is the only one.</summary>
    private async Task<Device?> FindDeviceAsync(TenantId tenant, string id, CancellationToken ct)
    {
        if (await devices.FindAsync(tenant, id, ct) is { } exact)
            return exact;
        return await devices.FindIgnoringCaseAsync(tenant, id, ct) is [var only] ? only : null;
    }

    private Registration Describe(Registrant registrant, Device device, bool isNew) =>
        new()
        {
            OperationId = OperationId(registrant, device),
            RegistrationId = registrant.RegistrationId,
            AssignedHub = names.HostOf(registrant.Application),
            DeviceId = device.Id,
            DeviceKey = device.Key,
            CreatedAt = device.CreatedAt,
            UpdatedAt = time.GetUtcNow(),
            ETag = $"\"{device.Version}-{device.Key}\"",
            IsNew = isNew,
        };

    /// <summary>The same for each asking about the same device, so that nothing needs to be remembered: <c>4.16hex.guid</c>.</summary>
    private static string OperationId(Registrant registrant, Device device)
    {
        var about = $"{registrant.Application.IdScope}/{registrant.RegistrationId}/{device.Key}";
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(about));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"4.{Convert.ToHexStringLower(hash.AsSpan(0, 8))}.{new Guid(hash.AsSpan(8, 16))}"
        );
    }

    private static RegistrationResult Blocked(Device device) =>
        new(null, 401, 401003, $"The device '{device.Id}' is blocked. Ask an operator of its application.");

    private static AuditEntry Audit(string action, string deviceId) =>
        new()
        {
            Actor = new AuditActor("device", deviceId, deviceId),
            Action = action,
            TargetId = deviceId,
        };
}
