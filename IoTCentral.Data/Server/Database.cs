using IoTCentral.Core.Installation;
using IoTCentral.Data.Common;
using Npgsql;

namespace IoTCentral.Data.Server;

/// <summary>
/// The database the program stands on, ready for use: our own server or the one that was named, checked, opened with the
/// right master key, and migrated. The one public type besides <c>AddIoTCentralData</c>, since it comes before it.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    private readonly OwnPostgres? _own;

    private Database(DatabaseSettings settings, OwnPostgres? own) => (Settings, _own) = (settings, own);

    /// <summary>For <c>AddIoTCentralData</c>.</summary>
    public DatabaseSettings Settings { get; }

    /// <param name="say">Takes lines for the person who waits.</param>
    /// <exception cref="InstallationException">It cannot be used; the message says why.</exception>
    public static async Task<Database> StartAsync(
        InstallationOptions options,
        MasterKey key,
        Action<string> say,
        CancellationToken ct
    )
    {
        var own = options.Postgres.ConnectionString is null
            ? await OwnPostgres.StartAsync(options.DataFolder, Durability.Full, say, ct)
            : null;
        var database = new Database(
            new(own?.ConnectionString ?? options.Postgres.ConnectionString!, PasswordsOf(options.Postgres, key)),
            own
        );
        try
        {
            await database.PrepareAsync(new SecretBox(key), say, ct);
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Beside a server that runs on this data folder: the same database, which we neither start nor stop.</summary>
    public static async Task<Database> JoinAsync(
        InstallationOptions options,
        MasterKey key,
        Action<string> say,
        CancellationToken ct
    )
    {
        var connectionString =
            options.Postgres.ConnectionString
            ?? OwnPostgres.ConnectionStringOf(
                ClusterPlace.Find(options.DataFolder)
                    ?? throw new InstallationException("IoTCentral is just being set up here; try again in a moment.")
            );
        var database = new Database(new(connectionString, PasswordsOf(options.Postgres, key)), own: null);
        await using var owner = database.OpenAsOwner();
        await ServerWait.UntilUpAsync(owner, say, ct);
        await ServerWait.UntilMigratedAsync(owner, ct);
        await new MasterKeyCheck(owner, new SecretBox(key)).DemandAsync(ct);
        return database;
    }

    /// <summary>From now on our own server is started again whenever it has died; another's is not ours to start.</summary>
    public void Watch(TimeProvider clock, Action<string> say) => _own?.Watch(clock, say);

    /// <summary>Stops the server if it is our own.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_own is not null)
        {
            NpgsqlConnection.ClearAllPools();
            await _own.DisposeAsync();
        }
    }

    /// <summary>
    /// The key is checked before the migration, which sets the roles' passwords: a start with a wrong key must not lock
    /// out the program that has the right one.
    /// </summary>
    private async Task PrepareAsync(SecretBox box, Action<string> say, CancellationToken ct)
    {
        await using var owner = OpenAsOwner();
        await ServerWait.UntilUpAsync(owner, say, ct);
        await DurabilityCheck.DemandAsync(owner, ct);
        var check = new MasterKeyCheck(owner, box);
        await check.DemandAsync(ct);
        try
        {
            await new MigrationRunner(owner, Settings.Passwords).RunAsync(ct);
        }
        catch (InvalidOperationException e) // made by a newer version; the message says so
        {
            throw new InstallationException(e.Message, e);
        }

        await check.WriteAsync(ct);
    }

    private NpgsqlDataSource OpenAsOwner()
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(Settings.OwnerConnectionString) { Pooling = false };
            return NpgsqlDataSource.Create(settings.ConnectionString);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new InstallationException($"ConnectionStrings:Postgres is no connection string: {e.Message}", e);
        }
    }

    /// <summary>Random, since the master key is, and the same for every program of this installation.</summary>
    private static RolePasswords PasswordsOf(PostgresOptions options, MasterKey key) =>
        new(
            options.AppPassword ?? Convert.ToHexStringLower(key.Derive("password of iot_app", 24)),
            options.SystemPassword ?? Convert.ToHexStringLower(key.Derive("password of iot_system", 24))
        );
}
