using Dapper;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using IoTCentral.Data.Tenants;
using Npgsql;

namespace IoTCentral.Data.Access;

/// <summary>API tokens; a platform table, so its SQL names the tenant itself.</summary>
internal sealed class ApiTokenStore(TenantDb db) : IApiTokenStore
{
    private const string Columns =
        "t.tenant_id, t.id, t.role_id, t.organization_id, t.expires_at, t.hash, t.created_at";

    public async Task AddAsync(ApiToken token, AuditEntry audit, CancellationToken ct)
    {
        try
        {
            await db.TransactionAsync(token.TenantId, t => AddAsync(t, token, audit), ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new ConflictException("token.id-taken", $"A token with the id '{token.Id}' already exists.");
        }
    }

    public Task<(Application Application, ApiToken Token)?> FindAsync(
        string slug,
        string tokenId,
        CancellationToken ct
    ) =>
        db.PlatformAsync<(Application, ApiToken)?>(
            async c =>
            {
                var sql = $"""
                    select {TenantStore.Columns}, {Columns}
                    from api_token t
                    join application a on a.tenant_id = t.tenant_id
                    where a.slug = @slug and t.id = @tokenId and not a.is_suspended
                    """;
                var rows = await c.QueryAsync<Application, ApiToken, (Application, ApiToken)?>(
                    new CommandDefinition(sql, new { slug, tokenId }, cancellationToken: ct),
                    (a, t) => (a, t),
                    splitOn: "tenant_id"
                );
                return rows.FirstOrDefault();
            },
            ct
        );

    public Task<IReadOnlyList<ApiToken>> ListAsync(TenantId tenant, CancellationToken ct) =>
        db.QueryPlatformAsync<ApiToken>(
            $"""
            select {Columns}
            from api_token t
            where t.tenant_id = @tenant
            order by t.created_at, t.id
            """,
            new { tenant },
            ct
        );

    public Task<bool> DeleteAsync(TenantId tenant, string tokenId, AuditEntry audit, CancellationToken ct) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                var deleted = await t.ExecuteAsync(
                    "delete from api_token where tenant_id = @tenant and id = @tokenId",
                    new { tenant, tokenId }
                );
                if (deleted > 0)
                    await t.AuditAsync(audit);
                return deleted > 0;
            },
            ct
        );

    private static async Task AddAsync(TenantTransaction t, ApiToken token, AuditEntry audit)
    {
        await t.ExecuteAsync(
            """
            insert into api_token (tenant_id, id, role_id, organization_id, hash, expires_at, created_at, created_by)
            values (@TenantId, @Id, @RoleId, @OrganizationId, @Hash, @ExpiresAt, @CreatedAt, @by)
            """,
            new
            {
                token.TenantId,
                token.Id,
                token.RoleId,
                token.OrganizationId,
                token.Hash,
                token.ExpiresAt,
                token.CreatedAt,
                by = audit.Actor.Name,
            }
        );
        await t.AuditAsync(audit);
    }
}
