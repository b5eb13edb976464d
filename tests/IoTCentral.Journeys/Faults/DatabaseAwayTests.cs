using System.Diagnostics;
using System.Net;
using IoTCentral.Data.Server;
using IoTCentral.Testing;

namespace IoTCentral.Journeys.Faults;

/// <summary>PostgreSQL is away for a while, refusing or hanging, while devices send: the whole program.</summary>
public sealed class DatabaseAwayTests
{
    private const long Megabyte = 1 << 20;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public Task While_PostgreSQL_is_away_it_says_so_acknowledges_nothing_and_then_goes_on() =>
        BeAwayAsync(TimeSpan.Zero);

    /// <summary>Long enough that connections which wait are closed and devices connect in vain.</summary>
    [Fact]
    [Trait("Category", "Long")]
    public Task Two_minutes_without_PostgreSQL_lose_nothing_and_do_not_fill_the_memory() =>
        BeAwayAsync(TimeSpan.FromMinutes(2));

    private static async Task BeAwayAsync(TimeSpan duration)
    {
        await using var postgres = await OwnPostgres.StartAsync(
            TestRun.NewFolder("external"),
            Durability.Full,
            _ => { },
            Ct
        );
        await using var proxy = new PostgresProxy(postgres.ConnectionString);
        await using var server = await ServerProcess.StartAsync(
            [.. Fleet.Unlimited, $"--ConnectionStrings:Postgres={proxy.ConnectionString}"],
            Ct
        );
        await using var fleet = await Fleet.StartAsync(server);
        await fleet.AckedAsync(more: 1_000);
        var memory = MemoryOf(server);

        foreach (var leave in new Action[] { proxy.Refuse, proxy.Hang })
        {
            leave();
            await Fleet.UntilAsync(() => IsAsync(fleet, "/health/ready", HttpStatusCode.ServiceUnavailable));
            Assert.True(await IsAsync(fleet, "/health/live", HttpStatusCode.OK));
            var acked = await StandstillAsync(fleet);
            await Task.Delay(duration, Ct);
            Assert.Equal(acked, fleet.Acked);
            Assert.InRange(MemoryOf(server), 0, memory + 200 * Megabyte);

            proxy.GoOn();
            await Fleet.UntilAsync(() => IsAsync(fleet, "/health/ready", HttpStatusCode.OK));
            await fleet.AckedAsync(more: 1_000);
        }

        var load = await fleet.EndAsync(postgres.ConnectionString);
        Assert.Empty(load.Missing.Take(10));
        Assert.Equal(load.Stored.Count, load.Stored.Distinct().Count());
        Assert.Equal(0, await server.StopAsync(Ct));
    }

    /// <summary>What was acknowledged before may still be on its way.</summary>
    private static async Task<int> StandstillAsync(Fleet fleet)
    {
        var before = -1;
        while (before != fleet.Acked)
        {
            before = fleet.Acked;
            await Task.Delay(500, Ct);
        }

        return before;
    }

    private static async Task<bool> IsAsync(Fleet fleet, string path, HttpStatusCode status)
    {
        using var answer = await fleet.Api.GetAsync(path, Ct);
        return answer.StatusCode == status;
    }

    private static long MemoryOf(ServerProcess server)
    {
        using var process = Process.GetProcessById(server.ProcessId);
        return process.WorkingSet64;
    }
}
