using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Devices;

/// <summary>What became of a device's connection since the last save; null members did not change.</summary>
public sealed record PresenceChange
{
    public required TenantId TenantId { get; init; }
    public required long DeviceKey { get; init; }
    public bool? IsConnected { get; init; }
    public DateTimeOffset? ConnectedAt { get; init; }
    public DateTimeOffset? DisconnectedAt { get; init; }
    public DateTimeOffset? LastMessageAt { get; init; }

    /// <summary>Whoever looks at the device is told once this is saved.</summary>
    public bool IsNews { get; init; }

    /// <summary>Both changes as one, <paramref name="later"/> being the newer.</summary>
    public PresenceChange Then(PresenceChange later) =>
        later with
        {
            IsConnected = later.IsConnected ?? IsConnected,
            ConnectedAt = later.ConnectedAt ?? ConnectedAt,
            DisconnectedAt = later.DisconnectedAt ?? DisconnectedAt,
            LastMessageAt = later.LastMessageAt ?? LastMessageAt,
            IsNews = later.IsNews || IsNews,
        };
}

/// <summary>Keeps presences and the nodes that vouch for them.</summary>
public interface IPresenceStore
{
    /// <summary>
    /// Announces this node and ends what a dead one has left: earlier epochs of the same name, and nodes whose heartbeat
    /// is older than <paramref name="deadAfter"/>. Returns the epoch that presences of this run carry.
    /// </summary>
    Task<long> BeginEpochAsync(string node, DateTimeOffset now, TimeSpan deadAfter, CancellationToken ct);

    /// <summary>Says that the node lives, and ends presences of nodes that do not.</summary>
    Task HeartbeatAsync(long epoch, DateTimeOffset now, TimeSpan deadAfter, CancellationToken ct);

    /// <summary>The node stops in good order: none of its presences stays connected.</summary>
    Task EndEpochAsync(long epoch, DateTimeOffset now, CancellationToken ct);

    /// <summary>Saves changes; those of devices that are gone are passed over.</summary>
    Task SaveAsync(long epoch, IReadOnlyList<PresenceChange> presences, CancellationToken ct);
}
