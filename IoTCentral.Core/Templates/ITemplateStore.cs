using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Templates;

/// <summary>One line of the list of templates.</summary>
public sealed record TemplateListItem
{
    public required string Id { get; init; }
    public string ModelId { get; init; } = "";
    public required string DisplayName { get; init; }
    public required TemplateStatus Status { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public long DeviceCount { get; init; }
}

/// <summary>The device templates of one application.</summary>
public interface ITemplateStore
{
    Task<DeviceTemplate?> FindAsync(TenantId tenant, string id, CancellationToken ct);

    /// <summary>All templates, by name then id.</summary>
    Task<IReadOnlyList<TemplateListItem>> ListAsync(TenantId tenant, CancellationToken ct);

    /// <summary>Newest published template whose model this is; null when there is none.</summary>
    Task<string?> FindByModelAsync(TenantId tenant, string modelId, CancellationToken ct);

    /// <exception cref="ConflictException"><c>template.id-taken</c>.</exception>
    Task<DeviceTemplate> AddAsync(TenantId tenant, DeviceTemplate template, AuditEntry audit, CancellationToken ct);

    /// <exception cref="StaleEditException">The stored revision is another.</exception>
    /// <exception cref="NotFoundException">It is gone.</exception>
    Task<DeviceTemplate> UpdateAsync(TenantId tenant, DeviceTemplate template, AuditEntry audit, CancellationToken ct);

    /// <exception cref="ConflictException"><c>template.in-use</c>: devices or rules refer to it.</exception>
    Task<bool> DeleteAsync(TenantId tenant, string id, AuditEntry audit, CancellationToken ct);
}
