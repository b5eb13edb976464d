using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Dashboards;

/// <summary>The dashboards of one application.</summary>
public interface IDashboardStore
{
    Task<Dashboard?> FindAsync(TenantId tenant, string id, CancellationToken ct);

    /// <summary>All of them, home first, then by name.</summary>
    Task<IReadOnlyList<Dashboard>> ListAsync(TenantId tenant, CancellationToken ct);

    /// <exception cref="ConflictException"><c>dashboard.id-taken</c>.</exception>
    Task<Dashboard> AddAsync(TenantId tenant, Dashboard dashboard, AuditEntry audit, CancellationToken ct);

    /// <summary>When it becomes home, no other is any more.</summary>
    /// <exception cref="StaleEditException">The stored version is another.</exception>
    Task<Dashboard> UpdateAsync(TenantId tenant, Dashboard dashboard, AuditEntry audit, CancellationToken ct);

    Task<bool> DeleteAsync(TenantId tenant, string id, AuditEntry audit, CancellationToken ct);
}

/// <summary>Property values as dashboards use them: to choose a scope, and as limits.</summary>
public interface IPropertyValues
{
    /// <summary>Distinct values of a root property over all devices, in order, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<string>> DistinctAsync(TenantId tenant, string name, int limit, CancellationToken ct);

    /// <summary>The property's value by device; devices without it are left out.</summary>
    Task<IReadOnlyDictionary<long, string>> OfDevicesAsync(
        TenantId tenant,
        string name,
        IReadOnlyList<long> deviceKeys,
        CancellationToken ct
    );

    /// <summary>The organization's name by device.</summary>
    Task<IReadOnlyDictionary<long, string>> OrganizationsAsync(
        TenantId tenant,
        IReadOnlyList<long> deviceKeys,
        CancellationToken ct
    );
}
