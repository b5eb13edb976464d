using System.Diagnostics;
using System.Globalization;
using IoTCentral.Testing;

namespace IoTCentral.Bench.Devices;

/// <summary>The rows about devices that come and publish: how fast they connect, in what windows, after a power cut.</summary>
internal sealed class DeviceRows(BenchOptions options, Action<string> say)
{
    private const int Storm = 10_000;

    public async IAsyncEnumerable<Row> MeasureAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct
    )
    {
        say($"Making {Fleet.Applications} applications and {Storm:N0} devices …");
        await using var server = await Server.StartAsync([], data => Fleet.MakeAsync(data, Storm, say, ct), ct);
        var credentials = Path.Combine(options.Folder, "fleet.csv");
        await Fleet.WriteCredentialsAsync(credentials, server.Host, Storm, ct);
        var load = new Load(options.LoadProgram, server.Host, credentials);

        yield return await ConnectsAsync(load, ct);
        await foreach (var row in WindowsAsync(server, load, ct))
            yield return row;
        yield return await StormAsync(server, ct);
    }

    private static async Task<Row> ConnectsAsync(Load load, CancellationToken ct)
    {
        const int devices = 2_000;
        await load.IdleAsync(200, () => Task.CompletedTask, ct);
        var result = await load.IdleAsync(devices, () => Task.CompletedTask, ct);
        return new("TLS connects/s: handshake, sign-in, CONNACK", result.ConnectsPerSecond, "", Better.More, 200, 500)
        {
            Note = $"{result.Connected:N0} devices; the client's half of the handshakes ran on the same processors",
        };
    }

    private async IAsyncEnumerable<Row> WindowsAsync(
        Server server,
        Load load,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct
    )
    {
        (int Connections, int InFlight, double Floor, double Goal)[] all =
        [
            (100, 1, 2_000, 5_000),
            (100, 10, 15_000, 50_000),
            (100, 100, 50_000, 200_000),
            (1_000, 1, 25_000, 50_000),
            (1_000, 10, 60_000, 200_000),
            (1_000, 100, 60_000, 200_000),
        ];
        foreach (var (connections, inFlight, floor, goal) in all)
        {
            var plan = new LoadPlan(connections, inFlight, 0, options.WarmUp, options.Length);
            var run = await Runs.RunAsync(server, load, plan, say, ct);
            yield return new(
                $"messages/s stored and acknowledged, {connections:N0} connections, {inFlight} in flight each",
                run.Load.AckedPerSecond,
                "",
                Better.More,
                floor,
                goal
            )
            {
                Note = run.Note,
            };
            if (connections == AmqpRows.Connections)
                yield return await AmqpRows.MeasureAsync(server, options, inFlight, run, ct);
        }
    }

    /// <summary>All devices at once, each as after a power cut: registers by DPS, then connects to the hub it is told.</summary>
    private async Task<Row> StormAsync(Server server, CancellationToken ct)
    {
        say($"{Storm:N0} devices register and connect at once …");
        var scopes = await server.IdScopesAsync(ct);
        var devices = new BenchDevice?[Storm];
        var count = server.Count();
        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Storm),
            new ParallelOptions { MaxDegreeOfParallelism = BenchDevice.HandshakesAtOnce, CancellationToken = ct },
            async (number, token) =>
            {
                await RegisterAsync(server.Host, scopes[number % Fleet.Applications], number, token);
                devices[number] = await BenchDevice.ConnectAsync(
                    server.Host,
                    Fleet.LoginOf(server.Host, number),
                    token
                );
            }
        );
        var seconds = watch.Elapsed.TotalSeconds;
        var cpu = count();
        foreach (var device in devices)
            await device!.DisposeAsync();
        return new($"{Storm:N0} devices back: DPS, then hub", seconds, "s", Better.Less, 120, 60)
        {
            Note = string.Create(
                CultureInfo.InvariantCulture,
                $"{Storm / seconds:0} devices/s; processor: server {cpu.Server:0} s, PostgreSQL {cpu.Database:0} s"
            ),
        };
    }

    private static async Task RegisterAsync(string host, string idScope, int number, CancellationToken ct)
    {
        var id = Fleet.DeviceIdOf(number);
        await using var device = await BenchDevice.ConnectAsync(host, Sign.Dps(idScope, id, Fleet.KeyOf(id)), ct);
        await device.SubscribeAsync(ct, "$dps/registrations/res/#");
        var body = $$"""{"registrationId":"{{id}}"}""";
        await device.PublishAsync("$dps/registrations/PUT/iotdps-register/?$rid=1", body, ct);
        var (topic, text) = await device.MessageAsync(ct);
        if (!topic.StartsWith("$dps/registrations/res/200/", StringComparison.Ordinal))
            throw new InvalidOperationException($"{topic}: {text}");
    }
}
