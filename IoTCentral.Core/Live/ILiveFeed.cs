using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Live;

/// <summary>The newest known value of a series.</summary>
public readonly record struct LastValue(Point Point, DateTimeOffset MessageTime, DateTimeOffset Received);

/// <summary>
/// Committed telemetry of one tenant for pages (one of the three seams that cross machines; in-process for now).
/// A slow reader loses old samples, never the newest.
/// </summary>
public interface ILiveFeed
{
    /// <summary>
    /// Messages of these devices (null: of the whole tenant) from now on. Dispose to unsubscribe. The buffer holds the
    /// newest <paramref name="capacity"/> messages.
    /// </summary>
    ILiveSubscription Subscribe(TenantId tenant, IReadOnlySet<long>? deviceKeys, int capacity = 10_000);

    /// <summary>Last values of a device by component and name; from memory, restored from the log when first asked for.</summary>
    ValueTask<IReadOnlyDictionary<(string Component, string Name), LastValue>> LastValuesAsync(
        TenantId tenant,
        long deviceKey,
        CancellationToken ct
    );

    /// <summary>
    /// Last values of many series at once, whatever their devices; from memory, what is not there restored together. Series
    /// without any are left out.
    /// </summary>
    ValueTask<IReadOnlyDictionary<SeriesId, LastValue>> LastValuesAsync(
        TenantId tenant,
        IReadOnlyCollection<SeriesId> series,
        CancellationToken ct
    );
}

/// <summary>One reader's buffer of the live feed.</summary>
public interface ILiveSubscription : IDisposable
{
    /// <summary>Waits until something is there, then hands out all that is buffered, oldest first.</summary>
    ValueTask<IReadOnlyList<CommittedMessage>> ReadAsync(CancellationToken ct);

    /// <summary>Messages this reader was too slow for.</summary>
    long Dropped { get; }
}
