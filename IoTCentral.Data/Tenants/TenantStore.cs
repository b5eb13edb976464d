using System.Text.Json;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Audit;
using IoTCentral.Data.Common;
using Npgsql;

namespace IoTCentral.Data.Tenants;

/// <summary>Applications; a platform table, since they are looked up before the tenant is known.</summary>
internal sealed class TenantStore(TenantDb db, TimeProvider time) : ITenantStore
{
    internal const string Columns =
        "a.tenant_id, a.slug, a.name, a.id_scope, a.host_name, a.time_zone, a.is_suspended, a.version, a.created_at";

    public Task<Application?> FindAsync(string slug, CancellationToken ct) =>
        db.FindPlatformAsync<Application>(
            $"""
            select {Columns}
            from application a
            where a.slug = @slug
            """,
            new { slug },
            ct
        );

    public Task<Application?> FindAsync(TenantId tenant, CancellationToken ct) =>
        db.FindPlatformAsync<Application>(
            $"""
            select {Columns}
            from application a
            where a.tenant_id = @tenant
            """,
            new { tenant },
            ct
        );

    public Task<Application?> FindByIdScopeAsync(string idScope, CancellationToken ct) =>
        db.FindPlatformAsync<Application>(
            $"""
            select {Columns}
            from application a
            where a.id_scope = @idScope
            """,
            new { idScope },
            ct
        );

    public Task<Application?> FindByHostNameAsync(string hostName, CancellationToken ct) =>
        db.FindPlatformAsync<Application>(
            $"""
            select {Columns}
            from application a
            where a.host_name = lower(@hostName)
            """,
            new { hostName },
            ct
        );

    public Task<IReadOnlyList<Application>> ListAsync(CancellationToken ct) =>
        db.QueryPlatformAsync<Application>(
            $"""
            select {Columns}
            from application a
            order by a.name, a.slug
            """,
            null,
            ct
        );

    public async Task<Application> AddAsync(NewApplication application, AuditActor actor, CancellationToken ct)
    {
        try
        {
            return await db.PlatformTransactionAsync(t => AddAsync(t, application, actor), ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw Taken(e, application.Slug, application.IdScope, application.HostName);
        }
    }

    public async Task<Application> UpdateAsync(Application changed, AuditActor actor, CancellationToken ct)
    {
        try
        {
            return await db.PlatformTransactionAsync(t => UpdateAsync(t, changed, actor), ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw Taken(e, changed.Slug, changed.IdScope, changed.HostName);
        }
    }

    private async Task<Application> AddAsync(TenantTransaction t, NewApplication wanted, AuditActor actor)
    {
        var application = await t.FindAsync<Application>(
            $"""
            insert into application as a (slug, name, id_scope, host_name, time_zone, created_at, created_by, updated_by)
            values (@Slug, @Name, @IdScope, lower(@HostName), @TimeZone, @now, @by, @by)
            returning {Columns}
            """,
            new
            {
                wanted.Slug,
                wanted.Name,
                wanted.IdScope,
                wanted.HostName,
                wanted.TimeZone,
                now = time.GetUtcNow(),
                by = actor.Name,
            }
        );
        await t.EnterAsync(application!.TenantId);
        await t.ExecuteAsync(
            """
            insert into organization (id, slug, name, created_by, updated_by)
            values (@id, 'root', @Name, @by, @by)
            """,
            new
            {
                id = Application.RootOrganization,
                wanted.Name,
                by = actor.Name,
            }
        );
        await t.ExecuteAsync(
            """
            insert into membership (person_id, role_id, organization_id, created_by, updated_by)
            select id, @role, @organization, @by, @by
            from unnest(@people) as id
            """,
            new
            {
                role = Role.Administrator.Id,
                organization = Application.RootOrganization,
                by = actor.Name,
                people = wanted.Administrators.ToArray(),
            }
        );
        await AuditAsync(t, actor, "application.create", null, application);
        return application;
    }

    private static async Task<Application> UpdateAsync(TenantTransaction t, Application changed, AuditActor actor)
    {
        var before = await t.FindAsync<Application>(
            $"""
            select {Columns}
            from application a
            where a.tenant_id = @TenantId
            for update
            """,
            new { changed.TenantId }
        );
        if (before is null)
            throw new NotFoundException("application.unknown", "There is no such application.");
        if (before.Version != changed.Version)
            throw new StaleEditException(
                "Somebody else changed this application in the meantime. Load it again and repeat your change."
            );
        var after = await t.FindAsync<Application>(
            $"""
            update application a
            set name = @Name, time_zone = @TimeZone, host_name = lower(@HostName), is_suspended = @IsSuspended,
              version = version + 1, updated_by = @by
            where a.tenant_id = @TenantId
            returning {Columns}
            """,
            new
            {
                changed.TenantId,
                changed.Name,
                changed.TimeZone,
                changed.HostName,
                changed.IsSuspended,
                by = actor.Name,
            }
        );
        await t.EnterAsync(changed.TenantId);
        await AuditAsync(t, actor, "application.update", before, after!);
        return after!;
    }

    /// <summary>In the application's own log, and in the installation's: an application is an act on both.</summary>
    private static async Task AuditAsync(
        TenantTransaction t,
        AuditActor actor,
        string action,
        Application? before,
        Application after
    )
    {
        var entry = new AuditEntry
        {
            Actor = actor,
            Action = action,
            TargetId = after.Slug,
            TargetName = after.Name,
            Before = Json(before),
            After = Json(after),
        };
        await t.AuditAsync(entry);
        await t.AuditInstallationAsync(entry);
    }

    private static string? Json(Application? a) =>
        a is null
            ? null
            : JsonSerializer.Serialize(
                new
                {
                    a.Name,
                    a.IdScope,
                    a.HostName,
                    a.TimeZone,
                    a.IsSuspended,
                },
                JsonSerializerOptions.Web
            );

    private static Exception Taken(PostgresException e, string slug, string idScope, string? hostName) =>
        e.ConstraintName switch
        {
            "application_slug_key" => new ConflictException(
                "application.slug-taken",
                $"An application with the id '{slug}' already exists. Choose another id."
            ),
            "application_id_scope_key" => new ConflictException(
                "application.id-scope-taken",
                $"Another application here has the ID scope '{idScope}' already."
            ),
            "application_host_name_key" => new ConflictException(
                "application.host-taken",
                $"Another application here has the host name '{hostName}' already."
            ),
            _ => e,
        };
}
