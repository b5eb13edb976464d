using Dapper;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;
using Npgsql;

namespace IoTCentral.Data.Common;

/// <summary>
/// Runs SQL as <c>iot_app</c> inside one tenant. The tenant is set in the same round trip and ends with the implicit
/// transaction; SQL here never mentions <c>tenant_id</c>, since row-level security adds it.
/// </summary>
internal sealed class TenantDb(AppDataSource source)
{
    private const string SetTenant = "select set_config('app.tenant_id', @__tenant, true);\n";

    public async Task<IReadOnlyList<T>> QueryAsync<T>(TenantId tenant, string sql, object? args, CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
        await using var results = await connection.QueryMultipleAsync(Command(tenant, sql, args, ct));
        await results.ReadAsync<string>();
        return (await results.ReadAsync<T>()).AsList();
    }

    /// <summary>The first row, or the default (null) when there is none.</summary>
    public async Task<T?> FindAsync<T>(TenantId tenant, string sql, object? args, CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
        await using var results = await connection.QueryMultipleAsync(Command(tenant, sql, args, ct));
        await results.ReadAsync<string>();
        return await results.ReadFirstOrDefaultAsync<T>();
    }

    /// <summary>Rows changed by the statement.</summary>
    public async Task<int> ExecuteAsync(TenantId tenant, string sql, object? args, CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
        return await connection.ExecuteAsync(Command(tenant, sql, args, ct));
    }

    /// <summary>Several statements in one transaction; rolled back when <paramref name="work"/> throws.</summary>
    public async Task<T> TransactionAsync<T>(
        TenantId tenant,
        Func<TenantTransaction, Task<T>> work,
        CancellationToken ct
    )
    {
        await using var connection = await OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var inside = new TenantTransaction(connection, ct);
        await inside.EnterAsync(tenant);
        var result = await work(inside);
        await transaction.CommitAsync(ct);
        return result;
    }

    public Task TransactionAsync(TenantId tenant, Func<TenantTransaction, Task> work, CancellationToken ct) =>
        TransactionAsync(
            tenant,
            async t =>
            {
                await work(t);
                return true;
            },
            ct
        );

    /// <summary>Several questions that see the database as it was at one moment.</summary>
    public async Task SnapshotAsync(TenantId tenant, Func<TenantSnapshot, Task> work, CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
        await using var snapshot = new TenantSnapshot(connection, tenant);
        await work(snapshot);
    }

