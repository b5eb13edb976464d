using System.Text.Json.Nodes;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Rules;

/// <summary>Devices as rules see them.</summary>
public interface IRuleDeviceSource
{
    /// <summary>The devices of these templates, with the properties of these names.</summary>
    Task<IReadOnlyList<DeviceFacts>> ListAsync(
        TenantId tenant,
        IReadOnlyCollection<string> templateIds,
        IReadOnlyCollection<string> propertyNames,
        CancellationToken ct
    );

    /// <summary>These devices; those that are gone are missing.</summary>
    Task<IReadOnlyList<DeviceFacts>> FindAsync(
        TenantId tenant,
        IReadOnlyCollection<long> keys,
        IReadOnlyCollection<string> propertyNames,
        CancellationToken ct
    );

    /// <summary>All that mails and webhooks tell of these devices.</summary>
    Task<IReadOnlyDictionary<long, DeviceDetail>> DetailsAsync(
        TenantId tenant,
        IReadOnlyCollection<long> keys,
        CancellationToken ct
    );

    /// <summary>When devices connected and disconnected, by time; for back-tests.</summary>
    Task<IReadOnlyList<ConnectionNews>> ConnectionsAsync(
        TenantId tenant,
        IReadOnlyCollection<string> deviceIds,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken ct
    );
}

/// <summary>A device connected or disconnected.</summary>
public sealed record ConnectionNews
{
    public required string DeviceId { get; init; }
    public required DateTimeOffset At { get; init; }
    public required bool IsConnected { get; init; }
}

/// <summary>What mails and webhooks tell of a device.</summary>
public sealed record DeviceDetail
{
    public required DeviceFacts Facts { get; init; }
    public int Version { get; init; }
    public bool IsSimulated { get; init; }
    public bool IsProvisioned { get; init; }
    public bool IsBlocked { get; init; }

    /// <summary>Reported properties as the twin holds them.</summary>
    public JsonObject Reported { get; init; } = [];

    /// <summary>Cloud properties as the twin holds them.</summary>
    public JsonObject Cloud { get; init; } = [];
}

/// <summary>Past messages that bring an evaluator's memory back.</summary>
public interface IRuleHistory
{
    /// <summary>
    /// The newest messages (by message time) of each device, up to a position of the log, received after
    /// <paramref name="since"/>; per device in commit order. Repeats and clock-ahead ones are left out.
    /// </summary>
    Task<ILookup<long, DeviceMessage>> NewestAsync(
        TenantId tenant,
        IReadOnlyList<(long Key, string Id)> devices,
        long upTo,
        DateTimeOffset since,
        int perDevice,
        CancellationToken ct
    );

    /// <summary>All messages of one device from a message time on, up to a position; in commit order.</summary>
    Task<IReadOnlyList<DeviceMessage>> SinceAsync(
        TenantId tenant,
        (long Key, string Id) device,
        DateTimeOffset from,
        long upTo,
        CancellationToken ct
    );
}

/// <summary>Time zones of people by mail address.</summary>
public interface IRecipientZones
{
    /// <summary>IANA zones of those who have one; addresses as they were asked for.</summary>
    Task<IReadOnlyDictionary<string, string>> FindAsync(IReadOnlyCollection<string> addresses, CancellationToken ct);
}
