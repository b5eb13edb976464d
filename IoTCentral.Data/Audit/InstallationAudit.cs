using IoTCentral.Core.Audit;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Audit;

/// <summary>The installation's own audit log.</summary>
internal sealed class InstallationAudit(TenantDb db) : IInstallationAudit
{
    public Task AddAsync(AuditEntry entry, CancellationToken ct) =>
        db.PlatformTransactionAsync(
            async t =>
            {
                await t.AuditInstallationAsync(entry);
                return true;
            },
            ct
        );
}

internal static class InstallationAuditing
{
    /// <summary>The audit row of a change of the installation that this transaction makes.</summary>
    public static Task AuditInstallationAsync(this TenantTransaction transaction, AuditEntry entry) =>
        transaction.ExecuteAsync(
            """
            insert into installation_audit
              (actor_kind, actor_id, actor_name, address, action, target_id, target_name, before, after)
            values (@Kind, @Id, @Name, @Address, @Action, @TargetId, @TargetName, @Before::jsonb, @After::jsonb)
            """,
            new
            {
                entry.Actor.Kind,
                entry.Actor.Id,
                entry.Actor.Name,
                entry.Actor.Address,
                entry.Action,
                entry.TargetId,
                entry.TargetName,
                entry.Before,
                entry.After,
            }
        );
}
