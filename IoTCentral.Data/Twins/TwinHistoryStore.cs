using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;
using IoTCentral.Core.Twins;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Twins;

internal sealed class TwinHistoryStore(TenantDb db) : ITwinHistoryStore
{
    public Task<IReadOnlyList<TwinChange>> ListAsync(
        TenantId tenant,
        IdentityId id,
        DateTimeOffset since,
        long? before,
        int limit,
        CancellationToken ct
    ) =>
        db.QueryAsync<TwinChange>(
            tenant,
            """
            select id, at, actor_name as who, action, before::text as before, after::text as after, version
            from audit
            where target_id = @target and id < @before and at >= @since
              and action in ('device.desired-properties', 'device.cloud-properties', 'device.properties', 'twin.initialize')
              and after is not null
            order by id desc limit @limit
            """,
            new
            {
                target = id.ToString(),
                before = before ?? long.MaxValue,
                since,
                limit,
            },
            ct
        );

    public Task<IReadOnlyList<ReportedChange>> ReportsAsync(
        TenantId tenant,
        long deviceKey,
        long? before,
        int limit,
        CancellationToken ct
    ) =>
        db.QueryAsync<ReportedChange>(
            tenant,
            """
            select version, at, patch::text as patch from twin_report
            where device_key = @deviceKey and version < @before
            order by version desc limit @limit
            """,
            new
            {
                deviceKey,
                before = before ?? long.MaxValue,
                limit,
            },
            ct
        );
}
