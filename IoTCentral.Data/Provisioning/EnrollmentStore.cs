using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Provisioning;

internal sealed class EnrollmentStore(TenantDb db) : IEnrollmentStore
{
    static EnrollmentStore() => EnumText<Reprovisioning>.Register();

    public async Task<IReadOnlyList<EnrollmentGroup>> GroupsAsync(TenantId tenant, CancellationToken ct)
    {
        var rows = await db.QueryAsync<GroupRow>(
            tenant,
            $"select {GroupRow.Columns} from enrollment_group order by lower(display_name), id",
            null,
            ct
        );
        return [.. rows.Select(r => r.ToGroup())];
    }

    public async Task<EnrollmentGroup?> FindGroupAsync(TenantId tenant, string id, CancellationToken ct)
    {
        var row = await db.FindAsync<GroupRow>(
            tenant,
            $"select {GroupRow.Columns} from enrollment_group where id = @id",
            new { id },
            ct
        );
        return row?.ToGroup();
    }

    public Task<bool> AddGroupAsync(EnrollmentGroup group, AuditEntry audit, CancellationToken ct) =>
        db.TransactionAsync(
            group.TenantId,
            async t =>
            {
                var added = await t.ExecuteAsync(
                    """
                    insert into enrollment_group (id, display_name, is_enabled, type, primary_key, secondary_key,
                      needs_approval, reprovisioning, initial_twin, created_at, created_by, updated_by)
                    values (@Id, @DisplayName, @IsEnabled, @Type, @Primary, @Secondary, @NeedsApproval, @Reprovisioning,
                      @InitialTwin::jsonb, @CreatedAt, @By, @By)
                    on conflict do nothing
                    """,
                    ArgsOf(group, audit)
                );
                if (added > 0)
                    await t.AuditAsync(audit);
                return added > 0;
            },
            ct
        );

    public Task<EnrollmentGroup> UpdateGroupAsync(EnrollmentGroup group, AuditEntry audit, CancellationToken ct) =>
        db.TransactionAsync(
            group.TenantId,
            async t =>
            {
                var updated = await t.ExecuteAsync(
                    """
                    update enrollment_group set display_name = @DisplayName, is_enabled = @IsEnabled, type = @Type,
                      primary_key = @Primary, secondary_key = @Secondary, needs_approval = @NeedsApproval,
                      reprovisioning = @Reprovisioning, initial_twin = @InitialTwin::jsonb, version = version + 1,
                      updated_by = @By
                    where id = @Id and version = @Version
                    """,
                    ArgsOf(group, audit)
                );
                if (updated == 0)
                    throw Stale();
                await t.AuditAsync(audit);
                return group with { Version = group.Version + 1 };
            },
            ct
        );

