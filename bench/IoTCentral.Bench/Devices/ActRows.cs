using System.Diagnostics;

namespace IoTCentral.Bench.Devices;

/// <summary>The rows about what is asked of devices and what they ask: commands and twins.</summary>
internal sealed class ActRows(BenchOptions options, Action<string> say)
{
    private const int Devices = 1_200;
    private const int Callees = 1_000;
    private const int Listeners = 200;
    private const int PerMinute = 10_000;

    public async IAsyncEnumerable<Row> MeasureAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct
    )
    {
        say($"Making {Fleet.Applications} applications and {Devices:N0} devices …");
        await using var server = await Server.StartAsync(
            ["--Limits:ApiRequestsPerSecond=0"],
            data => Fleet.MakeAsync(data, Devices, say, ct),
            ct
        );
        var credentials = Path.Combine(options.Folder, "act.csv");
        await Fleet.WriteCredentialsAsync(credentials, server.Host, Devices, ct);
        using var api = await BenchApi.OpenAsync(server, Fleet.Applications, ct);

        yield return await CallsAsync(server, api, ct);
        var load = new Load(options.LoadProgram, server.Host, credentials);
        foreach (var row in await TwinsAsync(server, load, api, ct))
            yield return row;
    }

    /// <summary>A thousand commands by REST, all under way at once, each answered by its device.</summary>
    private async Task<Row> CallsAsync(Server server, BenchApi api, CancellationToken ct)
    {
        say($"{Callees:N0} commands at once …");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var devices = await ConnectAsync(server, 0, Callees, ct);
        await Task.WhenAll(devices.Select(d => d.SubscribeAsync(ct, "$iothub/methods/POST/#")));
        var answering = devices.Select(d => AnswerCallsAsync(d, stop.Token)).ToList();
        await api.PostAsync(0, "commands/ping", ct); // the first one pays for what all share
        var watch = Stopwatch.StartNew();
        var times = await Task.WhenAll(
            Enumerable.Range(0, Callees).Select(number => api.PostAsync(number, "commands/ping", ct))
        );
        var seconds = watch.Elapsed.TotalSeconds;
        await stop.CancelAsync();
        await Task.WhenAll(answering);
        foreach (var device in devices)
            await device.DisposeAsync();
        var p99 = times.Order().ElementAt((int)(Callees * 0.99));
        return new($"{Callees:N0} commands at once, all answered", seconds, "s", Better.Less, 30, 5)
        {
            Note = $"p99 {Row.Show(p99.TotalSeconds)} s",
        };
    }

    private static async Task AnswerCallsAsync(BenchDevice device, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                var (topic, _) = await device.MessageAsync(ct);
                var id = topic[(topic.LastIndexOf('=') + 1)..];
                await device.PublishAsync($"$iothub/methods/res/200/?$rid={id}", "{}", ct);
            }
        }
        catch (OperationCanceledException)
        {
            // measured
        }
    }

    /// <summary>Telemetry at 10,000 messages/s alone, then with 10,000 twin reads and 10,000 wishes a minute beside it.</summary>
    private async Task<Row[]> TwinsAsync(Server server, Load load, BenchApi api, CancellationToken ct)
    {
        var plan = new LoadPlan(1_000, 10, 10_000, options.WarmUp, options.Length) { Skip = Listeners };
        var alone = await Runs.RunAsync(server, load, plan, say, ct);
        say($"The same with {PerMinute:N0} twin reads and {PerMinute:N0} wishes a minute beside it …");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var devices = await ConnectAsync(server, 0, Listeners, ct);
        foreach (var device in devices)
            await device.SubscribeAsync(ct, "$iothub/twin/res/#", "$iothub/twin/PATCH/properties/desired/#");
        var tally = new Tally();
        Task[] beside =
        [
            .. devices.Select(d => TallyAsync(d, tally, stop.Token)),
            PacedAsync(
                n => devices[n % Listeners].PublishAsync($"$iothub/twin/GET/?$rid={n}", " ", stop.Token),
                stop.Token
            ),
            PacedAsync(n => api.WishAsync(n % Listeners, n, stop.Token), stop.Token),
        ];
        var watch = Stopwatch.StartNew();
        var loaded = await Runs.RunAsync(server, load, plan, say, ct);
        var minutes = watch.Elapsed.TotalMinutes;
        await stop.CancelAsync();
        await Task.WhenAll(beside);
        foreach (var device in devices)
            await device.DisposeAsync();
        var (reads, wishes) = (tally.Reads / minutes, tally.Wishes / minutes);
        return
        [
            new("twin reads answered a minute", reads, "", Better.More, PerMinute * 0.95, PerMinute * 0.99),
            new("desired updates pushed a minute", wishes, "", Better.More, PerMinute * 0.95, PerMinute * 0.99),
            new(
                "acknowledgement p99 at 10,000 messages/s with both ÷ without",
                loaded.Load.AckP99Ms / alone.Load.AckP99Ms,
                "",
                Better.Less,
                2,
                1.2
            )
            {
                Note = $"{Row.Show(loaded.Load.AckP99Ms)} ms and {Row.Show(alone.Load.AckP99Ms)} ms; {loaded.Note}",
            },
        ];
    }

    private static async Task PacedAsync(Func<int, Task> act, CancellationToken ct)
    {
        var under = new List<Task>();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(60));
        try
        {
            for (var n = 0; await timer.WaitForNextTickAsync(ct); )
            {
                for (var i = 0; i < PerMinute / 1_000; i++, n++)
                    under.Add(act(n));
                under.RemoveAll(t => t.IsCompletedSuccessfully);
            }
        }
        catch (OperationCanceledException)
        {
            // measured
        }

        try
        {
            await Task.WhenAll(under);
        }
        catch (OperationCanceledException)
        {
            // those that were under way
        }
    }

    private static async Task TallyAsync(BenchDevice device, Tally tally, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                var (topic, _) = await device.MessageAsync(ct);
                if (topic.StartsWith("$iothub/twin/res/200/", StringComparison.Ordinal))
                    Interlocked.Increment(ref tally.Reads);
                else if (topic.StartsWith("$iothub/twin/PATCH/", StringComparison.Ordinal))
                    Interlocked.Increment(ref tally.Wishes);
            }
        }
        catch (OperationCanceledException)
        {
            // measured
        }
    }

    private static async Task<BenchDevice[]> ConnectAsync(Server server, int first, int count, CancellationToken ct)
    {
        var devices = new BenchDevice[count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = BenchDevice.HandshakesAtOnce, CancellationToken = ct },
            async (i, token) =>
                devices[i] = await BenchDevice.ConnectAsync(server.Host, Fleet.LoginOf(server.Host, first + i), token)
        );
        return devices;
    }

    private sealed class Tally
    {
        public int Reads;
        public int Wishes;
    }
}
