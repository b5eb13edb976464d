using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using Npgsql;

namespace IoTCentral.Data.Devices;

internal sealed class DeviceStore(TenantDb db, TimeProvider time) : IDeviceStore
{
    static DeviceStore() => EnumText<ProvisioningStatus>.Register();

    public async Task<Device?> FindAsync(TenantId tenant, string id, CancellationToken ct) =>
        (await FindRowAsync(tenant, "d.id = @id", new { id }, ct))?.ToDevice();

    public async Task<Device?> FindAsync(TenantId tenant, long key, CancellationToken ct) =>
        (await FindRowAsync(tenant, "d.device_key = @key", new { key }, ct))?.ToDevice();

    public async Task<IReadOnlyList<Device>> FindIgnoringCaseAsync(TenantId tenant, string id, CancellationToken ct)
    {
        var rows = await db.QueryAsync<DeviceRow>(
            tenant,
            $"select {DeviceRow.Columns} from {DeviceRow.From} where d.id_lower = lower(@id) limit 2",
            new { id },
            ct
        );
        return [.. rows.Select(r => r.ToDevice())];
    }

    public async Task<Page<Device>> ListAsync(
        TenantId tenant,
        DeviceFilter filter,
        string? after,
        int limit,
        CancellationToken ct
    )
    {
        var query = new DeviceQuery(filter);
        if (after is not null)
            query.After(after);
        query.Parameters.Add("limit", limit + 1);
        var rows = await db.QueryAsync<DeviceRow>(
            tenant,
            $"select {DeviceRow.Columns} from {DeviceRow.From} where {query.Where} order by {query.Order} limit @limit",
            query.Parameters,
            ct
        );
        var isLast = rows.Count <= limit;
        return new(
            [.. rows.Take(limit).Select(r => r.ToDevice())],
            isLast ? null : DeviceQuery.KeyAfter(rows[limit - 1])
        );
    }

    public Task<long> CountAsync(TenantId tenant, DeviceFilter filter, CancellationToken ct)
    {
        var query = new DeviceQuery(filter);
        return db.FindAsync<long>(
            tenant,
            $"select count(*) from {DeviceRow.From} where {query.Where}",
            query.Parameters,
            ct
        );
    }

    public Task<Device> AddAsync(Device device, AuditEntry audit, CancellationToken ct) =>
        TranslateAsync(
            device,
            () =>
                db.TransactionAsync(
                    device.TenantId,
                    async t =>
                    {
                        var key = await t.FindAsync<long>(
                            """
                            with made as (
                              insert into device (id, name, organization_id, template_id, status, is_blocked, is_simulated,
                                announced_model_id, created_at, created_by, updated_by)
                              values (@Id, @Name, @OrganizationId, @TemplateId, @Status, @IsBlocked, @IsSimulated,
                                @AnnouncedModelId, @CreatedAt, @By, @By)
                              returning tenant_id, device_key, organization_id
                            ), words as (
                              insert into device_word (word, device_key) select unnest(@Words), device_key from made
                            ), place as (
                              insert into device_organization (device_key, organization_id, from_at)
                              select device_key, organization_id, @CreatedAt from made
                            ), keys as (
                              insert into device_credential (device_key, group_id, registration_id, assigned_at)
                              -- an individual enrollment outlives its device and beats the group
                              select device_key, case when exists (
                                select from individual_enrollment e
                                where e.registration_id = lower(@Id) and e.device_id = @Id
                              ) then null else @DefaultGroup end, @Id, @CreatedAt from made
                            ), empty as (
                              insert into twin (device_key, updated_at) select device_key, @CreatedAt from made
                            )
                            select device_key from made
                            """,
                            new
                            {
                                device.Id,
                                device.Name,
                                device.OrganizationId,
                                device.TemplateId,
                                Status = EnumText<ProvisioningStatus>.Text(device.Status),
                                device.IsBlocked,
                                device.IsSimulated,
                                device.AnnouncedModelId,
                                device.CreatedAt,
                                By = audit.Actor.Name,
                                Words = DeviceWords.Of(device),
                                DefaultGroup = EnrollmentGroup.DefaultId,
                            }
                        );
                        await t.AuditAsync(audit);
                        return device with { Key = key, Version = 1, Presence = Presence.Never };
                    },
                    ct
                )
        );

    public Task<Device> UpdateAsync(Device device, AuditEntry audit, CancellationToken ct) =>
        TranslateAsync(
            device,
            () =>
                db.TransactionAsync(
                    device.TenantId,
                    async t =>
                    {
                        var updated = await t.ExecuteAsync(
                            """
                            update device set name = @Name, template_id = @TemplateId, is_blocked = @IsBlocked,
                              is_simulated = @IsSimulated, organization_id = @OrganizationId,
                              version = version + 1, updated_by = @By
                            where id = @Id and version = @Version
                              -- one that provisioned meanwhile stays what it is
                              and (is_simulated = @IsSimulated or status <> 'provisioned')
                            """,
                            new
                            {
                                device.Id,
                                device.Name,
                                device.TemplateId,
                                device.IsBlocked,
                                device.IsSimulated,
                                device.OrganizationId,
                                device.Version,
                                By = audit.Actor.Name,
                            }
                        );
                        if (updated == 0)
                            throw await WhyNotAsync(t, device.Id);
                        await MoveAsync(t, device);
                        await RewordAsync(t, device);
                        await t.AuditAsync(audit);
                        return (await FindRowAsync(t, device.Id))!.ToDevice();
                    },
                    ct
                )
        );

