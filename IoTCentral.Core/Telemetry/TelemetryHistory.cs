using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Telemetry;

/// <summary>What devices have sent, for people: the questions of <see cref="ITelemetryStore"/>, asked with a right.</summary>
public sealed class TelemetryHistory(ITelemetryStore store)
{
    private const int MostMessages = 200;

    public Task<IReadOnlyList<SeriesResult>> QueryAsync(Caller caller, SeriesQuery query, CancellationToken ct)
    {
        caller.Demand(Permission.ViewDevices);
        return store.QueryAsync(caller.Tenant, query, ct);
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
}
