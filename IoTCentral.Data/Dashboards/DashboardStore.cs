using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Dashboards;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using Npgsql;

namespace IoTCentral.Data.Dashboards;

/// <summary>Dashboards, their tiles as JSON.</summary>
internal sealed class DashboardStore(TenantDb db) : IDashboardStore
{
    private const string Columns =
        "id, name, organization_id, is_home, scope_property, tiles, version, created_at, updated_at";

    public async Task<Dashboard?> FindAsync(TenantId tenant, string id, CancellationToken ct) =>
        (
            await db.FindAsync<Row>(tenant, $"select {Columns} from dashboard where id = @id", new { id }, ct)
        )?.ToDashboard();

    public async Task<IReadOnlyList<Dashboard>> ListAsync(TenantId tenant, CancellationToken ct)
    {
        var rows = await db.QueryAsync<Row>(
            tenant,
            $"select {Columns} from dashboard order by is_home desc, lower(name), id",
            null,
            ct
        );
        return [.. rows.Select(r => r.ToDashboard())];
    }

    public async Task<Dashboard> AddAsync(TenantId tenant, Dashboard dashboard, AuditEntry audit, CancellationToken ct)
    {
        try
        {
            await db.TransactionAsync(
                tenant,
                async t =>
                {
                    await LeaveHomeAsync(t, dashboard);
                    await t.ExecuteAsync(
                        """
                        insert into dashboard (
                          id, name, organization_id, is_home, scope_property, tiles, version,
                          created_at, updated_at, created_by, updated_by
                        )
                        values (
                          @Id, @Name, @OrganizationId, @IsHome, @ScopeProperty, @Tiles::jsonb, 1,
                          @CreatedAt, @UpdatedAt, @By, @By
                        )
                        """,
                        Parameters(dashboard, audit)
                    );
                    await t.AuditAsync(audit);
                },
                ct
            );
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new ConflictException(
                "dashboard.id-taken",
                $"A dashboard with the id '{dashboard.Id}' already exists."
            );
        }

        return dashboard with
        {
            Version = 1,
        };
    }

    public async Task<Dashboard> UpdateAsync(
        TenantId tenant,
        Dashboard dashboard,
        AuditEntry audit,
        CancellationToken ct
    )
    {
        var isSaved = await db.TransactionAsync(
            tenant,
            async t =>
            {
                var rows = await t.ExecuteAsync(
                    """
                    update dashboard set
                      name = @Name, organization_id = @OrganizationId, is_home = @IsHome,
                      scope_property = @ScopeProperty, tiles = @Tiles::jsonb, version = version + 1,
                      updated_at = @UpdatedAt, updated_by = @By
                    where id = @Id and version = @Version
                    """,
                    Parameters(dashboard, audit)
                );
                if (rows == 0)
                    return false;
                await LeaveHomeAsync(t, dashboard);
                await t.AuditAsync(audit);
                return true;
            },
            ct
        );
        if (isSaved)
            return dashboard with { Version = dashboard.Version + 1 };
        throw await FindAsync(tenant, dashboard.Id, ct) is null
            ? new NotFoundException("dashboard.unknown", $"There is no dashboard with the id '{dashboard.Id}'.")
            : new StaleEditException("Somebody else has saved this dashboard. Load it again, then make your change.");
    }

    public Task<bool> DeleteAsync(TenantId tenant, string id, AuditEntry audit, CancellationToken ct) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                var rows = await t.ExecuteAsync("delete from dashboard where id = @id", new { id });
                if (rows > 0)
                    await t.AuditAsync(audit);
                return rows > 0;
            },
            ct
        );

    private static Task LeaveHomeAsync(TenantTransaction t, Dashboard dashboard) =>
        dashboard.IsHome
            ? t.ExecuteAsync("update dashboard set is_home = false where is_home and id <> @Id", new { dashboard.Id })
            : Task.CompletedTask;

    private static object Parameters(Dashboard dashboard, AuditEntry audit) =>
        new
        {
            dashboard.Id,
            dashboard.Name,
            dashboard.OrganizationId,
            dashboard.IsHome,
            dashboard.ScopeProperty,
            Tiles = DashboardJson.Write(dashboard.Tiles),
            dashboard.Version,
            CreatedAt = dashboard.CreatedAt.UtcDateTime,
            UpdatedAt = dashboard.UpdatedAt.UtcDateTime,
            By = audit.Actor.Name,
        };

    private sealed record Row
    {
        public required string Id { get; init; }
        public required string Name { get; init; }
        public required int OrganizationId { get; init; }
        public required bool IsHome { get; init; }
        public string? ScopeProperty { get; init; }
        public required string Tiles { get; init; }
        public required int Version { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required DateTimeOffset UpdatedAt { get; init; }

        public Dashboard ToDashboard() =>
            new()
            {
                Id = Id,
                Name = Name,
                OrganizationId = OrganizationId,
                IsHome = IsHome,
                ScopeProperty = ScopeProperty,
                Tiles = DashboardJson.Read(Tiles),
                Version = Version,
                CreatedAt = CreatedAt,
                UpdatedAt = UpdatedAt,
            };
    }
}
