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

    /// <summary><c>device.desired-properties</c>, <c>device.cloud-properties</c>, or both as <c>device.properties</c>.</summary>
    public required string Action { get; init; }

    /// <summary>JSON of what the members of <see cref="After"/> were; null: nothing.</summary>
    public string? Before { get; init; }
    public string? After { get; init; }
}

/// <summary>Where twin changes are kept: among all that is audited.</summary>
public interface ITwinHistoryStore
{
    /// <summary>Newest first.</summary>
    /// <param name="since">Not those of an earlier device of the same id.</param>
    /// <param name="before">Only older ones than this id; null: from the newest.</param>
    Task<IReadOnlyList<TwinChange>> ListAsync(
        TenantId tenant,
        IdentityId id,
        DateTimeOffset since,
        long? before,
        int limit,
        CancellationToken ct
    );
}

/// <summary>Who changed a twin, when, from what to what; for everybody who sees the device.</summary>
public sealed class TwinHistory(IDeviceStore devices, ITwinHistoryStore store)
{
    /// <summary>Newest first.</summary>
    /// <param name="after">The last page's <see cref="Page{T}.Next"/>.</param>
    /// <exception cref="NotFoundException"><c>device.not-found</c>.</exception>
    public async Task<Page<TwinChange>> ListAsync(
        Caller caller,
        IdentityId id,
        string? after,
        int limit,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewDevices);
        long? before =
            after is null ? null
            : long.TryParse(after, CultureInfo.InvariantCulture, out var number) ? number
            : throw PageKey.Unknown();
        var device = await devices.GetAsync(caller.Tenant, id.Device, ct);
        var found = await store.ListAsync(caller.Tenant, id, device.CreatedAt, before, limit + 1, ct);
        var isLast = found.Count <= limit;
        return new([.. found.Take(limit)], isLast ? null : found[limit - 1].Id.ToString(CultureInfo.InvariantCulture));
    }
}
