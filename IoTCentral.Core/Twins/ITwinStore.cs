using System.Text.Json.Nodes;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Twins;

/// <summary>The twins of one application's devices.</summary>
public interface ITwinStore
{
    Task<Twin?> FindAsync(TenantId tenant, long deviceKey, CancellationToken ct);

    /// <summary>
    /// Changes one twin while nobody else can: <paramref name="change"/> gets the stored one and gives the new one, or
    /// the same instance to leave it; <paramref name="audit"/> gets the stored one too. Null when the device is gone.
    /// What <paramref name="change"/> throws rolls back.
    /// </summary>
    Task<Twin?> ChangeAsync(
        TenantId tenant,
        long deviceKey,
        Func<Twin, Twin> change,
        Func<Twin, AuditEntry>? audit,
        CancellationToken ct
    );

    /// <summary>The same for what its device reports, of which the newest patches are kept.</summary>
    Task<Twin?> ReportAsync(
        TenantId tenant,
        long deviceKey,
        Func<Twin, Twin> change,
        JsonObject patch,
        CancellationToken ct
    );
}
