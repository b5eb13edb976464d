using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Devices;

/// <summary>Narrowing of a device list; null members do not narrow.</summary>
public sealed record DeviceFilter
{
    public string? TemplateId { get; init; }

    /// <summary>True: only devices without a template.</summary>
    public bool OnlyUnassigned { get; init; }

    /// <summary>Words that begin the id or any word of the name, any case.</summary>
    public string? Search { get; init; }
    public bool? IsConnected { get; init; }
    public bool? IsSimulated { get; init; }
    public bool? IsBlocked { get; init; }
    public bool? IsProvisioned { get; init; }

    /// <summary>It waits for approval: nobody has approved it, nor turned it away.</summary>
    public bool? IsWaiting { get; init; }

    /// <summary>The device connection group whose keys or certificates it has.</summary>
    public string? GroupId { get; init; }
    public int? OrganizationId { get; init; }

    /// <summary>Equal reported or cloud property, by name.</summary>
    public IReadOnlyList<PropertyEquals> Properties { get; init; } = [];

    /// <summary>A condition that is put together freely; no index serves it, so it costs a look at each device.</summary>
    public FieldCondition<DeviceField>? Expression { get; init; }

    /// <summary>From the last name to the first.</summary>
    public bool IsDescending { get; init; }
}

/// <summary>A property must have this value; compared as text (numbers in invariant shortest form, true/false).</summary>
public sealed record PropertyEquals(string Component, string Name, string Value);

/// <summary>The devices of one application.</summary>
public interface IDeviceStore
{
    Task<Device?> FindAsync(TenantId tenant, string id, CancellationToken ct);
    Task<Device?> FindAsync(TenantId tenant, long key, CancellationToken ct);

    /// <summary>Devices whose id equals this one but for case; at most two are returned.</summary>
    Task<IReadOnlyList<Device>> FindIgnoringCaseAsync(TenantId tenant, string id, CancellationToken ct);

    /// <summary>By name then id; <paramref name="after"/> is the last page's <see cref="Page{T}.Next"/>.</summary>
    Task<Page<Device>> ListAsync(TenantId tenant, DeviceFilter filter, string? after, int limit, CancellationToken ct);
    Task<long> CountAsync(TenantId tenant, DeviceFilter filter, CancellationToken ct);

    /// <summary>Adds the device with an empty twin; it signs with the keys that the default enrollment group yields.</summary>
    /// <exception cref="ConflictException"><c>device.id-taken</c>.</exception>
    /// <exception cref="InvalidRequestException"><c>device.invalid</c>: no such template or organization.</exception>
    Task<Device> AddAsync(Device device, AuditEntry audit, CancellationToken ct);

    /// <summary>Saves what people may edit: name, template, blocked, simulated, organization.</summary>
    /// <exception cref="StaleEditException">The stored version is another.</exception>
    /// <exception cref="NotFoundException">It is gone.</exception>
    Task<Device> UpdateAsync(Device device, AuditEntry audit, CancellationToken ct);

    /// <summary>
    /// Notes that the device has shown its credential: provisioned, and with the model it announces (null: says
    /// nothing). While it is unassigned the newest published template with that model becomes its template. Writes
    /// nothing, audit included, when all is so already. Null: it is gone.
    /// </summary>
    Task<Device?> ProvisionAsync(TenantId tenant, long key, string? modelId, AuditEntry audit, CancellationToken ct);

    /// <summary>One that waits for approval waits no longer. Null: it is gone.</summary>
    Task<Device?> ApproveAsync(TenantId tenant, long key, AuditEntry audit, CancellationToken ct);

    /// <summary>Deletes identity, twin and credentials; history stays until its retention ends. False: was not there.</summary>
    Task<bool> DeleteAsync(TenantId tenant, string id, AuditEntry audit, CancellationToken ct);
}
