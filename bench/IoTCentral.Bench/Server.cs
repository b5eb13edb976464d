using System.Diagnostics;
using IoTCentral.Data.Server;
using IoTCentral.Testing;
using Npgsql;

namespace IoTCentral.Bench;

/// <summary>Processor seconds used between two moments.</summary>
internal readonly record struct CpuUse(double Server, double Database, TimeSpan Over)
{
    public double Cores => (Server + Database) / Over.TotalSeconds;
}

/// <summary>The published program with its own PostgreSQL, and what it uses.</summary>
internal sealed class Server(ServerProcess process) : IAsyncDisposable
{
    /// <summary>The rates that protect a common installation would cap these runs.</summary>
    private static readonly string[] Unlimited =
    [
        "--Limits:DeviceMessagesPerSecond=0",
        "--Limits:ApplicationMessagesPerSecond=0",
        "--Limits:WrongKeysPerMinute=0",
    ];

    public string Host => process.Address;

    public Ready Ready => process.Ready;

    /// <param name="prepare">Fills the data folder before the start.</param>
    public static async Task<Server> StartAsync(
        IEnumerable<string> settings,
        Func<string, Task> prepare,
        CancellationToken ct
    )
    {
        var process = ServerProcess.Make([.. Unlimited, .. settings]);
        await prepare(process.DataFolder);
        await process.StartAsync(ct);
        return new(process);
    }

    public async Task RestartAsync(Func<Task> between, CancellationToken ct)
    {
        await process.StopAsync(ct);
        await between();
        await process.StartAsync(ct);
    }

    public NpgsqlConnection Connect() => new(OwnPostgres.ConnectionStringOf(ClusterPlace.Find(process.DataFolder)!));

    /// <summary>Resident bytes of the program, without PostgreSQL.</summary>
    public long ResidentBytes => ProcessTree.ResidentBytes(process.ProcessId);

    /// <summary>Starts to count; the answer is what was used since.</summary>
    public Func<CpuUse> Count()
    {
        var (server, database) = Cpu();
        var watch = Stopwatch.StartNew();
        return () =>
        {
            var (s, d) = Cpu();
            return new(s - server, d - database, watch.Elapsed);
        };
    }

    /// <summary>An API token that may all of one application.</summary>
    public Task<string> TokenAsync(string application, CancellationToken ct) =>
        process.CommandAsync(["token", "--app", application, "--role", "Administrator"], ct);

    /// <summary>The ID scopes of the applications, in the order of their making.</summary>
    public async Task<IReadOnlyList<string>> IdScopesAsync(CancellationToken ct)
    {
        await using var connection = Connect();
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(
            "select array_agg(id_scope order by tenant_id) from application where slug like 'bench-%'",
            connection
        );
        return (string[])(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Messages in the log.</summary>
    public async Task<long> StoredAsync(CancellationToken ct)
    {
        await using var connection = Connect();
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("select count(*) from message_log", connection)
        {
            CommandTimeout = 600,
        };
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private (double Server, double Database) Cpu()
    {
        var postmaster = Postmaster.FindAlive(ClusterPlace.Find(process.DataFolder)!.Cluster);
        var database = postmaster is { } pid ? ProcessTree.CpuSeconds([pid]) : 0;
        // PostgreSQL may or may not be a child of the program
        var all = ProcessTree.CpuSeconds(postmaster is { } p ? [process.ProcessId, p] : [process.ProcessId]);
        return (all - database, database);
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
