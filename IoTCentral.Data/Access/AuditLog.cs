using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Access;

internal sealed class AuditLog(TenantDb db) : IAuditLog
{
    public Task AddAsync(TenantId tenant, AuditEntry entry, CancellationToken ct) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                await t.AuditAsync(entry);
                return true;
            },
            ct
        );
}
