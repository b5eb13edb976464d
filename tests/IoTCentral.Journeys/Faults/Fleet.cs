using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using IoTCentral.Testing;
using Npgsql;

namespace IoTCentral.Journeys.Faults;

/// <summary>Devices of one application that send without pause, and what is known of their messages.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private const int Devices = 6;
    private const string GroupKey =
        "8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==";

    private readonly CancellationTokenSource _stop = new();
    private readonly List<SteadyDevice> _devices = [];
    private Task _running = Task.CompletedTask;
    private long _number;

    private Fleet(HttpClient api) => Api = api;

    /// <summary>So that nothing but storage slows them.</summary>
    public static IReadOnlyList<string> Unlimited { get; } =
    ["--Limits:DeviceMessagesPerSecond=0", "--Limits:ApplicationMessagesPerSecond=0"];

    /// <summary>The REST API, as administrator of the application.</summary>
    public HttpClient Api { get; }

    /// <summary>Messages that were sent and not acknowledged yet; beyond this many nobody sends.</summary>
    public int InFlight => _devices.Sum(d => d.InFlight);
    public static int MostInFlight => Devices * SteadyDevice.Window;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<Fleet> StartAsync(ServerProcess server)
    {
        await server.CommandAsync(["app", "create", "--name", "Load", "--id", "load", "--group-key", GroupKey], Ct);
        var token = await server.CommandAsync(["token", "--app", "load", "--role", "Administrator"], Ct);
        var fleet = new Fleet(new HttpClient { BaseAddress = new Uri(server.Ready.Web) });
        fleet.Api.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(token);
        for (var i = 1; i <= Devices; i++)
            fleet._devices.Add(await fleet.MakeAsync(server.Address, $"load-{i}"));
        fleet._running = Task.WhenAll(fleet._devices.Select(d => Task.Run(() => d.RunAsync(fleet._stop.Token), Ct)));
        return fleet;
    }

    /// <summary>Waits until so many more are acknowledged.</summary>
    public Task AckedAsync(int more)
    {
        var goal = _devices.Sum(d => d.Acked.Count) + more;
        return UntilAsync(() => _devices.Sum(d => d.Acked.Count) >= goal);
    }

    /// <summary>How many are acknowledged by now.</summary>
    public int Acked => _devices.Sum(d => d.Acked.Count);

    /// <summary>Ends the sending and reads the log of the database.</summary>
    public async Task<Load> EndAsync(string connectionString)
    {
        await _stop.CancelAsync();
        await _running;
        return new(_devices.SelectMany(d => d.Acked).ToHashSet(), await StoredAsync(connectionString));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        Api.Dispose();
    }

    public static Task UntilAsync(Func<bool> isSo) => UntilAsync(() => Task.FromResult(isSo()));

    public static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        for (var tries = 0; !await isSo(); tries++)
        {
            Assert.True(tries < 12_000, "It did not come to pass within two minutes.");
            await Task.Delay(10, Ct);
        }
    }

    private async Task<SteadyDevice> MakeAsync(string address, string id)
    {
        using var body = new StringContent("{}", Encoding.UTF8, "application/json");
        using var made = await Api.PutAsync($"/api/devices/{id}?api-version=2022-07-31", body, Ct);
        made.EnsureSuccessStatusCode();
        var key = HMACSHA256.HashData(Convert.FromBase64String(GroupKey), Encoding.UTF8.GetBytes(id));
        return new(address, id, Convert.ToBase64String(key), () => Interlocked.Increment(ref _number));
    }

    private static async Task<IReadOnlyList<long>> StoredAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        // Workers of a killed PostgreSQL go on for a moment; it may be starting again just now.
        await UntilAsync(() => IsOpenAsync(connection));
        var stored = await connection.QueryAsync<long>(
            "select (convert_from(body, 'UTF8')::jsonb ->> 'n')::bigint from message_log"
        );
        return [.. stored];
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
}

/// <summary>Numbers that were acknowledged, and those that are in the log.</summary>
internal sealed record Load(IReadOnlySet<long> Acked, IReadOnlyList<long> Stored)
{
    public IEnumerable<long> Missing => Acked.Except(Stored);
}
