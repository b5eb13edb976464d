using System.Globalization;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Twins;

/// <summary>What people and programs wanted or noted of a device, once.</summary>
public sealed record TwinChange
{
    public required long Id { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Name at that time.</summary>
    public required string Who { get; init; }

    /// <summary><c>device.desired-properties</c>, <c>device.cloud-properties</c>, both as <c>device.properties</c>, or <c>twin.initialize</c>.</summary>
    public required string Action { get; init; }

    /// <summary>JSON of what the members of <see cref="After"/> were; null: nothing.</summary>
    public string? Before { get; init; }
    public string? After { get; init; }

    /// <summary>Of the desired properties after it; null: they did not change, or it is not known any more.</summary>
    public long? Version { get; init; }
}

/// <summary>Where twin changes are kept: among all that is audited.</summary>
public interface ITwinHistoryStore
{
    /// <summary>Newest first.</summary>
    /// <param name="since">Not those of an earlier device or module of the same id.</param>
    /// <param name="before">Only older ones than this id; null: from the newest.</param>
    Task<IReadOnlyList<TwinChange>> ListAsync(
        TenantId tenant,
        IdentityId id,
        DateTimeOffset since,
        long? before,
        int limit,
        CancellationToken ct
    );

    /// <summary>What the device reported, newest first, as far as it is kept.</summary>
    /// <param name="before">Only older ones than this version; null: from the newest.</param>
    Task<IReadOnlyList<ReportedChange>> ReportsAsync(
        TenantId tenant,
        long deviceKey,
        long? before,
        int limit,
        CancellationToken ct
    );
}

/// <summary>Who changed a twin, when, from what to what; for everybody who sees the device.</summary>
public sealed class TwinHistory(Identities identities, ITwinHistoryStore store)
{
    /// <summary>Newest first.</summary>
    /// <param name="after">The last page's <see cref="Page{T}.Next"/>.</param>
    /// <exception cref="NotFoundException"><c>device.not-found</c>, <c>module.not-found</c>.</exception>
    public async Task<Page<TwinChange>> ListAsync(
        Caller caller,
        IdentityId id,
        string? after,
        int limit,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewDevices);
        var before = Before(after);
        var identity = await identities.GetAsync(caller.Tenant, id, ct);
        var found = await store.ListAsync(caller.Tenant, id, identity.CreatedAt, before, limit + 1, ct);
        return PageOf(found, limit, c => c.Id);
    }

    /// <summary>What the device itself reported, newest first.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public async Task<Page<ReportedChange>> ReportsAsync(
        Caller caller,
        IdentityId id,
        string? after,
        int limit,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewDevices);
        var before = Before(after);
        var identity = await identities.GetAsync(caller.Tenant, id, ct);
        var found = await store.ReportsAsync(caller.Tenant, identity.Key, before, limit + 1, ct);
        return PageOf(found, limit, c => c.Version);
    }

    private static long? Before(string? after) =>
        after is null ? null
        : long.TryParse(after, CultureInfo.InvariantCulture, out var number) ? number
        : throw PageKey.Unknown();

    private static Page<T> PageOf<T>(IReadOnlyList<T> found, int limit, Func<T, long> key) =>
        found.Count <= limit
            ? new(found, null)
            : new([.. found.Take(limit)], key(found[limit - 1]).ToString(CultureInfo.InvariantCulture));
}
