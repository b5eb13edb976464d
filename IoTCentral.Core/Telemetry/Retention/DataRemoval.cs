using IoTCentral.Core.Audit;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Telemetry.Retention;

/// <summary>All that a device has sent is to go, or has gone.</summary>
/// <param name="Removed">Null: it is still to be done.</param>
public sealed record DataRemoval(
    Guid Id,
    string DeviceId,
    DateTimeOffset RequestedAt,
    string RequestedBy,
    RemovedData? Removed
);

/// <summary>What has gone.</summary>
/// <param name="Messages">As they came, those that had been set aside among them.</param>
/// <param name="Points">Sealed ones; the others were in the messages alone.</param>
public sealed record RemovedData(DateTimeOffset DoneAt, long Messages, long Points, long LastValues);

/// <summary>Keeps what is to be removed, and the proof that it was.</summary>
public interface IDataRemovalStore
{
    /// <summary>Keys of the device with this id, and of deleted ones that had it.</summary>
    Task<IReadOnlyList<long>> KeysAsync(TenantId tenant, string deviceId, CancellationToken ct);

    Task AddAsync(
        TenantId tenant,
        DataRemoval removal,
        IReadOnlyList<long> keys,
        AuditEntry audit,
        CancellationToken ct
    );

    /// <summary>The newest first.</summary>
    Task<IReadOnlyList<DataRemoval>> ListAsync(TenantId tenant, int limit, CancellationToken ct);

    Task<DataRemoval?> FindAsync(TenantId tenant, Guid id, CancellationToken ct);

    /// <summary>Whether something of these devices, or all of the application, is held.</summary>
    Task<bool> IsHeldAsync(TenantId tenant, IReadOnlyList<long> keys, CancellationToken ct);
}
