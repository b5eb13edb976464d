using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using IoTCentral.Data.Tenants;
using IoTCentral.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace IoTCentral.Data.Tests.Tenants;

public sealed class ChangeListenerTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_an_outage_no_broken_connection_lies_in_the_pools()
    {
        await database.NewTenantAsync(Ct); // so that there is something to tell
        await using var proxy = new PostgresProxy(database.ConnectionString);
        var pooled = new NpgsqlConnectionStringBuilder(proxy.ConnectionString) { Pooling = true }.ConnectionString;
        await using var app = DataSources.App(pooled, database.Passwords);
        await using var system = DataSources.System(pooled, database.Passwords);
        await using var listen = DataSources.Listen(pooled, database.Passwords);
        using var told = new SemaphoreSlim(0);
        var changes = new ChangeFeed();
        using var listening = changes.Listen(_ => told.Release());
        var tenants = new TenantStore(new TenantDb(database.App), TimeProvider.System);
        using var listener = new ChangeListener(
            "us",
            listen,
            app,
            system,
            tenants,
            changes,
            TimeProvider.System,
            NullLogger<ChangeListener>.Instance
        );
        await listener.StartAsync(Ct);
        await told.WaitAsync(Ct);
        await FillAsync(app.Value);
        await FillAsync(system.Value);
        while (await told.WaitAsync(0, Ct))
            continue;

        proxy.Refuse();
        proxy.GoOn();
        await told.WaitAsync(Ct);

        await FillAsync(app.Value);
        await FillAsync(system.Value);
        await listener.StopAsync(Ct);
    }

    /// <summary>Uses ten connections at once, and leaves them in the pool.</summary>
    private static async Task FillAsync(NpgsqlDataSource source)
    {
        var connections = new List<NpgsqlConnection>();
        for (var i = 0; i < 10; i++)
            connections.Add(await source.OpenConnectionAsync(Ct));
        foreach (var connection in connections)
        {
            await using var command = new NpgsqlCommand("select 1", connection);
            await command.ExecuteScalarAsync(Ct);
            await connection.DisposeAsync();
        }
    }
}
