using IoTCentral.Core.Audit;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Web.Tests.Devices.Modules;

internal sealed class MemoryModules : IModuleStore
{
    private readonly Dictionary<long, (byte[] Primary, byte[] Secondary)> _keys = [];

    public List<DeviceModule> All { get; } = [];

    public Task<IReadOnlyList<DeviceModule>> ListAsync(TenantId tenant, long deviceKey, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<DeviceModule>>([.. All.Where(m => m.DeviceKey == deviceKey)]);

    public Task<DeviceModule?> FindAsync(TenantId tenant, string deviceId, string id, CancellationToken ct) =>
        Task.FromResult(All.Find(m => m.DeviceId == deviceId && m.Id == id));

    public Task<DeviceModule?> AddAsync(
        DeviceModule module,
        (byte[] Primary, byte[] Secondary) keys,
        int most,
        AuditEntry audit,
        CancellationToken ct
    )
    {
        if (All.Exists(m => m.DeviceKey == module.DeviceKey && m.Id == module.Id) || All.Count == most)
            return Task.FromResult<DeviceModule?>(null);
        var added = module with { Key = 1000 + All.Count };
        All.Add(added);
        _keys[added.Key] = keys;
        return Task.FromResult<DeviceModule?>(added);
    }

    public Task<(byte[] Primary, byte[] Secondary)?> KeysAsync(TenantId tenant, long moduleKey, CancellationToken ct) =>
        Task.FromResult<(byte[], byte[])?>(_keys[moduleKey]);

    public Task ReplaceKeysAsync(
        DeviceModule module,
        (byte[] Primary, byte[] Secondary) keys,
        AuditEntry audit,
        CancellationToken ct
    )
    {
        _keys[module.Key] = keys;
        return Task.CompletedTask;
    }

    public Task<bool> DeleteAsync(TenantId tenant, long moduleKey, AuditEntry audit, CancellationToken ct) =>
        Task.FromResult(All.RemoveAll(m => m.Key == moduleKey) > 0);
}
