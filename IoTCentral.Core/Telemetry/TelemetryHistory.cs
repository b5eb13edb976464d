using System.Globalization;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Telemetry;

/// <summary>What devices have sent, for people: the questions of <see cref="ITelemetryStore"/>, asked with a right.</summary>
public sealed class TelemetryHistory(ITelemetryStore store)
{
    private const int MostMessages = 200;

    // Some 80 bytes each.
    private const int MostValues = 1_000_000;
    private static readonly TimeSpan ShortestStep = TimeSpan.FromSeconds(1);

    /// <inheritdoc cref="ITelemetryStore.QueryAsync"/>
    /// <exception cref="InvalidRequestException">The answer would be too large, or take too long.</exception>
    public Task<IReadOnlyList<SeriesResult>> QueryAsync(Caller caller, SeriesQuery query, CancellationToken ct)
    {
        caller.Demand(Permission.ViewDevices);
        Check(query, query.Series.Count);
        return store.QueryAsync(caller.Tenant, query, ct);
    }

    /// <inheritdoc cref="ITelemetryStore.StreamAsync"/>
    /// <exception cref="InvalidRequestException">The answer of one series would be too large.</exception>
    public IAsyncEnumerable<SeriesResult> StreamAsync(Caller caller, SeriesQuery query, CancellationToken ct)
    {
        caller.Demand(Permission.ViewDevices);
        Check(query, answers: 1);
        return store.StreamAsync(caller.Tenant, query, ct);
    }

    /// <inheritdoc cref="ITelemetryStore.GroupsAsync"/>
    /// <exception cref="InvalidRequestException">The answer would be too large, or take too long.</exception>
    public Task<IReadOnlyList<IReadOnlyList<SeriesBucket>>> GroupsAsync(
        Caller caller,
        SeriesQuery query,
        IReadOnlyList<IReadOnlyList<SeriesId>> groups,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewDevices);
        Check(query, groups.Count);
        return store.GroupsAsync(caller.Tenant, query, groups, ct);
    }

    public Task<IReadOnlyList<(SeriesId Series, IReadOnlyList<StateStretch> Stretches)>> StatesAsync(
        Caller caller,
        SeriesQuery query,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewDevices);
        return store.StatesAsync(caller.Tenant, query, ct);
    }

    /// <summary>Messages that the database refused, newest first.</summary>
    public Task<IReadOnlyList<RejectedMessage>> RejectedAsync(Caller caller, long deviceKey, CancellationToken ct)
    {
        caller.Demand(Permission.ViewRawData);
        return store.RejectedAsync(caller.Tenant, deviceKey, MostMessages, ct);
    }

    /// <summary>Messages as they came, newest message time first.</summary>
    public Task<Page<RawMessage>> RawAsync(
        Caller caller,
        long deviceKey,
        DateTimeOffset from,
        DateTimeOffset to,
        string? after,
        int limit,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewRawData);
        return store.RawAsync(caller.Tenant, deviceKey, from, to, after, Math.Clamp(limit, 1, MostMessages), ct);
    }

    /// <inheritdoc cref="ITelemetryStore.RawInOrderAsync"/>
    public IAsyncEnumerable<RawMessage> RawInOrderAsync(
        Caller caller,
        long deviceKey,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewRawData);
        return store.RawInOrderAsync(caller.Tenant, deviceKey, from, to, ct);
    }

    /// <inheritdoc cref="ITelemetryStore.PointsAsync"/>
    public IAsyncEnumerable<SeriesPoints> PointsAsync(
        Caller caller,
        IReadOnlyList<SeriesId> series,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewDevices);
        return store.PointsAsync(caller.Tenant, series, from, to, ct);
    }

    /// <inheritdoc cref="ITelemetryStore.SeriesAsync"/>
    public Task<IReadOnlyList<SeriesId>> SeriesAsync(Caller caller, IReadOnlyList<long> devices, CancellationToken ct)
    {
        caller.Demand(Permission.ViewDevices);
        return store.SeriesAsync(caller.Tenant, devices, ct);
    }

    /// <param name="answers">How many lines of values there will be.</param>
    private static void Check(SeriesQuery query, int answers)
    {
        if (query.To <= query.From)
            throw new InvalidRequestException("telemetry.range", "The range ends before it begins.");
        if (query is { IsWhole: false, Bucket: { } step } && step < ShortestStep)
            throw new InvalidRequestException("telemetry.step", "A step is a second or longer.");
        if (query.State is null && query.Aggregates.Contains(Aggregate.TimeInState))
            throw new InvalidRequestException("telemetry.state", "Say which state the time in it is asked for.");
        var each =
            query.IsRaw ? query.MaxPoints
            : query.IsWhole ? 1
            : ((query.To - query.From) / query.Bucket!.Value) + 1;
        if (each * answers > MostValues)
            throw new InvalidRequestException(
                "telemetry.too-much",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"This asks for up to {each * answers:N0} values, and {MostValues:N0} are answered at once. Ask for fewer devices, a shorter range or longer steps."
                )
            );
    }
}
