using IoTCentral.Core.Audit;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Web.Tests.Devices;

/// <summary>Devices without modules.</summary>
internal sealed class NoModules : IModuleStore
{
    public Task<IReadOnlyList<DeviceModule>> ListAsync(TenantId tenant, long deviceKey, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<DeviceModule>>([]);

    public Task<DeviceModule?> FindAsync(TenantId tenant, string deviceId, string id, CancellationToken ct) =>
        Task.FromResult<DeviceModule?>(null);

    public Task<DeviceModule?> AddAsync(
        DeviceModule module,
        (byte[] Primary, byte[] Secondary) keys,
        int most,
        AuditEntry audit,
        CancellationToken ct
    ) => throw new NotSupportedException();

    public Task<(byte[] Primary, byte[] Secondary)?> KeysAsync(TenantId tenant, long moduleKey, CancellationToken ct) =>
        throw new NotSupportedException();

    public Task ReplaceKeysAsync(
        DeviceModule module,
        (byte[] Primary, byte[] Secondary) keys,
        AuditEntry audit,
        CancellationToken ct
    ) => throw new NotSupportedException();

    public Task<bool> DeleteAsync(TenantId tenant, long moduleKey, AuditEntry audit, CancellationToken ct) =>
        throw new NotSupportedException();
}
