using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Devices;

/// <summary>What kind of event a line of the connection log is.</summary>
public enum ConnectionEvent
{
    Connected,
    Disconnected,
    Refused,
    Provisioned,
    Slowed,
}

/// <summary>One line of a device's connection log.</summary>
public sealed record ConnectionLogEntry
{
    public required TenantId TenantId { get; init; }

    /// <summary>Order of writing; 0 before it is stored.</summary>
    public long Id { get; init; }

    /// <summary>Null when no device of that id exists (a refused registration).</summary>
    public long? DeviceKey { get; init; }
    public required string DeviceId { get; init; }
    public required DateTimeOffset At { get; init; }
    public required ConnectionEvent Kind { get; init; }

    /// <summary>One of <see cref="ConnectionCode"/>.</summary>
    public required string Code { get; init; }

    /// <summary>What happened and what to do, as sentences.</summary>
    public required string Detail { get; init; }

    /// <summary>Network address of the client; empty when there was none.</summary>
    public required string Address { get; init; }

    /// <summary>MQTT, DPS over MQTT.</summary>
    public required string Protocol { get; init; }

    /// <summary>By what it proved who it is, in words; empty: it did not.</summary>
    public string Proof { get; init; } = "";

    /// <summary>What it calls its program, shortened; empty: it did not say.</summary>
    public string Client { get; init; } = "";

    /// <summary>The device connection group it came by, where that is known.</summary>
    public string? GroupId { get; init; }

    /// <summary>How often it happened within a minute, <see cref="At"/> being the first time.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Stored again with the same one, the line's count changes; null: it happens once.</summary>
    public Guid? Run { get; init; }
}

/// <summary>A refused attempt that belongs to no application: wrong scope, unknown device, broken TLS.</summary>
public sealed record ConnectionAttempt
{
    public long Id { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Address { get; init; }
    public string? IdScope { get; init; }
    public string? DeviceId { get; init; }
    public required string Code { get; init; }
    public required string Detail { get; init; }

    /// <summary>MQTT, DPS over MQTT; empty: it did not come to that.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>What it calls its program, shortened; empty: it did not say.</summary>
    public string Client { get; init; } = "";
}

/// <summary>Keeps connection logs; written by the hub, read by pages.</summary>
public interface IConnectionLogStore
{
    Task AddAsync(
        IReadOnlyList<ConnectionLogEntry> entries,
        IReadOnlyList<ConnectionAttempt> attempts,
        CancellationToken ct
    );

    /// <summary>Newest first, at most <paramref name="limit"/>, with an <see cref="ConnectionLogEntry.Id"/> below <paramref name="before"/> (null: from the newest).</summary>
    Task<IReadOnlyList<ConnectionLogEntry>> OfDeviceAsync(
        TenantId tenant,
        string deviceId,
        long? before,
        int limit,
        CancellationToken ct
    );

    /// <summary>
    /// Refusals of ids that are no device of the application, newest first: those by this group or by none that is
    /// known; null: all of them.
    /// </summary>
    Task<IReadOnlyList<ConnectionLogEntry>> OfUnknownAsync(
        TenantId tenant,
        string? groupId,
        DateTimeOffset since,
        int limit,
        CancellationToken ct
    );

    /// <summary>Newest first; members of the filter that are null do not match anything, any that matches is enough.</summary>
    Task<IReadOnlyList<ConnectionAttempt>> AttemptsAsync(
        AttemptFilter filter,
        DateTimeOffset since,
        int limit,
        CancellationToken ct
    );

    /// <summary>Deletes older lines, and all but the newest <paramref name="keepAttempts"/> attempts.</summary>
    Task DeleteBeforeAsync(DateTimeOffset lines, DateTimeOffset attempts, int keepAttempts, CancellationToken ct);
}

/// <summary>Which attempts: those of this device id, this ID scope or this address; <see cref="All"/>: every one.</summary>
public sealed record AttemptFilter(string? DeviceId, string? IdScope, string? Address)
{
    public static AttemptFilter All { get; } = new(null, null, null);
}
