using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Devices;

/// <summary>A part of a device that talks to the hub by itself: with credentials, twin, methods and messages of its own.</summary>
public sealed record DeviceModule
{
    public required TenantId TenantId { get; init; }
    public required long DeviceKey { get; init; }
    public required string DeviceId { get; init; }

    /// <summary>Id on the wire, case-sensitive, of a device id's characters.</summary>
    public required string Id { get; init; }

    /// <summary>Of its twin, queue and connection; of no device and no other module.</summary>
    public long Key { get; init; }

    /// <summary><c>iotEdge</c>: a deployment made it; else empty.</summary>
    public string ManagedBy { get; init; } = "";
    public int Version { get; init; } = 1;
    public DateTimeOffset CreatedAt { get; init; }
    public Presence Presence { get; init; } = Presence.Never;

    /// <summary>One of those that each edge device has from IoT Edge itself.</summary>
    public bool IsSystem => Id.StartsWith('$');
}

/// <summary>The modules of one application's devices; their keys wrapped.</summary>
public interface IModuleStore
{
    /// <summary>By id.</summary>
    Task<IReadOnlyList<DeviceModule>> ListAsync(TenantId tenant, long deviceKey, CancellationToken ct);
    Task<DeviceModule?> FindAsync(TenantId tenant, string deviceId, string id, CancellationToken ct);

    /// <summary>Adds it with an empty twin. Null: the device has a module of this id, or as many as it may have.</summary>
    Task<DeviceModule?> AddAsync(
        DeviceModule module,
        (byte[] Primary, byte[] Secondary) keys,
        int most,
        AuditEntry audit,
        CancellationToken ct
    );

    /// <summary>Null: it is gone.</summary>
    Task<(byte[] Primary, byte[] Secondary)?> KeysAsync(TenantId tenant, long moduleKey, CancellationToken ct);

    /// <exception cref="StaleEditException">Somebody else changed it meanwhile, or it is gone.</exception>
    Task ReplaceKeysAsync(
        DeviceModule module,
        (byte[] Primary, byte[] Secondary) keys,
        AuditEntry audit,
        CancellationToken ct
    );

    /// <summary>Deletes it with its twin and queue. False: was not there.</summary>
    Task<bool> DeleteAsync(TenantId tenant, long moduleKey, AuditEntry audit, CancellationToken ct);
}
