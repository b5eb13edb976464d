using IoTCentral.Core.Access;
using IoTCentral.Core.Common;

namespace IoTCentral.Core.Devices;

/// <summary>Why devices could or could not connect, for pages.</summary>
public sealed class ConnectionLogReader(IConnectionLogStore store)
{
    private const int MostLines = 200;

    /// <summary>A device's log, newest first.</summary>
    public async Task<Page<ConnectionLogEntry>> OfDeviceAsync(
        Caller caller,
        string deviceId,
        string? after,
        int limit,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewDevices);
        limit = Math.Clamp(limit, 1, MostLines);
        var before = long.TryParse(after, out var id) ? id : (long?)null;
        var lines = await store.OfDeviceAsync(caller.Tenant, deviceId, before, limit, ct);
        var next =
            lines.Count == limit ? lines[^1].Id.ToString(System.Globalization.CultureInfo.InvariantCulture) : null;
        return new(lines, next);
    }

    /// <summary>
    /// For a connect panel that waits: attempts which belong to no application but name this device id or ID scope, or
    /// come from the address of the person's own browser. Others' attempts are nobody's business here.
    /// </summary>
    public Task<IReadOnlyList<ConnectionAttempt>> AttemptsForPanelAsync(
        Caller caller,
        string deviceId,
        string idScope,
        string? browserAddress,
        DateTimeOffset since,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewConnectivity);
        return store.AttemptsAsync(new AttemptFilter(deviceId, idScope, browserAddress), since, 20, ct);
    }

    /// <summary>
    /// What tried to register and is no device of the application yet: by this group, or by none that is known; null:
    /// by any.
    /// </summary>
    public Task<IReadOnlyList<ConnectionLogEntry>> OfUnknownAsync(
        Caller caller,
        string? groupId,
        DateTimeOffset since,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewConnectivity);
        return store.OfUnknownAsync(caller.Tenant, groupId, since, 20, ct);
    }

    /// <summary>Every attempt that belongs to no application, newest first.</summary>
    public Task<IReadOnlyList<ConnectionAttempt>> AttemptsAsync(
        Person person,
        DateTimeOffset since,
        CancellationToken ct
    )
    {
        if (!person.IsInstallationAdministrator)
            throw new ForbiddenException("access.denied", "Only an installation administrator may see these attempts.");
        return store.AttemptsAsync(AttemptFilter.All, since, MostLines, ct);
    }
}
