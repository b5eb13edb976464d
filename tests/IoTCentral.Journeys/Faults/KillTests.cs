using System.Security.Cryptography;
using IoTCentral.Data.Server;
using IoTCentral.Testing;

namespace IoTCentral.Journeys.Faults;

/// <summary>An acknowledged message is stored, whatever is killed under load.</summary>
[Trait("Category", "Long")]
public sealed class KillTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public Task No_acknowledged_message_is_missing_when_the_program_is_killed_under_load() =>
        LoseNothingAsync(RestartAsync);

    // Nobody starts the program again: it looks after its PostgreSQL itself.
    [Theory]
    [InlineData("KILL")]
    [InlineData("QUIT")] // PostgreSQL's "immediate" stop
    public Task No_acknowledged_message_is_missing_when_PostgreSQL_is_killed_under_load(string signal) =>
        LoseNothingAsync(async server =>
        {
            var program = server.ProcessId;
            await server.KillDatabaseAsync(signal, Ct);
            Assert.Equal(program, server.ProcessId);
        });

    /// <summary>The tests above can fail: the same load and the same count find a program that acknowledges early.</summary>
    [Fact]
    public async Task A_program_that_acknowledges_before_the_commit_is_found_out()
    {
        await using var server = await ServerProcess.StartAsync(Fleet.Unlimited, EarlyAck.Environment, Ct);

        // Its devices never wait for an acknowledgement, so nothing is ever in flight for long.
        var load = await LoadAsync(server, RestartAsync, kills: 1, inFlight: 0);

        Assert.NotEmpty(load.Missing);
    }

    private static async Task LoseNothingAsync(Func<ServerProcess, Task> kill)
    {
        await using var server = await ServerProcess.StartAsync(Fleet.Unlimited, Ct);

        var load = await LoadAsync(server, kill, kills: 5, inFlight: 500);

        Assert.True(load.Acked.Count >= 10_000, $"Only {load.Acked.Count} were acknowledged.");
        Assert.Empty(load.Missing.Take(10));
        Assert.Equal(load.Stored.Count, load.Stored.Distinct().Count());
    }

    private static async Task RestartAsync(ServerProcess server)
    {
        await server.KillAsync(Ct);
        await server.StartAsync(Ct);
    }

    /// <summary>Devices send without pause while something is killed at random moments; then what is stored is read.</summary>
    private static async Task<Load> LoadAsync(
        ServerProcess server,
        Func<ServerProcess, Task> kill,
        int kills,
        int inFlight
    )
    {
        await using var fleet = await Fleet.StartAsync(server);
        for (var i = 0; i < kills; i++)
        {
            await fleet.AckedAsync(more: 2_500 + RandomNumberGenerator.GetInt32(500));
            await Fleet.UntilAsync(() => fleet.InFlight >= inFlight);
            await kill(server);
        }

        await fleet.AckedAsync(more: 1_000);
        return await fleet.EndAsync(OwnPostgres.ConnectionStringOf(ClusterPlace.Find(server.DataFolder)!));
    }
}
