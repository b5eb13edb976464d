using System.Globalization;

namespace IoTCentral.Bench;

/// <summary>The rows about devices that publish: one server, one fleet, one open dashboard.</summary>
internal sealed class EndToEnd(BenchOptions options, Action<string> say)
{
    private const int Devices = 1_000;
    private const int PointsPerMessage = 3;

    public async IAsyncEnumerable<Row> MeasureAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct
    )
    {
        say($"Making {Fleet.Applications} applications and {Devices:N0} devices …");
        await using var server = await Server.StartAsync([], data => Fleet.MakeAsync(data, Devices, say, ct), ct);
        var credentials = Path.Combine(options.Folder, "devices.csv");
        await Fleet.WriteCredentialsAsync(credentials, server.Host, Devices, ct);
        var load = new Load(options.LoadProgram, server.Host, credentials);
        await using var viewer = await Viewer.OpenAsync(server, Fleet.DashboardPath);

        foreach (var row in await FullLoadAsync(server, load, ct))
            yield return row;
        foreach (var row in await OneInFlightAsync(server, load, ct))
            yield return row;
        foreach (var row in await PacedAsync(server, load, ct))
            yield return row;
        foreach (var rate in new[] { 0, 2_000, 10_000 })
            yield return await PixelAsync(load, viewer, rate, ct);
    }

    private async Task<Row[]> FullLoadAsync(Server server, Load load, CancellationToken ct)
    {
        // a new cluster's first gigabyte of log is slower: its files are yet to be made
        await RawCopy.MeasureAsync(server.Connect, options.Copy * 2, ct);
        say("Binary COPY, before …");
        var before = await RawCopy.MeasureAsync(server.Connect, options.Copy, ct);
        var run = await Runs.RunAsync(server, load, new(Devices, 10, 0, options.WarmUp, options.Length), say, ct);
        say("Binary COPY, after …");
        var after = await RawCopy.MeasureAsync(server.Connect, options.Copy, ct);
        var copy = (before + after) / 2;
        var points = run.Load.AckedPerSecond * PointsPerMessage;
        return
        [
            new("points/s end to end ÷ binary COPY, 10 in flight each", points / copy, "", Better.More, 0.15, 0.5)
            {
                Note = $"{Row.Show(points)} points/s; COPY {Row.Show(before)} before, {Row.Show(after)} after",
            },
            new(
                "messages/s stored and acknowledged, 10 in flight each",
                run.Load.AckedPerSecond,
                "",
                Better.More,
                60_000,
                200_000
            )
            {
                Note = run.Note,
            },
        ];
    }

    private async Task<Row[]> OneInFlightAsync(Server server, Load load, CancellationToken ct)
    {
        var run = await Runs.RunAsync(server, load, new(Devices, 1, 0, options.WarmUp, options.Length), say, ct);
        return
        [
            new("messages/s, one in flight each", run.Load.AckedPerSecond, "", Better.More, 25_000, 50_000)
            {
                Note = run.Note,
            },
            new("acknowledgement p99, one in flight each", run.Load.AckP99Ms, "ms", Better.Less, 100, 50)
            {
                Note = $"p50 {Row.Show(run.Load.AckP50Ms)} ms",
            },
        ];
    }

    private async Task<Row[]> PacedAsync(Server server, Load load, CancellationToken ct)
    {
        var run = await Runs.RunAsync(server, load, new(Devices, 10, 10_000, options.WarmUp, options.Length), say, ct);
        return
        [
            new("acknowledgement p99 at 10,000 messages/s", run.Load.AckP99Ms, "ms", Better.Less, 20, 10)
            {
                Note = $"p50 {Row.Show(run.Load.AckP50Ms)} ms; {Row.Show(run.Load.AckedPerSecond)} messages/s",
            },
            new("processor at 10,000 messages/s, server and PostgreSQL", run.Cpu.Cores, "cores", Better.Less, 1.0, 0.5)
            {
                Note = run.Note,
            },
        ];
    }

    private async Task<Row> PixelAsync(Load load, Viewer viewer, int rate, CancellationToken ct)
    {
        var beside = string.Create(CultureInfo.InvariantCulture, $"{rate:N0} messages/s beside it");
        say($"From the device to the pixel, {beside} …");
        await viewer.WatchAsync();
        // all but the first device, whose value the dashboard shows
        var rest = new LoadPlan(Devices - 1, 10, rate, options.WarmUp, options.Length) { Skip = 1 };
        var background = rate > 0 ? load.PublishAsync(rest, ct) : Task.CompletedTask;
        // the number it sends is the time at which it does
        var probe = new LoadPlan(1, 10, 5, TimeSpan.FromSeconds(1), options.WarmUp + options.Length)
        {
            Body = """{"pressure":${ts}}""",
        };
        await load.PublishAsync(probe, ct);
        await background;
        var ages = (await viewer.AgesAsync()).Order().ToArray();
        var expected = (options.WarmUp + options.Length).TotalSeconds * 5 / 2;
        if (ages.Length < expected)
            throw new InvalidOperationException($"The browser drew {ages.Length} values, expected {expected}.");
        return new($"device to pixel p95, {beside}", ages[(int)(ages.Length * 0.95)], "ms", Better.Less, 500, 250)
        {
            Note = string.Create(
                CultureInfo.InvariantCulture,
                $"p50 {Row.Show(ages[ages.Length / 2])} ms of {ages.Length} values"
            ),
        };
    }
}
