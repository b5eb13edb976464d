using Npgsql;

namespace IoTCentral.Data.Common;

/// <summary>Connections of <c>iot_app</c>.</summary>
internal sealed class AppDataSource(NpgsqlDataSource value) : IAsyncDisposable
{
    public NpgsqlDataSource Value => value;

    public ValueTask DisposeAsync() => value.DisposeAsync();
}

/// <summary>Connections of <c>iot_system</c>.</summary>
internal sealed class SystemDataSource(NpgsqlDataSource value) : IAsyncDisposable
{
    public NpgsqlDataSource Value => value;

    public ValueTask DisposeAsync() => value.DisposeAsync();
}

/// <summary>One connection of <c>iot_app</c> that listens to other processes, outside the pool: nobody else gets it.</summary>
internal sealed class ListenDataSource(NpgsqlDataSource value) : IAsyncDisposable
{
    public NpgsqlDataSource Value => value;

    public ValueTask DisposeAsync() => value.DisposeAsync();
}

/// <summary>Makes the pools from the connection string that was given (the owner's).</summary>
internal static class DataSources
{
    // Pools sum to 60: PostgreSQL's default of 100 connections leaves room for people and tools.
    private const int AppPool = 40;
    private const int SystemPool = 18;

    /// <param name="origin">Tells this process from others in what its changes announce.</param>
    public static AppDataSource App(string ownerConnectionString, RolePasswords passwords, string origin = "") =>
        new(Build(ownerConnectionString, (Roles.App, passwords.App), AppPool, origin).Build());

    /// <inheritdoc cref="App"/>
    public static SystemDataSource System(string ownerConnectionString, RolePasswords passwords, string origin = "") =>
        new(Build(ownerConnectionString, (Roles.System, passwords.System), SystemPool, origin).Build());

    public static ListenDataSource Listen(string ownerConnectionString, RolePasswords passwords)
    {
        var settings = Build(ownerConnectionString, (Roles.App, passwords.App), pool: 1, "listens");
        settings.ConnectionStringBuilder.Pooling = false;
        return new(settings.Build());
    }

    private static NpgsqlDataSourceBuilder Build(
        string connectionString,
        (string Name, string Password) role,
        int pool,
        string origin
    )
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Username = role.Name,
            Password = role.Password,
            MaxPoolSize = pool,
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
            Timeout = 5,
            CommandTimeout = 30,
            KeepAlive = 15,
            ApplicationName = $"IoTCentral {role.Name} {origin}".TrimEnd(),
            // set_config(…, true) ends with each transaction, so nothing of a session needs resetting
            NoResetOnClose = true,
        };
        return new NpgsqlDataSourceBuilder(settings.ConnectionString);
    }
}