    public Task<Device?> ProvisionAsync(
        TenantId tenant,
        long key,
        string? modelId,
        AuditEntry audit,
        CancellationToken ct
    ) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                // A template is assigned by the device itself only while nobody has; what people edit is versioned.
                var changed = await t.ExecuteAsync(
                    """
                    with wanted as (
                      select d.device_key, coalesce(@modelId, d.announced_model_id) as model,
                        coalesce(d.template_id, (
                          select m.id from device_template m
                          where m.model_id = @modelId and m.status = 'published'
                          order by m.created_at desc, m.id desc limit 1)) as template
                      from device d where d.device_key = @key for update
                    )
                    update device d set status = 'provisioned', announced_model_id = w.model, template_id = w.template,
                      version = d.version + (d.template_id is distinct from w.template)::int,
                      updated_by = case when d.template_id is distinct from w.template then @by else d.updated_by end
                    from wanted w
                    where d.device_key = w.device_key and (d.status <> 'provisioned'
                      or d.announced_model_id is distinct from w.model or d.template_id is distinct from w.template)
                    """,
                    new
                    {
                        key,
                        modelId,
                        by = audit.Actor.Name,
                    }
                );
                if (changed > 0)
                    await t.AuditAsync(audit);
                var row = await t.FindAsync<DeviceRow>(
                    $"select {DeviceRow.Columns} from {DeviceRow.From} where d.device_key = @key",
                    new { key }
                );
                return row?.ToDevice();
            },
            ct
        );

    public Task<Device?> ApproveAsync(TenantId tenant, long key, AuditEntry audit, CancellationToken ct) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                var approved = await t.ExecuteAsync(
                    """
                    update device set status = 'registered', version = version + 1, updated_by = @by
                    where device_key = @key and status = 'waiting'
                    """,
                    new { key, by = audit.Actor.Name }
                );
                if (approved > 0)
                    await t.AuditAsync(audit);
                var row = await t.FindAsync<DeviceRow>(
                    $"select {DeviceRow.Columns} from {DeviceRow.From} where d.device_key = @key",
                    new { key }
                );
                return row?.ToDevice();
            },
            ct
        );

    public Task<bool> DeleteAsync(TenantId tenant, string id, AuditEntry audit, CancellationToken ct) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                var key = await t.FindAsync<long?>(
                    "delete from device where id = @id returning device_key",
                    new { id }
                );
                if (key is null)
                    return false;
                await t.ExecuteAsync(
                    "update device_organization set to_at = @now where device_key = @key and to_at is null",
                    new { key, now = time.GetUtcNow() }
                );
                await t.AuditAsync(audit);
                return true;
            },
            ct
        );

    private Task<DeviceRow?> FindRowAsync(TenantId tenant, string where, object args, CancellationToken ct) =>
        db.FindAsync<DeviceRow>(tenant, $"select {DeviceRow.Columns} from {DeviceRow.From} where {where}", args, ct);

    private static Task<DeviceRow?> FindRowAsync(TenantTransaction t, string id) =>
        t.FindAsync<DeviceRow>($"select {DeviceRow.Columns} from {DeviceRow.From} where d.id = @id", new { id });

    /// <summary>History stays with the organization of its time.</summary>
    private Task<int> MoveAsync(TenantTransaction t, Device device) =>
        t.ExecuteAsync(
            """
            with left_behind as (
              update device_organization set to_at = @now
              where device_key = @Key and to_at is null and organization_id <> @OrganizationId
              returning device_key
            )
            insert into device_organization (device_key, organization_id, from_at)
            select device_key, @OrganizationId, @now from left_behind
            """,
            new
            {
                device.Key,
                device.OrganizationId,
                now = time.GetUtcNow(),
            }
        );

    private static Task<int> RewordAsync(TenantTransaction t, Device device) =>
        t.ExecuteAsync(
            """
            with given as (select unnest(@words) as word), gone as (
              delete from device_word where device_key = @Key and word <> all (@words)
            )
            insert into device_word (word, device_key) select word, @Key from given on conflict do nothing
            """,
            new { device.Key, words = DeviceWords.Of(device) }
        );

    private static async Task<DomainException> WhyNotAsync(TenantTransaction t, string id) =>
        await FindRowAsync(t, id) is null
            ? DeviceLookup.NotFound(id)
            : new StaleEditException(
                "Somebody else changed this device meanwhile. Look at it again and repeat your change."
            );

    private static async Task<Device> TranslateAsync(Device device, Func<Task<Device>> work)
    {
        try
        {
            return await work();
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new ConflictException("device.id-taken", $"A device with the id '{device.Id}' already exists.");
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw new InvalidRequestException(
                "device.invalid",
                e.ConstraintName!.Contains("template", StringComparison.Ordinal)
                    ? [new Fault("template", $"There is no device template '{device.TemplateId}' in this application.")]
                    : [new Fault("organizations", "There is no such organization in this application.")]
            );
        }
    }
}
