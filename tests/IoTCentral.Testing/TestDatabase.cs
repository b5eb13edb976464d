using Dapper;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using Npgsql;

namespace IoTCentral.Testing;

/// <summary>
/// A migrated database of its own for a test class (<c>IClassFixture&lt;TestDatabase&gt;</c>) or a test. Without any
/// PostgreSQL its tests are skipped on a laptop and fail under <c>CI=true</c>.
/// </summary>
public sealed class TestDatabase : IAsyncLifetime
{
    private static int _tenants;

    private TestCluster? _cluster;
    private string? _connectionString;
    private InstallationException? _missing;
    private AppDataSource? _app;
    private SystemDataSource? _system;

    /// <summary>Of the login that owns the database, as an administrator would give it.</summary>
    public string ConnectionString => _connectionString ?? throw Missing();

    /// <summary>Passwords of the roles, which this database shares with all others of the test process.</summary>
    public RolePasswords Passwords => _cluster?.Passwords ?? throw Missing();

    internal AppDataSource App => _app ??= DataSources.App(ConnectionString, Passwords);

    internal SystemDataSource System => _system ??= DataSources.System(ConnectionString, Passwords);

    internal TenantDb TenantDb => new(App);

    internal SystemDb SystemDb => new(System);

    public async ValueTask InitializeAsync()
    {
        try
        {
            _cluster = await TestCluster.GetAsync();
            _connectionString = await _cluster.CopyAsync(CancellationToken.None);
        }
        catch (InstallationException e) when (!RunsInCi)
        {
            _missing = e;
        }
    }

    /// <summary>A connection as the owner, for looking at what no role of ours may see.</summary>
    public async Task<NpgsqlConnection> OpenAsOwnerAsync(CancellationToken ct)
    {
        var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(ct);
        return connection;
    }

    /// <summary>A fresh application with its root organization.</summary>
    public async Task<TenantId> NewTenantAsync(CancellationToken ct)
    {
        var number = Interlocked.Increment(ref _tenants);
        await using var connection = await OpenAsOwnerAsync(ct);
        var id = await connection.ExecuteScalarAsync<int>(
            """
            with new_application as (
              insert into application (slug, name, id_scope, created_at, created_by, updated_by)
              values (@slug, @slug, @scope, '2026-01-01', 'test', 'test')
              returning tenant_id
            )
            select tenant_id from new_application
            """,
            new { slug = $"tenant-{number}", scope = $"0ne{number:X8}" }
        );
        await connection.ExecuteAsync(
            """
            insert into organization (tenant_id, id, slug, name, created_by, updated_by)
            values (@id, @root, 'root', 'Root', 'test', 'test')
            """,
            new { id, root = Application.RootOrganization }
        );
        return new TenantId(id);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        if (_system is not null)
        {
            await _system.DisposeAsync();
        }

        if (_connectionString is not null)
        {
            await _cluster!.DropAsync(_connectionString, CancellationToken.None);
        }
    }

    private static bool RunsInCi => Environment.GetEnvironmentVariable("CI") == "true";

    /// <summary>xUnit takes an exception with this token at its front for a skip (DynamicSkipToken).</summary>
    private Exception Missing() =>
        _missing is null
            ? new InvalidOperationException("The database is there after InitializeAsync.")
            : new InvalidOperationException($"$XunitDynamicSkip$No PostgreSQL: {_missing.Message}");
}
