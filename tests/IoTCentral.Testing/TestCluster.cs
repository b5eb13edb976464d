using System.Security.Cryptography;
using IoTCentral.Core.Installation;
using IoTCentral.Data.Common;
using IoTCentral.Data.Server;
using Npgsql;

namespace IoTCentral.Testing;

/// <summary>The private PostgreSQL of this test process, started by its first user, with a migrated database to copy.</summary>
internal sealed class TestCluster
{
    private const string Template = "migrated";

    private static readonly Lazy<Task<TestCluster>> Instance = new(StartAsync);
    private static int _databases;

    private readonly string _connectionString;

    private TestCluster(string connectionString) => _connectionString = connectionString;

    /// <summary>Random, the same for every database of the cluster, since roles belong to the cluster.</summary>
    public RolePasswords Passwords { get; } = new(NewPassword(), NewPassword());

    /// <exception cref="InstallationException">There is no PostgreSQL here, and none could be installed.</exception>
    public static Task<TestCluster> GetAsync() => Instance.Value;

    /// <summary>A copy of the migrated database (about 50 ms); the owner's connection string.</summary>
    public async Task<string> CopyAsync(CancellationToken ct)
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync("postgres", $"create database {name} template {Template}", ct);
        return ConnectionStringOf(name);
    }

    public Task DropAsync(string connectionString, CancellationToken ct)
    {
        var name = new NpgsqlConnectionStringBuilder(connectionString).Database;
        return ExecuteAsync("postgres", $"drop database if exists {name} with (force)", ct);
    }

    private static async Task<TestCluster> StartAsync()
    {
        // Nothing here survives the run, so nothing waits for the disk.
        var server = await OwnPostgres.StartAsync(
            TestRun.NewFolder("cluster"),
            Durability.OffForTests,
            Console.Error.WriteLine,
            CancellationToken.None
        );
        var cluster = new TestCluster(server.ConnectionString);
        await cluster.ExecuteAsync("postgres", $"create database {Template}", CancellationToken.None);
        await using var source = NpgsqlDataSource.Create(cluster.ConnectionStringOf(Template));
        await new MigrationRunner(source, cluster.Passwords).RunAsync(CancellationToken.None);
        return cluster;
    }

    // Without a pool: a connection kept open to the template would forbid copying it.
    private string ConnectionStringOf(string database) =>
        new NpgsqlConnectionStringBuilder(_connectionString) { Database = database, Pooling = false }.ConnectionString;

    private async Task ExecuteAsync(string database, string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(ConnectionStringOf(database));
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static string NewPassword() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
