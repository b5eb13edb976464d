using IoTCentral.Data.Server;
using IoTCentral.Testing;

namespace IoTCentral.Journeys.Hosting;

/// <summary>The program and the PostgreSQL it stands on, its own or another's.</summary>
public sealed class DatabaseTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_killed_PostgreSQL_is_back_without_a_restart()
    {
        await using var server = await ServerProcess.StartAsync([], Ct);

        await server.KillDatabaseAsync("KILL", Ct);

        var scope = await server.CommandAsync(["app", "create", "--name", "After"], Ct);
        Assert.StartsWith("0ne", scope, StringComparison.Ordinal);
        Assert.Contains("PostgreSQL has died; starting it again", server.Log, StringComparison.Ordinal);
        Assert.Equal(0, await server.StopAsync(Ct));
    }

    [Fact]
    public async Task A_named_server_is_waited_for_used_and_left_running()
    {
        var folder = TestRun.NewFolder("external");
        var external = await OwnPostgres.StartAsync(folder, Durability.Full, _ => { }, Ct);
        await external.StopAsync(Ct);
        var address = Loopback.NewAddress();
        var data = TestRun.NewFolder("beside");
        var run = ProgramRun.Start([
            $"--data={data}",
            $"--Http:Address={address}",
            $"--Hub:Address={address}",
            "--demo=false",
            $"--ConnectionStrings:Postgres={external.ConnectionString}",
        ]);
        await run.LineAsync(
            l => l.StartsWith("Waiting for the database server", StringComparison.Ordinal),
            Patience,
            Ct
        );

        await using var back = await OwnPostgres.StartAsync(folder, Durability.Full, _ => { }, Ct);
        await run.LineAsync(l => l.StartsWith("READY ", StringComparison.Ordinal), Patience, Ct);
        await run.SignalAsync("TERM", Ct);

        Assert.Equal(0, await run.ExitAsync(Patience, Ct));
        Assert.NotNull(Postmaster.FindAlive(back.Place.Cluster));
        Assert.False(Path.Exists(Path.Combine(data, "postgres")));
    }
}
