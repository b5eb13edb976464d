using System.Text.Json.Nodes;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Tenants;
using IoTCentral.Core.Twins;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Twins;

internal sealed class TwinStore(TenantDb db) : ITwinStore
{
    private const string Select = """
        select tenant_id, device_key, desired::text, desired_version, desired_metadata::text, reported::text,
          reported_version, reported_metadata::text, cloud::text, cloud_version, updated_at
        from twin where device_key = @deviceKey
        """;

    public async Task<Twin?> FindAsync(TenantId tenant, long deviceKey, CancellationToken ct) =>
        (await db.FindAsync<TwinRow>(tenant, Select, new { deviceKey }, ct))?.ToTwin();

    public Task<Twin?> ChangeAsync(
        TenantId tenant,
        long deviceKey,
        Func<Twin, Twin> change,
        Func<Twin, AuditEntry>? audit,
        CancellationToken ct
    ) =>
        ChangeAsync(
            tenant,
            deviceKey,
            change,
            async (t, was, now) =>
            {
                var version = now.DesiredVersion == was.DesiredVersion ? (long?)null : now.DesiredVersion;
                if (audit is not null)
                    await t.AuditAsync(audit(was) with { Version = version });
            },
            ct
        );

    public Task<Twin?> ReportAsync(
        TenantId tenant,
        long deviceKey,
        Func<Twin, Twin> change,
        JsonObject patch,
        CancellationToken ct
    ) => ChangeAsync(tenant, deviceKey, change, (t, _, now) => KeepAsync(t, now, patch), ct);

    private Task<Twin?> ChangeAsync(
        TenantId tenant,
        long deviceKey,
        Func<Twin, Twin> change,
        Func<TenantTransaction, Twin, Twin, Task> trace,
        CancellationToken ct
    ) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                if (await t.FindAsync<TwinRow>($"{Select} for update", new { deviceKey }) is not { } row)
                    return null;
                var twin = row.ToTwin();
                var changed = change(twin);
                if (ReferenceEquals(changed, twin))
                    return twin;
                await SaveAsync(t, changed);
                if (changed.ReportedVersion != twin.ReportedVersion)
                    await IndexAsync(t, deviceKey, "reported", changed.Reported);
                if (changed.CloudVersion != twin.CloudVersion)
                    await IndexAsync(t, deviceKey, "cloud", changed.Cloud);
                await trace(t, twin, changed);
                return changed;
            },
            ct
        );

    /// <summary>Adds a report to the newest; now and then those beyond them are removed, not each time one.</summary>
    private static Task<int> KeepAsync(TenantTransaction t, Twin twin, JsonObject patch) =>
        t.ExecuteAsync(
            """
            with gone as (
              delete from twin_report
              where device_key = @DeviceKey and version <= @ReportedVersion - @most and @ReportedVersion % 20 = 0
            )
            insert into twin_report (device_key, version, at, patch)
            values (@DeviceKey, @ReportedVersion, @UpdatedAt, @patch::jsonb)
            """,
            new
            {
                twin.DeviceKey,
                twin.ReportedVersion,
                twin.UpdatedAt,
                most = (long)ReportedChange.Most,
                patch = patch.ToJsonString(),
            }
        );

    private static Task<int> SaveAsync(TenantTransaction t, Twin twin) =>
        t.ExecuteAsync(
            """
            update twin set desired = @desired::jsonb, desired_version = @DesiredVersion,
              desired_metadata = @desiredMetadata::jsonb, reported = @reported::jsonb,
              reported_version = @ReportedVersion, reported_metadata = @reportedMetadata::jsonb,
              cloud = @cloud::jsonb, cloud_version = @CloudVersion, updated_at = @UpdatedAt
            where device_key = @DeviceKey
            """,
            new
            {
                twin.DeviceKey,
                desired = twin.Desired.ToJsonString(),
                twin.DesiredVersion,
                desiredMetadata = twin.DesiredMetadata.ToJsonString(),
                reported = twin.Reported.ToJsonString(),
                twin.ReportedVersion,
                reportedMetadata = twin.ReportedMetadata.ToJsonString(),
                cloud = twin.Cloud.ToJsonString(),
                twin.CloudVersion,
                twin.UpdatedAt,
            }
        );

    /// <summary>Keeps the rows that lists filter by in step, touching only those that differ.</summary>
    private static Task<int> IndexAsync(TenantTransaction t, long deviceKey, string source, JsonObject properties)
    {
        var indexed = PropertyIndex.Of(properties).DistinctBy(p => (p.Component, p.Name)).ToList();
        return t.ExecuteAsync(
            """
            with given as (select * from unnest(@components, @names, @values) as g(component, name, value)), gone as (
              delete from device_property p where device_key = @deviceKey and source = @source
                and not exists (select from given g where g.component = p.component and g.name = p.name)
            )
            insert into device_property as p (device_key, source, component, name, value)
            -- lists are of devices: modules are not filtered by
            select @deviceKey, @source, component, name, value from given
            where exists (select from device d where d.device_key = @deviceKey)
            on conflict (tenant_id, device_key, component, name, source) do update set value = excluded.value
            where p.value <> excluded.value
            """,
            new
            {
                deviceKey,
                source,
                components = indexed.Select(p => p.Component).ToArray(),
                names = indexed.Select(p => p.Name).ToArray(),
                values = indexed.Select(p => p.Value).ToArray(),
            }
        );
    }

    private sealed record TwinRow
    {
        public TenantId TenantId { get; init; }
        public long DeviceKey { get; init; }
        public required string Desired { get; init; }
        public long DesiredVersion { get; init; }
        public required string DesiredMetadata { get; init; }
        public required string Reported { get; init; }
        public long ReportedVersion { get; init; }
        public required string ReportedMetadata { get; init; }
        public required string Cloud { get; init; }
        public int CloudVersion { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }

        public Twin ToTwin() =>
            new()
            {
                TenantId = TenantId,
                DeviceKey = DeviceKey,
                Desired = Read(Desired),
                DesiredVersion = DesiredVersion,
                DesiredMetadata = Read(DesiredMetadata),
                Reported = Read(Reported),
                ReportedVersion = ReportedVersion,
                ReportedMetadata = Read(ReportedMetadata),
                Cloud = Read(Cloud),
                CloudVersion = CloudVersion,
                UpdatedAt = UpdatedAt,
            };

        private static JsonObject Read(string json) => (JsonObject)JsonNode.Parse(json)!;
    }
}
