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

/// <summary>Makes the two pools from the connection string that was given (the owner's).</summary>
internal static class DataSources
{
    // Pools sum to 60: PostgreSQL's default of 100 connections leaves room for people and tools.
    private const int AppPool = 40;
    private const int SystemPool = 18;

    public static AppDataSource App(string ownerConnectionString, RolePasswords passwords) =>
        new(Build(ownerConnectionString, Roles.App, passwords.App, AppPool));

    public static SystemDataSource System(string ownerConnectionString, RolePasswords passwords) =>
        new(Build(ownerConnectionString, Roles.System, passwords.System, SystemPool));

    private static NpgsqlDataSource Build(string connectionString, string role, string password, int pool)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Username = role,
            Password = password,
            MaxPoolSize = pool,
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
            Timeout = 5,
            CommandTimeout = 30,
            KeepAlive = 15,
            ApplicationName = $"IoTCentral {role}",
            // set_config(…, true) ends with each transaction, so nothing of a session needs resetting
            NoResetOnClose = true,
        };
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }
}
