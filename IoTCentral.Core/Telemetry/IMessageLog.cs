using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Telemetry;

/// <summary>The durable log of messages of one shard: one writer, positions in commit order without gaps that matter.</summary>
public interface IMessageLog
{
    /// <summary>
    /// Stores the batch and assigns positions; returns only after the commit. Storage away: waits and retries for ever
    /// (until <paramref name="ct"/>). A message that PostgreSQL refuses is set aside in <c>message_rejected</c> with its
    /// reason and holds up nobody.
    /// </summary>
    Task AppendAsync(IReadOnlyList<DeviceMessage> batch, CancellationToken ct);

    /// <summary>Messages after a position, oldest first, at most <paramref name="limit"/>; without rejected ones.</summary>
    Task<IReadOnlyList<DeviceMessage>> ReadAfterAsync(long position, int limit, CancellationToken ct);

    /// <summary>Position of the newest stored message; 0 when there is none.</summary>
    Task<long> LastPositionAsync(CancellationToken ct);
}

/// <summary>Where a durable consumer of the log stands.</summary>
public interface ICheckpointStore
{
    Task<long> FindAsync(string consumer, CancellationToken ct);
    Task PutAsync(string consumer, long position, CancellationToken ct);
}

/// <summary>One stored message in the raw-data view.</summary>
public sealed record RawMessage
{
    public required long Position { get; init; }
    public required DateTimeOffset Received { get; init; }
    public required DateTimeOffset MessageTime { get; init; }
    public required string Component { get; init; }
    public required byte[] Body { get; init; }
    public byte[]? Properties { get; init; }
    public MessageFlags Flags { get; init; }

    /// <summary>As the device's message that it was.</summary>
    public DeviceMessage From(TenantId tenant, long deviceKey, string deviceId) =>
        new()
        {
            Tenant = tenant,
            DeviceKey = deviceKey,
            DeviceId = deviceId,
            Received = Received,
            MessageTime = MessageTime,
            Component = Component,
            Body = Body,
            Properties = Properties,
            Flags = Flags,
            Position = Position,
        };
}

/// <summary>A message that the database refused: acknowledged, kept aside with its reason, seen by no rule and no chart.</summary>
public sealed record RejectedMessage
{
    public required long Id { get; init; }
    public required DateTimeOffset Received { get; init; }

    /// <summary>The database's words.</summary>
    public required string Reason { get; init; }
    public required byte[] Body { get; init; }
}

/// <summary>Reads what devices have sent. Every answer is one tenant's.</summary>
public interface ITelemetryStore
{
    /// <summary>Each series by itself.</summary>
    Task<IReadOnlyList<SeriesResult>> QueryAsync(TenantId tenant, SeriesQuery query, CancellationToken ct);

    /// <summary>Each series by itself, as many as there are, some at a time.</summary>
    IAsyncEnumerable<SeriesResult> StreamAsync(TenantId tenant, SeriesQuery query, CancellationToken ct);

    /// <summary>
    /// Series of each group taken together, in buckets: <see cref="SeriesQuery.Series"/> is not read, and
    /// <see cref="SeriesQuery.Bucket"/> is needed, or <see cref="SeriesQuery.IsWhole"/>. First and last are known to the hour
    /// only, unless <see cref="SeriesQuery.Aggregates"/> asks for them.
    /// </summary>
    Task<IReadOnlyList<IReadOnlyList<SeriesBucket>>> GroupsAsync(
        TenantId tenant,
        SeriesQuery query,
        IReadOnlyList<IReadOnlyList<SeriesId>> groups,
        CancellationToken ct
    );

    /// <summary>States over a range for the state timeline; same series rules as <see cref="QueryAsync"/>.</summary>
    Task<IReadOnlyList<(SeriesId Series, IReadOnlyList<StateStretch> Stretches)>> StatesAsync(
        TenantId tenant,
        SeriesQuery query,
        CancellationToken ct
    );

    /// <summary>
    /// All points of some series of any kind, series by series, each by time; where a series has several kinds, stretch by
    /// stretch. It may be as many as there are: no more than some hundred thousand are in memory at a time.
    /// </summary>
    IAsyncEnumerable<SeriesPoints> PointsAsync(
        TenantId tenant,
        IReadOnlyList<SeriesId> series,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken ct
    );

    /// <summary>All series that these devices have points of, in chunks or in the log.</summary>
    Task<IReadOnlyList<SeriesId>> SeriesAsync(TenantId tenant, IReadOnlyList<long> devices, CancellationToken ct);

    /// <summary>All messages of a device by message time, as they came.</summary>
    IAsyncEnumerable<RawMessage> RawInOrderAsync(
        TenantId tenant,
        long deviceKey,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken ct
    );

    /// <summary>Raw messages of one device, newest message time first, before the given key (null: the newest).</summary>
    Task<Common.Page<RawMessage>> RawAsync(
        TenantId tenant,
        long deviceKey,
        DateTimeOffset from,
        DateTimeOffset to,
        string? after,
        int limit,
        CancellationToken ct
    );

    /// <summary>Messages of some devices in message-time order, for back-tests; repeats and clock-ahead ones left out.</summary>
    IAsyncEnumerable<DeviceMessage> ReplayAsync(
        TenantId tenant,
        IReadOnlyList<(long Key, string Id)> devices,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken ct
    );

    /// <summary>The newest messages of a device that were set aside, newest first.</summary>
    Task<IReadOnlyList<RejectedMessage>> RejectedAsync(
        TenantId tenant,
        long deviceKey,
        int limit,
        CancellationToken ct
    );

    /// <summary>The newest messages of each device (for restoring last values), newest first.</summary>
    Task<IReadOnlyDictionary<long, IReadOnlyList<RawMessage>>> NewestAsync(
        TenantId tenant,
        IReadOnlyList<long> deviceKeys,
        int perDevice,
        CancellationToken ct
    );
}
