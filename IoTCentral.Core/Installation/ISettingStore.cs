using IoTCentral.Core.Audit;

namespace IoTCentral.Core.Installation;

/// <summary>A thing the installation remembers under a key.</summary>
/// <param name="Value">JSON, readable by whoever may read the database; null: none.</param>
/// <param name="Secret">Wrapped by <see cref="ISecretBox"/>; null: none.</param>
public sealed record Setting(string Key, string? Value, byte[]? Secret);

/// <summary>What the installation as a whole remembers: its CA, its mail server.</summary>
public interface ISettingStore
{
    Task<Setting?> FindAsync(string key, CancellationToken ct);

    /// <summary>Writes it where nothing is yet, and answers what is there now: ours, or that of who was quicker.</summary>
    Task<Setting> AddAsync(Setting setting, CancellationToken ct);

    /// <summary>Replaces it, with the act's entry in the installation's audit log.</summary>
    Task SaveAsync(Setting setting, AuditEntry entry, CancellationToken ct);

    /// <summary>An entry in the installation's audit log for an act that changes nothing, such as an export of keys.</summary>
    Task AuditAsync(AuditEntry entry, CancellationToken ct);
}
