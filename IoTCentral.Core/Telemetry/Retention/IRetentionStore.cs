using IoTCentral.Core.Audit;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Telemetry.Retention;

/// <summary>Keeps how long applications keep their data.</summary>
public interface IRetentionStore
{
    /// <summary>By template id, the application's own under the empty one.</summary>
    Task<IReadOnlyDictionary<string, RetentionRule>> RulesAsync(TenantId tenant, CancellationToken ct);

    /// <param name="template">Empty: the application's own.</param>
    /// <param name="rule">One that says nothing is removed.</param>
    Task SaveAsync(TenantId tenant, string template, RetentionRule rule, AuditEntry audit, CancellationToken ct);

    Task<IReadOnlyList<LegalHold>> HoldsAsync(TenantId tenant, CancellationToken ct);

    /// <param name="deviceKey">Of the hold's device; null: all of the application.</param>
    Task PlaceAsync(TenantId tenant, LegalHold hold, long? deviceKey, AuditEntry audit, CancellationToken ct);

    /// <summary>False: there is none with this id.</summary>
    Task<bool> LiftAsync(TenantId tenant, Guid id, AuditEntry audit, CancellationToken ct);

    /// <summary>Null: it has not been counted yet.</summary>
    Task<StorageUse?> FindUseAsync(TenantId tenant, CancellationToken ct);
}
