using IoTCentral.Core.Audit;
using IoTCentral.Core.Installation;

namespace IoTCentral.Hub.Tests.Security;

internal sealed class MemorySettings : ISettingStore
{
    private readonly Dictionary<string, Setting> _settings = [];

    public List<AuditEntry> Entries { get; } = [];

    public Task<Setting?> FindAsync(string key, CancellationToken ct) =>
        Task.FromResult(_settings.GetValueOrDefault(key));

    public Task<Setting> AddAsync(Setting setting, CancellationToken ct)
    {
        _settings.TryAdd(setting.Key, setting);
        return Task.FromResult(_settings[setting.Key]);
    }

    public Task SaveAsync(Setting setting, AuditEntry entry, CancellationToken ct)
    {
        _settings[setting.Key] = setting;
        return AuditAsync(entry, ct);
    }

    public Task AuditAsync(AuditEntry entry, CancellationToken ct)
    {
        Entries.Add(entry);
        return Task.CompletedTask;
    }
}
