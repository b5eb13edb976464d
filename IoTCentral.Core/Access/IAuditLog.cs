using IoTCentral.Core.Audit;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Access;

/// <summary>Acts in an application that change no row, such as looking at a key; changes are audited where they are made.</summary>
public interface IAuditLog
{
    Task AddAsync(TenantId tenant, AuditEntry entry, CancellationToken ct);
}
