using Dapper;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using IoTCentral.Data.Tenants;

namespace IoTCentral.Data.Access;

/// <summary>Memberships: read by tenant or by the person they are about, written by tenant.</summary>
internal sealed class AccessStore(TenantDb db, UnownedApplications unowned) : IAccessStore
{
    // row-level security shows a person's own memberships while app.person_id names her
    private const string SetPerson = "select set_config('app.person_id', @personId::text, true);";
    private const string MembershipColumns = "m.tenant_id, m.person_id, m.role_id, m.organization_id";
    private const string PersonColumns =
        "p.id, p.email, p.name, p.is_installation_administrator, p.time_zone, p.created_at";

    public Task<IReadOnlyList<(Application Application, Membership Membership)>> MembershipsOfAsync(
        Guid personId,
        CancellationToken ct
    ) =>
        db.PlatformAsync<IReadOnlyList<(Application, Membership)>>(
            async c =>
            {
                var sql = $"""
                    {SetPerson}
                    select {TenantStore.Columns}, {MembershipColumns}
                    from membership m
                    join application a on a.tenant_id = m.tenant_id
                    where m.person_id = @personId
                    order by a.name, a.slug
                    """;
                await using var results = await c.QueryMultipleAsync(
                    new CommandDefinition(sql, new { personId }, cancellationToken: ct)
                );
                await results.ReadAsync<string>();
                return
                [
                    .. results.Read<Application, Membership, (Application, Membership)>(
                        (a, m) => (a, m),
                        splitOn: "tenant_id"
                    ),
                ];
            },
            ct
        );

    public Task<Admission?> FindAdmissionAsync(Guid personId, string slug, CancellationToken ct) =>
        db.PlatformAsync(
            async c =>
            {
                var sql = $"""
                    {SetPerson}
                    select {TenantStore.Columns}, {MembershipColumns}, {PersonColumns}
                    from application a
                    join membership m on m.tenant_id = a.tenant_id and m.person_id = @personId
                    join person p on p.id = m.person_id
                    where a.slug = @slug
                    order by m.organization_id
                    """;
                await using var results = await c.QueryMultipleAsync(
                    new CommandDefinition(sql, new { personId, slug }, cancellationToken: ct)
                );
                await results.ReadAsync<string>();
                return results
                    .Read<Application, Membership, Person, Admission>(
                        (a, m, p) => new Admission(a, m, p),
                        splitOn: "tenant_id,id"
                    )
                    .FirstOrDefault();
            },
            ct
        );

    public Task<Membership?> FindMembershipAsync(TenantId tenant, Guid personId, CancellationToken ct) =>
        db.FindAsync<Membership>(
            tenant,
            $"""
            select {MembershipColumns}
            from membership m
            where m.person_id = @personId
            order by m.organization_id
            """,
            new { personId },
            ct
        );

    public Task<IReadOnlyList<(Person Person, Membership Membership)>> MembersAsync(
        TenantId tenant,
        CancellationToken ct
    ) =>
        db.TransactionAsync<IReadOnlyList<(Person, Membership)>>(
            tenant,
            async t =>
                [
                    .. await t.Connection.QueryAsync<Person, Membership, (Person, Membership)>(
                        $"""
                        select {PersonColumns}, {MembershipColumns}
                        from membership m
                        join person p on p.id = m.person_id
                        order by p.normalized_email, m.organization_id
                        """,
                        (p, m) => (p, m),
                        splitOn: "tenant_id"
                    ),
                ],
            ct
        );

    public Task PutMembershipAsync(Membership membership, AuditEntry audit, CancellationToken ct) =>
        db.TransactionAsync(
            membership.TenantId,
            async t =>
            {
                await t.ExecuteAsync(
                    """
                    insert into membership (person_id, role_id, organization_id, created_by, updated_by)
                    values (@PersonId, @RoleId, @OrganizationId, @by, @by)
                    on conflict (tenant_id, person_id, organization_id)
                    do update set role_id = excluded.role_id, updated_by = excluded.updated_by
                    """,
                    new
                    {
                        membership.PersonId,
                        membership.RoleId,
                        membership.OrganizationId,
                        by = audit.Actor.Name,
                    }
                );
                await t.AuditAsync(audit);
            },
            ct
        );

    public Task RemoveMembershipAsync(TenantId tenant, Guid personId, AuditEntry audit, CancellationToken ct) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                if (await t.ExecuteAsync("delete from membership where person_id = @personId", new { personId }) > 0)
                    await t.AuditAsync(audit);
            },
            ct
        );

    public Task<Person?> FindPersonAsync(Guid personId, CancellationToken ct) =>
        db.FindPlatformAsync<Person>(
            $"""
            select {PersonColumns}
            from person p
            where p.id = @personId
            """,
            new { personId },
            ct
        );

    public Task<IReadOnlyList<Guid>> InstallationAdministratorsAsync(CancellationToken ct) =>
        db.QueryPlatformAsync<Guid>(
            """
            select id
            from person
            where is_installation_administrator
            order by id
            """,
            null,
            ct
        );

    public Task<IReadOnlyList<TenantId>> UnownedAsync(CancellationToken ct) => unowned.ListAsync(ct);
}
