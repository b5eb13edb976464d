using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.CloudToDevice;

/// <summary>A device's queue of messages as its own device uses it, over whatever it is connected by.</summary>
public sealed class DeviceInbox(ICloudMessageStore store, TimeProvider time)
{
    /// <summary>IoT Hub's default; then a message ends as undeliverable.</summary>
    private const int MostDeliveries = 10;

    /// <summary>How long a message is in hand before it goes back to the queue.</summary>
    public static TimeSpan Lock { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Takes the next messages in hand.</summary>
    /// <param name="held">Sequences the asker has in hand already, whatever became of their locks.</param>
    public Task<IReadOnlyList<CloudMessage>> TakeAsync(
        TenantId tenant,
        long deviceKey,
        int most,
        IReadOnlyCollection<long> held,
        CancellationToken ct
    )
    {
        var now = time.GetUtcNow();
        return store.LockAsync(tenant, deviceKey, new(most, now + Lock, held, MostDeliveries), now, ct);
    }

    /// <summary>The device has it. False: it was in hand too long, and will be given again.</summary>
    public Task<bool> CompleteAsync(TenantId tenant, long deviceKey, Guid lockToken, CancellationToken ct) =>
        store.EndAsync(tenant, deviceKey, lockToken, (CloudOutcome.Success, time.GetUtcNow()), ct);

    /// <summary>The device refuses it.</summary>
    /// <inheritdoc cref="CompleteAsync"/>
    public Task<bool> RejectAsync(TenantId tenant, long deviceKey, Guid lockToken, CancellationToken ct) =>
        store.EndAsync(tenant, deviceKey, lockToken, (CloudOutcome.Rejected, time.GetUtcNow()), ct);

    /// <summary>Back to their place in the queue.</summary>
    public Task AbandonAsync(
        TenantId tenant,
        long deviceKey,
        IReadOnlyCollection<Guid> lockTokens,
        CancellationToken ct
    ) => store.AbandonAsync(tenant, deviceKey, lockTokens, ct);
}
