using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using IoTCentral.Data.Server;
using IoTCentral.Testing;
using Npgsql;

namespace IoTCentral.Journeys.Faults;

/// <summary>An acknowledged message is stored, whatever is killed under load.</summary>
[Trait("Category", "Long")]
public sealed class KillTests
{
    private const int Devices = 6;
    private const string GroupKey =
        "8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==";

    private static readonly string[] Unlimited =
    [
        "--Limits:DeviceMessagesPerSecond=0",
        "--Limits:ApplicationMessagesPerSecond=0",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public Task No_acknowledged_message_is_missing_when_the_program_is_killed_under_load() =>
        LoseNothingAsync(RestartAsync);

    [Fact]
    public Task No_acknowledged_message_is_missing_when_PostgreSQL_is_killed_under_load() =>
        LoseNothingAsync(server =>
        {
            // Nobody starts the program again: it looks after its PostgreSQL itself.
            server.KillDatabase();
            return Task.CompletedTask;
        });

    /// <summary>The tests above can fail: the same load and the same count find a program that acknowledges early.</summary>
    [Fact]
    public async Task A_program_that_acknowledges_before_the_commit_is_found_out()
    {
        await using var server = await ServerProcess.StartAsync(Unlimited, EarlyAck.Environment, Ct);

        // Its devices never wait for an acknowledgement, so nothing is ever in flight for long.
        var load = await LoadAsync(server, RestartAsync, kills: 1, inFlight: 0);

        Assert.NotEmpty(load.Missing);
    }

    private static async Task LoseNothingAsync(Func<ServerProcess, Task> kill)
    {
        await using var server = await ServerProcess.StartAsync(Unlimited, Ct);

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
        long number = 0;
        var devices = await MakeDevicesAsync(server, () => Interlocked.Increment(ref number));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var running = Task.WhenAll(devices.Select(d => Task.Run(() => d.RunAsync(stop.Token), Ct)));
        for (var i = 0; i < kills; i++)
        {
            await AckedAsync(devices, more: 2_500 + RandomNumberGenerator.GetInt32(500));
            await UntilAsync(() => devices.Sum(d => d.InFlight) >= inFlight);
            await kill(server);
        }

        await AckedAsync(devices, more: 1_000);
        await stop.CancelAsync();
        await running;
        return new(devices.SelectMany(d => d.Acked).ToHashSet(), await StoredAsync(server));
    }

    private static async Task<List<SteadyDevice>> MakeDevicesAsync(ServerProcess server, Func<long> next)
    {
        await server.CommandAsync(["app", "create", "--name", "Load", "--id", "load", "--group-key", GroupKey], Ct);
        var token = await server.CommandAsync(["token", "--app", "load", "--role", "Administrator"], Ct);
        using var http = new HttpClient { BaseAddress = new Uri(server.Ready.Web) };
        http.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(token);
        var devices = new List<SteadyDevice>();
        for (var i = 1; i <= Devices; i++)
        {
            using var body = new StringContent("{}", Encoding.UTF8, "application/json");
            using var made = await http.PutAsync($"/api/devices/load-{i}?api-version=2022-07-31", body, Ct);
            made.EnsureSuccessStatusCode();
            var key = HMACSHA256.HashData(Convert.FromBase64String(GroupKey), Encoding.UTF8.GetBytes($"load-{i}"));
            devices.Add(new(server.Address, $"load-{i}", Convert.ToBase64String(key), next));
        }

        return devices;
    }

    private static Task AckedAsync(List<SteadyDevice> devices, int more)
    {
        var goal = devices.Sum(d => d.Acked.Count) + more;
        return UntilAsync(() => devices.Sum(d => d.Acked.Count) >= goal);
    }

    private static async Task<bool> IsOpenAsync(NpgsqlConnection connection)
    {
        try
        {
            await connection.OpenAsync(Ct);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static Task UntilAsync(Func<bool> isSo) => UntilAsync(() => Task.FromResult(isSo()));

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        for (var tries = 0; !await isSo(); tries++)
        {
            Assert.True(tries < 12_000, "It did not come to pass within two minutes.");
            await Task.Delay(10, Ct);
        }
    }

    private static async Task<IReadOnlyList<long>> StoredAsync(ServerProcess server)
    {
        var place = ClusterPlace.Find(server.DataFolder)!;
        await using var connection = new NpgsqlConnection(OwnPostgres.ConnectionStringOf(place));
        // Workers of a killed PostgreSQL go on for a moment; it may be starting again just now.
        await UntilAsync(() => IsOpenAsync(connection));
        var stored = await connection.QueryAsync<long>(
            "select (convert_from(body, 'UTF8')::jsonb ->> 'n')::bigint from message_log"
        );
        return [.. stored];
    }

    /// <summary>Numbers that were acknowledged, and those that are in the log.</summary>
    private sealed record Load(IReadOnlySet<long> Acked, IReadOnlyList<long> Stored)
    {
        public IEnumerable<long> Missing => Acked.Except(Stored);
    }
}
