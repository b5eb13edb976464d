using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Access;

/// <summary>Finds applications without members; that takes a look across tenants, hence the system role.</summary>
internal sealed class UnownedApplications(SystemDb db)
{
    public Task<IReadOnlyList<TenantId>> ListAsync(CancellationToken ct) =>
        db.QueryAsync<TenantId>(
            """
            select a.tenant_id
            from application a
            where not exists (select from membership m where m.tenant_id = a.tenant_id)
            order by a.tenant_id
            """,
            null,
            ct
        );
}
