using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Devices;

internal sealed class RelationshipStore(TenantDb db) : IRelationshipStore
{
    public Task<IReadOnlyList<DeviceRelationship>> ListAsync(TenantId tenant, long deviceKey, CancellationToken ct) =>
        db.QueryAsync<DeviceRelationship>(
            tenant,
            """
            select r.id, s.id as source, t.id as target from device_relationship r
            join device s on s.tenant_id = r.tenant_id and s.device_key = r.source_key
            join device t on t.tenant_id = r.tenant_id and t.device_key = r.target_key
            where @deviceKey in (r.source_key, r.target_key)
            order by r.target_key <> @deviceKey, r.id
            """,
            new { deviceKey },
            ct
        );

    public Task PutAsync(
        (TenantId Tenant, long SourceKey, long TargetKey) of,
        DeviceRelationship relationship,
        DeviceRelationship? replaced,
        (AuditEntry Entry, DateTimeOffset Now) audit,
        CancellationToken ct
    ) =>
        db.TransactionAsync(
            of.Tenant,
            async t =>
            {
                var args = new
                {
                    of.SourceKey,
                    of.TargetKey,
                    relationship.Id,
                    audit.Now,
                    By = audit.Entry.Actor.Name,
                    IsDevice = audit.Entry.Actor.Kind == "device",
                    OldId = replaced?.Id,
                    OldSource = replaced?.Source,
                };
                // one change at a time: two could close a circle that neither sees
                await t.ExecuteAsync(
                    "select pg_advisory_xact_lock(hashtext('device_relationship'), @Value)",
                    of.Tenant
                );
                if (replaced is not null)
                    await t.ExecuteAsync(
                        """
                        delete from device_relationship r using device s
                        where r.id = @OldId and s.id = @OldSource and s.tenant_id = r.tenant_id
                          and s.device_key = r.source_key and (not @IsDevice or r.created_by = @By)
                        """,
                        args
                    );
                var isCircle = await t.FindAsync<bool>(
                    """
                    with recursive above as (
                      select source_key from device_relationship where target_key = @SourceKey
                      union select r.source_key from device_relationship r join above a on r.target_key = a.source_key
                    )
                    select exists (select from above where source_key = @TargetKey)
                    """,
                    args
                );
                if (isCircle)
                    throw new ConflictException(
                        "relationship.circle",
                        $"'{relationship.Source}' is itself behind '{relationship.Target}'."
                    );
                await t.ExecuteAsync(
                    "delete from device_relationship where source_key = @SourceKey and id = @Id",
                    args
                );
                var added = await t.ExecuteAsync(
                    """
                    insert into device_relationship (source_key, id, target_key, created_at, created_by)
                    values (@SourceKey, @Id, @TargetKey, @Now, @By)
                    on conflict (tenant_id, target_key) do nothing
                    """,
                    args
                );
                if (added == 0)
                    throw new ConflictException(
                        "relationship.has-gateway",
                        $"The device '{relationship.Target}' is behind another gateway already. Detach it there first."
                    );
                await t.AuditAsync(audit.Entry);
                return true;
            },
            ct
        );

    public Task<bool> DeleteAsync(
        TenantId tenant,
        DeviceRelationship relationship,
        AuditEntry audit,
        CancellationToken ct
    ) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                var deleted = await t.ExecuteAsync(
                    """
                    delete from device_relationship r using device s
                    where r.id = @Id and s.id = @Source and s.tenant_id = r.tenant_id and s.device_key = r.source_key
                    """,
                    new { relationship.Id, relationship.Source }
                );
                if (deleted > 0)
                    await t.AuditAsync(audit);
                return deleted > 0;
            },
            ct
        );
}
