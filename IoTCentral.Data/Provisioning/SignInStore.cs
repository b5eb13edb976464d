using Dapper;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Provisioning;

/// <summary>Looks for devices before their tenant is known.</summary>
internal sealed class SignInStore(SystemDb db) : ISignInStore
{
    static SignInStore()
    {
        EnumText<ProvisioningStatus>.Register();
        EnumText<Reprovisioning>.Register();
        EnumText<CertificateEntry>.Register();
    }

    public Task<(IReadOnlyList<SignInCandidate> Candidates, bool IsApplicationHost)> CandidatesAsync(
        string deviceId,
        string host,
        CancellationToken ct
    ) =>
        QueryCandidatesAsync(
            """
            select exists (select from application where host_name = lower(@host));
            select d.tenant_id, d.device_key, d.id as device_id, d.is_blocked, a.is_suspended, d.status,
              d.template_id, d.announced_model_id, p.last_message_at, c.group_id, c.registration_id, c.assigned_at, c.is_proven,
              i.primary_thumbprint, i.secondary_thumbprint, g.display_name as group_name,
              coalesce(g.primary_key, i.primary_key) as primary_key,
              coalesce(g.secondary_key, i.secondary_key) as secondary_key
            from device d
            join application a on a.tenant_id = d.tenant_id
            join device_credential c on c.tenant_id = d.tenant_id and c.device_key = d.device_key
            left join enrollment_group g on g.tenant_id = c.tenant_id and g.id = c.group_id
            left join individual_enrollment i on c.group_id is null
              and i.tenant_id = c.tenant_id and i.registration_id = lower(c.registration_id)
            left join device_presence p on p.tenant_id = d.tenant_id and p.device_key = d.device_key
            where d.id = @deviceId and (a.host_name = lower(@host)
              or not exists (select from application o where o.host_name = lower(@host)))
            """,
            new { deviceId, host },
            ct
        );

    public Task<bool> IsApplicationHostAsync(string host, CancellationToken ct) =>
        db.FindAsync<bool>("select exists (select from application where host_name = lower(@host))", new { host }, ct);

    public Task<(IReadOnlyList<SignInCandidate> Candidates, bool IsApplicationHost)> ModuleCandidatesAsync(
        IdentityId id,
        string host,
        CancellationToken ct
    ) =>
        QueryCandidatesAsync(
            """
            select exists (select from application where host_name = lower(@host));
            select d.tenant_id, d.device_key, d.id as device_id, d.is_blocked, a.is_suspended, d.status,
              d.template_id, d.announced_model_id, p.last_message_at, m.id as module_id, m.module_key,
              d.id as registration_id, m.created_at as assigned_at, m.primary_key, m.secondary_key
            from device d
            join application a on a.tenant_id = d.tenant_id
            join device_module m on m.tenant_id = d.tenant_id and m.device_key = d.device_key
            left join device_presence p on p.tenant_id = d.tenant_id and p.device_key = m.module_key
            where d.id = @Device and m.id = @Module and (a.host_name = lower(@host)
              or not exists (select from application o where o.host_name = lower(@host)))
            """,
            new
            {
                id.Device,
                id.Module,
                host,
            },
            ct
        );

    public async Task<IReadOnlyList<SigningCertificate>> AuthoritiesAsync(
        IReadOnlyCollection<TenantId> tenants,
        CancellationToken ct
    )
    {
        var rows = await db.QueryAsync<CertificateRow>(
            $"select {CertificateRow.Columns} from signing_certificate where is_verified and tenant_id = any (@tenants)",
            new { tenants = tenants.Select(t => t.Value).Distinct().ToArray() },
            ct
        );
        return [.. rows.Select(r => r.ToCertificate())];
    }

    public async Task<IReadOnlyList<SigningCertificate>> UnverifiedAuthoritiesAsync(
        TenantId tenant,
        CancellationToken ct
    )
    {
        var rows = await db.QueryAsync<CertificateRow>(
            $"select {CertificateRow.Columns} from signing_certificate where not is_verified and tenant_id = @tenant",
            new { tenant = tenant.Value },
            ct
        );
        return [.. rows.Select(r => r.ToCertificate())];
    }

    public Task<bool> IsRevokedAsync(SigningCertificate authority, string serial, CancellationToken ct) =>
        db.FindAsync<bool>(
            """
            select exists (select from revoked_certificate
              where tenant_id = @tenant and group_id = @GroupId and entry = @entry and serial = @serial)
            """,
            new
            {
                tenant = authority.TenantId.Value,
                authority.GroupId,
                entry = EnumText<CertificateEntry>.Text(authority.Entry),
                serial,
            },
            ct
        );