    public Task<bool> DeleteGroupAsync(TenantId tenant, string id, AuditEntry audit, CancellationToken ct) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                if (await t.ExecuteAsync("delete from enrollment_group where id = @id", new { id }) == 0)
                    return false;
                await t.ExecuteAsync(
                    """
                    update device_credential c set group_id = @group, registration_id = d.id, is_proven = false
                    from device d
                    where c.tenant_id = d.tenant_id and c.device_key = d.device_key and c.group_id = @id
                    """,
                    new { id, group = EnrollmentGroup.DefaultId }
                );
                await t.AuditAsync(audit);
                return true;
            },
            ct
        );

    public async Task<IndividualEnrollment?> FindIndividualAsync(
        TenantId tenant,
        string registrationId,
        CancellationToken ct
    )
    {
        var row = await db.FindAsync<IndividualRow>(
            tenant,
            $"select {IndividualRow.Columns} from individual_enrollment where registration_id = @registrationId",
            new { registrationId },
            ct
        );
        return row?.ToEnrollment();
    }

    public Task<IndividualEnrollment> PutIndividualAsync(
        IndividualEnrollment enrollment,
        AuditEntry audit,
        CancellationToken ct
    ) =>
        db.TransactionAsync(
            enrollment.TenantId,
            async t =>
            {
                // its holder has shown what stays enrolled
                var isSame = await t.FindAsync<bool>(
                    """
                    select exists (select from individual_enrollment where registration_id = @RegistrationId
                      and (primary_thumbprint in (@Primary, @Secondary) or secondary_thumbprint in (@Primary, @Secondary)))
                    """,
                    new
                    {
                        enrollment.RegistrationId,
                        enrollment.Certificates?.Primary,
                        enrollment.Certificates?.Secondary,
                    }
                );
                var saved = await t.ExecuteAsync(
                    """
                    insert into individual_enrollment as e (registration_id, device_id, is_enabled, primary_key,
                      secondary_key, primary_thumbprint, secondary_thumbprint, primary_certificate,
                      secondary_certificate, created_at, created_by, updated_by)
                    values (@RegistrationId, @DeviceId, @IsEnabled, @PrimaryKey, @SecondaryKey, @Primary, @Secondary,
                      @PrimaryDer, @SecondaryDer, @CreatedAt, @By, @By)
                    on conflict (tenant_id, registration_id) do update set device_id = @DeviceId,
                      is_enabled = @IsEnabled, primary_key = @PrimaryKey, secondary_key = @SecondaryKey,
                      primary_thumbprint = @Primary, secondary_thumbprint = @Secondary,
                      primary_certificate = @PrimaryDer, secondary_certificate = @SecondaryDer,
                      version = e.version + 1, updated_by = @By
                    where e.version = @Version
                    """,
                    new
                    {
                        enrollment.RegistrationId,
                        enrollment.DeviceId,
                        enrollment.IsEnabled,
                        PrimaryKey = enrollment.Keys?.Primary,
                        SecondaryKey = enrollment.Keys?.Secondary,
                        enrollment.Certificates?.Primary,
                        enrollment.Certificates?.Secondary,
                        enrollment.Certificates?.PrimaryDer,
                        enrollment.Certificates?.SecondaryDer,
                        enrollment.CreatedAt,
                        enrollment.Version,
                        By = audit.Actor.Name,
                    }
                );
                if (saved == 0)
                    throw Stale();
                // Without waiting for the device to register again: its panel shows these keys from now on.
                await t.ExecuteAsync(
                    """
                    update device_credential c
                    set group_id = null, registration_id = @RegistrationId, is_proven = c.is_proven and @isSame
                    from device d where d.id = @DeviceId and c.tenant_id = d.tenant_id and c.device_key = d.device_key
                    """,
                    new
                    {
                        enrollment.RegistrationId,
                        enrollment.DeviceId,
                        isSame,
                    }
                );
                await t.AuditAsync(audit);
                return enrollment with { Version = enrollment.Version + 1 };
            },
            ct
        );

    public Task<bool> DeleteIndividualAsync(
        TenantId tenant,
        string registrationId,
        AuditEntry audit,
        CancellationToken ct
    ) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                var deleted = await t.ExecuteAsync(
                    "delete from individual_enrollment where registration_id = @registrationId",
                    new { registrationId }
                );
                if (deleted == 0)
                    return false;
                await t.ExecuteAsync(
                    """
                    update device_credential c set group_id = @group, registration_id = d.id, is_proven = false
                    from device d where c.tenant_id = d.tenant_id and c.device_key = d.device_key
                      and c.group_id is null and lower(c.registration_id) = @registrationId
                    """,
                    new { registrationId, group = EnrollmentGroup.DefaultId }
                );
                await t.AuditAsync(audit);
                return true;
            },
            ct
        );

    public async Task<CredentialSource?> FindSourceAsync(TenantId tenant, long deviceKey, CancellationToken ct)
    {
        var (found, group, registrationId) = await db.FindAsync<(bool, string?, string)>(
            tenant,
            "select true, group_id, registration_id from device_credential where device_key = @deviceKey",
            new { deviceKey },
            ct
        );
        return found ? new CredentialSource(group, registrationId) : null;
    }

    public async Task<IReadOnlyDictionary<long, CredentialSource>> FindSourcesAsync(
        TenantId tenant,
        IReadOnlyCollection<long> deviceKeys,
        CancellationToken ct
    )
    {
        var rows = await db.QueryAsync<(long DeviceKey, string? GroupId, string RegistrationId)>(
            tenant,
            """
            select device_key, group_id, registration_id
            from device_credential
            where device_key = any(@keys)
            """,
            new { keys = deviceKeys.ToArray() },
            ct
        );
        return rows.ToDictionary(r => r.DeviceKey, r => new CredentialSource(r.GroupId, r.RegistrationId));
    }

    public async Task<IReadOnlyDictionary<string, long>> CountDevicesAsync(TenantId tenant, CancellationToken ct)
    {
        var rows = await db.QueryAsync<(string GroupId, long Count)>(
            tenant,
            "select group_id, count(*) from device_credential where group_id is not null group by group_id",
            null,
            ct
        );
        return rows.ToDictionary(r => r.GroupId, r => r.Count, StringComparer.Ordinal);
    }

    public Task AssignAsync(
        TenantId tenant,
        long deviceKey,
        CredentialSource source,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        db.ExecuteAsync(
            tenant,
            """
            insert into device_credential (device_key, group_id, registration_id, assigned_at, is_proven)
            select device_key, @GroupId, @RegistrationId, @now, true from device where device_key = @deviceKey
            on conflict (tenant_id, device_key) do update
            set group_id = @GroupId, registration_id = @RegistrationId, assigned_at = @now, is_proven = true
            """,
            new
            {
                deviceKey,
                source.GroupId,
                source.RegistrationId,
                now,
            },
            ct
        );

    private static object ArgsOf(EnrollmentGroup group, AuditEntry audit) =>
        new
        {
            group.Id,
            group.DisplayName,
            group.IsEnabled,
            group.Type,
            group.Keys?.Primary,
            group.Keys?.Secondary,
            group.Terms.NeedsApproval,
            Reprovisioning = EnumText<Reprovisioning>.Text(group.Terms.Reprovisioning),
            group.Terms.InitialTwin,
            group.CreatedAt,
            group.Version,
            By = audit.Actor.Name,
        };

    private static StaleEditException Stale() =>
        new("Somebody else changed this enrollment meanwhile. Look at it again and repeat your change.");
}
