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

/// <summary>What a series is made of: one value of one device over time.</summary>
/// <param name="Component">Empty for the root.</param>
/// <param name="Name">Telemetry name; a member of an object value is <c>name.member</c>.</param>
public readonly record struct SeriesId(long DeviceKey, string Component, string Name);

/// <summary>How points of a bucket become one value.</summary>
public enum Aggregate
{
    Average,
    Minimum,
    Maximum,
    Sum,
    Count,
    First,
    Last,
}

/// <summary>Asks for points: series × range, raw or in buckets.</summary>
public sealed record SeriesQuery
{
    public required IReadOnlyList<SeriesId> Series { get; init; }

    /// <summary>Inclusive, by message time.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Exclusive.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Null: raw points. Buckets of whole hours and more align to <see cref="TimeZone"/>.</summary>
    public TimeSpan? Bucket { get; init; }

    /// <summary>Application's zone, for buckets of an hour and longer.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Most points per series in the answer; more are thinned keeping minimum and maximum of each stretch.</summary>
    public int MaxPoints { get; init; } = 5_000;
}

/// <summary>One bucket (or raw point, then all members are that value and Count is 1).</summary>
public readonly record struct SeriesBucket(
    DateTimeOffset Start,
    long Count,
    double Average,
    double Minimum,
    double Maximum,
    double Sum,
    double First,
    double Last
)
{
    public double Of(Aggregate aggregate) =>
        aggregate switch
        {
            Aggregate.Average => Average,
            Aggregate.Minimum => Minimum,
            Aggregate.Maximum => Maximum,
            Aggregate.Sum => Sum,
            Aggregate.Count => Count,
            Aggregate.First => First,
            _ => Last,
        };
}

/// <summary>Numeric (and boolean as 0/1) answer of one series, by time.</summary>
public sealed record SeriesResult(SeriesId Series, IReadOnlyList<SeriesBucket> Buckets);

/// <summary>A stretch of time in which a text, boolean or enum value stayed the same.</summary>
/// <param name="To">Start of the next stretch, or the newest message's time for the last one.</param>
public sealed record StateStretch(DateTimeOffset From, DateTimeOffset To, string Value);

/// <summary>Reads what devices have sent. Every answer is one tenant's.</summary>
public interface ITelemetryStore
{
    Task<IReadOnlyList<SeriesResult>> QueryAsync(TenantId tenant, SeriesQuery query, CancellationToken ct);

    /// <summary>States over a range for the state timeline; same series rules as <see cref="QueryAsync"/>.</summary>
    Task<IReadOnlyList<(SeriesId Series, IReadOnlyList<StateStretch> Stretches)>> StatesAsync(
        TenantId tenant,
        SeriesQuery query,
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

    /// <summary>The newest messages of a device (for restoring last values), newest first.</summary>
    Task<IReadOnlyList<RawMessage>> NewestAsync(TenantId tenant, long deviceKey, int limit, CancellationToken ct);
}
