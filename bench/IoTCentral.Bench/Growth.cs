namespace IoTCentral.Bench;

/// <summary>What a connection costs, and what a message costs as connections grow.</summary>
internal sealed class Growth(BenchOptions options, Action<string> say)
{
    private const int Rate = 5_000;
    private const int Idle = 10_000;

    public async IAsyncEnumerable<Row> MeasureAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct
    )
    {
        // each connection is an open file of the server and of the load generator
        var most = Math.Min(options.IsQuick ? Idle : 50_000, Machine.MostOpenFiles() - 2_000);
        int[] sizes = [1_000, .. new[] { Idle }.Where(n => n < most), most];
        say($"Making {sizes[^1]:N0} devices …");
        await using var server = await Server.StartAsync([], data => Fleet.MakeAsync(data, sizes[^1], say, ct), ct);
        var credentials = Path.Combine(options.Folder, "many.csv");
        await Fleet.WriteCredentialsAsync(credentials, server.Host, sizes[^1], ct);
        var load = new Load(options.LoadProgram, server.Host, credentials);

        yield return await IdleAsync(server, load, ct);

        var costs = new List<double>();
        foreach (var size in sizes)
        {
            var run = await Runs.RunAsync(server, load, new(size, 10, Rate, options.WarmUp, options.Length), say, ct);
            costs.Add(run.CpuPerMessage);
        }

        yield return new(
            $"µs a message at {sizes[^1]:N0} devices ÷ at {sizes[0]:N0}, {Rate:N0} messages/s",
            costs[^1] / costs[0],
            "",
            Better.Less,
            1.5,
            1.1
        )
        {
            Note = string.Join(", ", sizes.Zip(costs, (s, c) => $"{s:N0}: {Row.Show(c)} µs")),
        };
    }

    private async Task<Row> IdleAsync(Server server, Load load, CancellationToken ct)
    {
        say($"{Idle:N0} idle connections …");
        // the first connections pay for what all share
        await load.IdleAsync(100, () => Task.Delay(TimeSpan.FromSeconds(2), ct), ct);
        var before = server.ResidentBytes;
        var after = before;
        var result = await load.IdleAsync(
            Idle,
            async () =>
            {
                await Task.Delay(TimeSpan.FromSeconds(10), ct);
                after = server.ResidentBytes;
            },
            ct
        );
        if (result.Connected < Idle)
            throw new InvalidOperationException($"Only {result.Connected} were connected: {result.LastError}");
        return new("memory of an idle TLS connection", (after - before) / 1_000.0 / Idle, "kB", Better.Less, 60, 48)
        {
            Note = $"{Row.Show(before / 1e6)} MB before, {Row.Show(after / 1e6)} MB with {Idle:N0}",
        };
    }
}
