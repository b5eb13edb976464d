using Dapper;
using Npgsql;

namespace IoTCentral.Data.Common;

/// <summary>
/// Runs SQL as <c>iot_system</c>, which may cross tenants: ingestion, log readers, device sign-in, due timers and outbox
/// rows, partitions. Its SQL always selects or filters <c>tenant_id</c>; the classes that may use it are a list in
/// Architecture.Tests.
/// </summary>
internal sealed class SystemDb(SystemDataSource source)
{
    public NpgsqlDataSource Source => source.Value;

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? args, CancellationToken ct)
    {
        await using var connection = await source.Value.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<T>(new CommandDefinition(sql, args, cancellationToken: ct))).AsList();
    }

    public async Task<T?> FindAsync<T>(string sql, object? args, CancellationToken ct)
    {
        await using var connection = await source.Value.OpenConnectionAsync(ct);
        return await connection.QueryFirstOrDefaultAsync<T>(new CommandDefinition(sql, args, cancellationToken: ct));
    }

    public async Task<int> ExecuteAsync(string sql, object? args, CancellationToken ct)
    {
        await using var connection = await source.Value.OpenConnectionAsync(ct);
        return await connection.ExecuteAsync(new CommandDefinition(sql, args, cancellationToken: ct));
    }
}