    /// <summary>A result that is read row by row, in one round trip; parameters are <c>$1…</c>. Dispose ends the query.</summary>
    public async Task<TenantStream> StreamAsync(
        TenantId tenant,
        string sql,
        IReadOnlyList<object> args,
        CancellationToken ct
    )
    {
        var connection = await OpenAsync(ct);
        try
        {
            var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(
                new("select set_config('app.tenant_id', $1, true)")
                {
                    Parameters = { new() { Value = tenant.ToString() } },
                }
            );
            var query = new NpgsqlBatchCommand(sql);
            foreach (var arg in args)
                query.Parameters.Add(new() { Value = arg });
            batch.BatchCommands.Add(query);
            var reader = await batch.ExecuteReaderAsync(ct);
            await reader.NextResultAsync(ct);
            return new(connection, batch, reader);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Outside any tenant: platform tables only; a tenant table throws here.</summary>
    public async Task<T> PlatformAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
        return await work(connection);
    }

    public Task<IReadOnlyList<T>> QueryPlatformAsync<T>(string sql, object? args, CancellationToken ct) =>
        PlatformAsync<IReadOnlyList<T>>(
            async c => (await c.QueryAsync<T>(new CommandDefinition(sql, args, cancellationToken: ct))).AsList(),
            ct
        );

    public Task<T?> FindPlatformAsync<T>(string sql, object? args, CancellationToken ct) =>
        PlatformAsync(c => c.QueryFirstOrDefaultAsync<T>(new CommandDefinition(sql, args, cancellationToken: ct)), ct);

    public Task<int> ExecutePlatformAsync(string sql, object? args, CancellationToken ct) =>
        PlatformAsync(c => c.ExecuteAsync(new CommandDefinition(sql, args, cancellationToken: ct)), ct);

    /// <summary>
    /// Several statements on platform tables in one transaction; it may enter a tenant on its way. Rolled back when
    /// <paramref name="work"/> throws.
    /// </summary>
    public async Task<T> PlatformTransactionAsync<T>(Func<TenantTransaction, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var result = await work(new TenantTransaction(connection, ct));
        await transaction.CommitAsync(ct);
        return result;
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken ct)
    {
        try
        {
            return await source.Value.OpenConnectionAsync(ct);
        }
        catch (NpgsqlException e) when (e is not PostgresException { IsTransient: false })
        {
            throw new UnavailableException("The database cannot be reached at the moment. Please try again shortly.");
        }
    }

    private static CommandDefinition Command(TenantId tenant, string sql, object? args, CancellationToken ct)
    {
        var parameters = new DynamicParameters(args);
        parameters.Add("__tenant", tenant.ToString());
        return new(SetTenant + sql, parameters, cancellationToken: ct);
    }
}

/// <summary>An open result of <see cref="TenantDb.StreamAsync"/>.</summary>
internal sealed class TenantStream(NpgsqlConnection connection, NpgsqlBatch batch, NpgsqlDataReader reader)
    : IAsyncDisposable
{
    private bool _isRead;

    /// <summary>The row that <see cref="ReadAsync"/> moved to.</summary>
    public NpgsqlDataReader Row => reader;

    public async Task<bool> ReadAsync(CancellationToken ct)
    {
        _isRead = !await reader.ReadAsync(ct);
        return !_isRead;
    }

    public async ValueTask DisposeAsync()
    {
        // Ends a query that is left early; the rest of its rows is not waited for.
        if (!_isRead)
            batch.Cancel();
        await reader.DisposeAsync();
        await batch.DisposeAsync();
        await connection.DisposeAsync();
    }
}

/// <summary>A transaction of <c>iot_app</c> inside a tenant (or several in turn, for rule evaluation).</summary>
internal sealed class TenantTransaction(NpgsqlConnection connection, CancellationToken ct)
{
    public NpgsqlConnection Connection => connection;

    /// <summary>From here on the statements of this transaction are this tenant's.</summary>
    public Task EnterAsync(TenantId tenant) =>
        connection.ExecuteScalarAsync(
            new CommandDefinition(
                "select set_config('app.tenant_id', @tenant, true)",
                new { tenant = tenant.ToString() },
                cancellationToken: ct
            )
        );

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? args) =>
        (await connection.QueryAsync<T>(new CommandDefinition(sql, args, cancellationToken: ct))).AsList();

    public Task<T?> FindAsync<T>(string sql, object? args) =>
        connection.QueryFirstOrDefaultAsync<T>(new CommandDefinition(sql, args, cancellationToken: ct));

    public Task<int> ExecuteAsync(string sql, object? args) =>
        connection.ExecuteAsync(new CommandDefinition(sql, args, cancellationToken: ct));

    /// <summary>The audit row of the change that this transaction makes.</summary>
    public Task AuditAsync(AuditEntry entry) =>
        ExecuteAsync(
            """
            insert into audit (actor_kind, actor_id, actor_name, address, action, target_id, target_name, before, after,
              version)
            values (@Kind, @Id, @Name, @Address, @Action, @TargetId, @TargetName, @Before::jsonb, @After::jsonb, @Version)
            """,
            new
            {
                entry.Actor.Kind,
                entry.Actor.Id,
                entry.Actor.Name,
                entry.Actor.Address,
                entry.Action,
                entry.TargetId,
                entry.TargetName,
                entry.Before,
                entry.After,
                entry.Version,
            }
        );
}