    public Task<IReadOnlyList<BarredDevice>> FindBarredAsync(
        IReadOnlyCollection<(TenantId Tenant, long DeviceKey)> devices,
        CancellationToken ct
    ) =>
        db.QueryAsync<BarredDevice>(
            """
            select * from (
              select c.tenant_id, c.device_key, case
                  when d.device_key is null then @deleted
                  when d.is_blocked then @blocked
                  when a.is_suspended then @suspended
                end as code
              from unnest(@tenants, @keys) c (tenant_id, device_key)
              join application a on a.tenant_id = c.tenant_id
              left join device d on d.tenant_id = c.tenant_id and d.device_key = c.device_key
            ) checked where code is not null
            """,
            new
            {
                tenants = devices.Select(d => d.Tenant.Value).ToArray(),
                keys = devices.Select(d => d.DeviceKey).ToArray(),
                deleted = ConnectionCode.Deleted,
                blocked = ConnectionCode.Blocked,
                suspended = ConnectionCode.ApplicationSuspended,
            },
            ct
        );

    public async Task<ScopeEnrollments?> FindScopeAsync(string idScope, string registrationId, CancellationToken ct)
    {
        await using var connection = await db.Source.OpenConnectionAsync(ct);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                select tenant_id, slug, name, id_scope, host_name, time_zone, is_suspended, version, created_at
                from application where id_scope = @idScope;
                select {GroupRow.Columns} from enrollment_group
                where tenant_id = (select tenant_id from application where id_scope = @idScope) order by created_at, id;
                select {CertificateRow.Columns} from signing_certificate
                where is_verified and tenant_id = (select tenant_id from application where id_scope = @idScope);
                select {IndividualRow.Columns} from individual_enrollment
                where tenant_id = (select tenant_id from application where id_scope = @idScope)
                  and registration_id = @registrationId
                """,
                new { idScope, registrationId },
                cancellationToken: ct
            )
        );
        var application = await results.ReadFirstOrDefaultAsync<Application>();
        var groups = await results.ReadAsync<GroupRow>();
        var authorities = await results.ReadAsync<CertificateRow>();
        var individual = await results.ReadFirstOrDefaultAsync<IndividualRow>();
        return application is null
            ? null
            : new ScopeEnrollments(
                application,
                [.. groups.Select(g => g.ToGroup())],
                [.. authorities.Select(a => a.ToCertificate())],
                individual?.ToEnrollment()
            );
    }

    /// <param name="sql">Whether the host is an application's, then the candidates.</param>
    private async Task<(IReadOnlyList<SignInCandidate> Candidates, bool IsApplicationHost)> QueryCandidatesAsync(
        string sql,
        object args,
        CancellationToken ct
    )
    {
        await using var connection = await db.Source.OpenConnectionAsync(ct);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(sql, args, cancellationToken: ct)
        );
        var isApplicationHost = await results.ReadSingleAsync<bool>();
        var rows = await results.ReadAsync<CandidateRow>();
        return ([.. rows.Select(r => r.ToCandidate())], isApplicationHost);
    }

    private sealed record CandidateRow
    {
        public TenantId TenantId { get; init; }
        public long DeviceKey { get; init; }
        public required string DeviceId { get; init; }
        public string? ModuleId { get; init; }
        public long? ModuleKey { get; init; }
        public bool IsBlocked { get; init; }
        public bool IsSuspended { get; init; }
        public ProvisioningStatus Status { get; init; }
        public string? TemplateId { get; init; }
        public string? AnnouncedModelId { get; init; }
        public DateTimeOffset? LastMessageAt { get; init; }
        public string? GroupId { get; init; }
        public string? GroupName { get; init; }
        public required string RegistrationId { get; init; }
        public DateTimeOffset AssignedAt { get; init; }
        public bool IsProven { get; init; }
        public string? PrimaryThumbprint { get; init; }
        public string? SecondaryThumbprint { get; init; }
        public byte[]? PrimaryKey { get; init; }
        public byte[]? SecondaryKey { get; init; }

        public SignInCandidate ToCandidate() =>
            new()
            {
                TenantId = TenantId,
                DeviceKey = DeviceKey,
                DeviceId = DeviceId,
                ModuleId = ModuleId,
                ModuleKey = ModuleKey,
                IsBlocked = IsBlocked,
                IsSuspended = IsSuspended,
                Status = Status,
                TemplateId = TemplateId,
                AnnouncedModelId = AnnouncedModelId,
                LastMessageAt = LastMessageAt,
                Source = new CredentialSource(GroupId, RegistrationId),
                GroupName = GroupName,
                AssignedAt = AssignedAt,
                IsProven = IsProven,
                Certificates = PrimaryThumbprint is null
                    ? null
                    : new(PrimaryThumbprint, SecondaryThumbprint, null, null),
                Keys = PrimaryKey is null || SecondaryKey is null ? null : new WrappedKeys(PrimaryKey, SecondaryKey),
            };
    }
}
