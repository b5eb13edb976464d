using IoTCentral.Core.Installation;
using Npgsql;

namespace IoTCentral.Data.Server;

/// <summary>
/// The PostgreSQL that the program brings along: a private cluster in a data folder, reachable by a Unix socket only.
/// A server that still runs because we were killed is taken over.
/// </summary>
internal sealed class OwnPostgres : IAsyncDisposable
{
    private const string Database = "iotcentral";

    private readonly ClusterControl _control;
    private readonly CancellationTokenSource _ending = new();
    private Task _watch = Task.CompletedTask;

    private OwnPostgres(ClusterPlace place, ClusterControl control, string connectionString) =>
        (Place, _control, ConnectionString) = (place, control, connectionString);

    public ClusterPlace Place { get; }

    /// <summary>As the cluster's superuser.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts the cluster of this data folder, making it first if there is none.</summary>
    /// <param name="dataFolder">Exists; its full path.</param>
    /// <param name="say">Takes lines for the person who waits.</param>
    public static async Task<OwnPostgres> StartAsync(
        string dataFolder,
        Durability durability,
        Action<string> say,
        CancellationToken ct
    )
    {
        var user = await ServerUser.FindAsync(ClusterPlace.Find(dataFolder)?.Folder, ct);
        var place = await ClusterPlace.FindOrMakeAsync(dataFolder, user, say, ct);
        var binaries = await PostgresBinaries.FindAsync(place.Version, user, say, ct);
        if (place.Version is null)
        {
            say($"Making a database in {place.Folder} (PostgreSQL {binaries.Major}) …");
            await ClusterMaker.MakeAsync(place, binaries, user, durability, ct);
        }

        var sockets = await SocketFolder.MakeAsync(place.Folder, user, ct);
        var hasLz4 = await HasLz4Async(place, binaries, user, ct);
        var memory = durability == Durability.Full ? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes : 0;
        await ClusterSettings.WriteAsync(place, ClusterSettings.Text(sockets, memory, hasLz4, durability), user, ct);

        var server = new OwnPostgres(place, new ClusterControl(place, binaries, user), ConnectionStringOf(place));
        await server.StartOrAdoptAsync(ct);
        return server;
    }

    /// <summary>How to connect to the cluster of a data folder, whether it runs or not.</summary>
    public static string ConnectionStringOf(ClusterPlace place) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = SocketFolder.Of(place.Folder),
            Port = 5432,
            Username = ClusterMaker.Superuser,
            Password = ReadPassword(place),
            Database = Database,
        }.ConnectionString;

    /// <summary>From now on the server is started again whenever it has died.</summary>
    public void Watch(TimeProvider clock, Action<string> say) =>
        _watch = new Watchdog(_control, clock, say).RunAsync(_ending.Token);

    public async Task StopAsync(CancellationToken ct)
    {
        await _ending.CancelAsync();
        await _watch;
        await _control.StopAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _ending.Dispose();
    }

    private static string ReadPassword(ClusterPlace place) =>
        File.Exists(place.PasswordFile)
            ? File.ReadAllText(place.PasswordFile).Trim()
            : throw new InstallationException(
                $"The database's password file {place.PasswordFile} is missing; bring it back from a backup."
            );

    /// <summary>A server that we find running may still be starting, or ending on the order of those who were killed.</summary>
    private async Task StartOrAdoptAsync(CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await (_control.IsRunning ? _control.ReloadAsync(ct) : _control.StartAsync(ct));
                await EnsureDatabaseAsync(ct);
                return;
            }
            catch (NpgsqlException e) when (e.IsTransient || e.SqlState == PostgresErrorCodes.CannotConnectNow)
            {
                if (attempt == 600)
                {
                    throw new InstallationException(
                        $"PostgreSQL runs in {Place.Folder} but does not answer: {e.Message}",
                        e
                    );
                }

                await Task.Delay(TimeSpan.FromMilliseconds(200), ct);
            }
        }
    }

    private async Task EnsureDatabaseAsync(CancellationToken ct)
    {
        var maintenance = new NpgsqlConnectionStringBuilder(ConnectionString)
        {
            Database = "postgres",
            Pooling = false,
        };
        await using var connection = new NpgsqlConnection(maintenance.ConnectionString);
        await connection.OpenAsync(ct);
        await using var find = new NpgsqlCommand($"select 1 from pg_database where datname = '{Database}'", connection);
        if (await find.ExecuteScalarAsync(ct) is null)
        {
            await using var make = new NpgsqlCommand($"create database {Database}", connection);
            await make.ExecuteNonQueryAsync(ct);
        }
    }

    private static async Task<bool> HasLz4Async(
        ClusterPlace place,
        PostgresBinaries binaries,
        ServerUser user,
        CancellationToken ct
    )
    {
        var ask = new Command(
            binaries.Postgres,
            "-D",
            place.Cluster,
            "-C",
            "wal_compression",
            "-c",
            "wal_compression=lz4"
        );
        return (await user.RunAsync(ask, ct)).Succeeded;
    }
}
