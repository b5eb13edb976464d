using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.CloudToDevice;

/// <summary>Which messages to take in hand.</summary>
/// <param name="Most">At most this many.</param>
/// <param name="Until">Then they are free again, unless they have ended.</param>
/// <param name="Held">Sequences that the asker has in hand already.</param>
/// <param name="MostDeliveries">What was given this often ends as undeliverable.</param>
public sealed record CloudLock(int Most, DateTimeOffset Until, IReadOnlyCollection<long> Held, int MostDeliveries);

/// <summary>The queues of messages to devices.</summary>
public interface ICloudMessageStore
{
    /// <summary>Null: as many as there may be wait already.</summary>
    /// <exception cref="NotFoundException"><c>device.not-found</c>.</exception>
    Task<CloudMessage?> AddAsync(
        TenantId tenant,
        long deviceKey,
        NewCloudMessage message,
        (DateTimeOffset Now, int MostWaiting) when,
        AuditEntry? audit,
        CancellationToken ct
    );

    /// <summary>Takes the next ones in hand, oldest first; each counts as delivered once more.</summary>
    Task<IReadOnlyList<CloudMessage>> LockAsync(
        TenantId tenant,
        long deviceKey,
        CloudLock wanted,
        DateTimeOffset now,
        CancellationToken ct
    );

    /// <summary>False: it is in somebody else's hand by now, back in the queue, or has ended.</summary>
    Task<bool> EndAsync(
        TenantId tenant,
        long deviceKey,
        Guid lockToken,
        (CloudOutcome Outcome, DateTimeOffset At) end,
        CancellationToken ct
    );

    /// <summary>Puts messages back to their place in the queue.</summary>
    Task AbandonAsync(TenantId tenant, long deviceKey, IReadOnlyCollection<Guid> lockTokens, CancellationToken ct);

    /// <summary>Takes back all that wait; how many there were.</summary>
    Task<int> PurgeAsync(TenantId tenant, long deviceKey, DateTimeOffset now, AuditEntry audit, CancellationToken ct);

    /// <summary>Newest first, also those that have ended.</summary>
    Task<Page<CloudMessage>> ListAsync(TenantId tenant, long deviceKey, long? before, int limit, CancellationToken ct);

    /// <summary>
    /// In all tenants: ends what is too old, forgets what ended before <paramref name="forget"/>, and frees what was in
    /// hand too long. The devices whose messages are free again.
    /// </summary>
    Task<IReadOnlyList<(TenantId Tenant, long DeviceKey)>> SweepAsync(
        DateTimeOffset now,
        DateTimeOffset forget,
        CancellationToken ct
    );
}
