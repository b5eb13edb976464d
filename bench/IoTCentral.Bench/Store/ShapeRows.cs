using System.Diagnostics;
using System.Globalization;
using IoTCentral.Core.Live;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Data.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace IoTCentral.Bench.Store;

/// <summary>
/// What other points than jittered decimals take, a year of one series, a million points that come late, and last values of
/// many devices.
/// </summary>
internal sealed class ShapeRows(BenchOptions options, Action<string> say)
{
    private const int Batch = 5_000;
    private static readonly DateTimeOffset End = StoreData.End;

    // One message every ten seconds, of one value.
    private static readonly Shape[] Shapes =
    [
        new("regular stamps", r => Number(Step(r, 2_000) / 100.0)) { Floor = 2.5, Goal = 1.5 },
        new("jittered stamps, 17 digits", r => Number(r.NextDouble())) { IsJittered = true },
        new("jittered stamps, a state that changes every few minutes", r => State(r)) { IsJittered = true },
        new("jittered stamps, yes and no", r => r.Next(40) == 0 ? "true" : "false") { IsJittered = true },
        new("jittered stamps, places", r => Place(r)) { IsJittered = true },
    ];

    private static int _walk;
    private static string _state = "\"running\"";

    private int Days => options.IsQuick ? 10 : 365;

    public async IAsyncEnumerable<Row> MeasureAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct
    )
    {
        foreach (var shape in Shapes)
        {
            say($"{shape.Name} …");
            await using var site = await StoreSite.MakeAsync(ct);
            var device = (await site.DevicesAsync(1, ct))[0];
            // the first is of a year
            var days = shape.Goal > 0 ? Days : 30;
            await FillAsync(site, device, shape, days, ct);
            await site.SealAsync(ct);
            yield return await SizeAsync(site, shape, ct);
            if (shape.Goal > 0)
                yield return await YearAsync(site, device, days, ct);
        }
        await foreach (var row in LateAsync(ct))
            yield return row;
        await foreach (var row in LastAsync(ct))
            yield return row;
    }

    private static async Task<Row> SizeAsync(StoreSite site, Shape shape, CancellationToken ct)
    {
        await site.ExecuteAsync("vacuum analyze chunk", ct);
        await using var command = new NpgsqlCommand(
            "select pg_total_relation_size('chunk')::float8 / sum(n), sum(n) from chunk",
            site.Owner
        );
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return new(
            $"bytes a sealed point on disk, indexes included, {shape.Name}",
            row.GetDouble(0),
            "",
            Better.Less,
            shape.Floor,
            shape.Goal
        )
        {
            Note = $"{row.GetInt64(1):N0} points",
        };
    }

    private static async Task<Row> YearAsync(StoreSite site, long device, int days, CancellationToken ct)
    {
        var query = new SeriesQuery
        {
            Series = [new(device, "", "v")],
            From = End.AddDays(-days),
            To = End,
            Bucket = TimeSpan.FromDays(1),
        };
        var warm = await StoreSite.MedianAsync(() => site.Store.QueryAsync(site.Tenant, query, ct));
        return Row.Plain($"one series, {days} d by the day", warm, "ms", "from summaries");
    }

    /// <summary>Half of a week is sealed already when the other half comes.</summary>
    private async IAsyncEnumerable<Row> LateAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct
    )
    {
        say("A million points of last week that come late …");
        await using var site = await StoreSite.MakeAsync(ct);
        var devices = await site.DevicesAsync(options.IsQuick ? 100 : 1_000, ct);
        var took = new List<double>();
        const int each = 1_008;
        for (var half = 0; half < 2; half++)
        {
            var batch = new List<DeviceMessage>();
            for (var i = 0; i < each; i++)
            {
                foreach (var device in devices)
                {
                    var at = End.AddMinutes((-10 * i) - (5 * half));
                    batch.Add(site.Message(device, at, $$"""{"v":{{Number(Step(Random.Shared, 2_000) / 100.0)}}}"""));
                }
                if (batch.Count < Batch && i + 1 < each)
                    continue;
                await site.Log.AppendAsync(batch, ct);
                batch.Clear();
            }
            var watch = Stopwatch.StartNew();
            await site.SealAsync(ct);
            took.Add(watch.Elapsed.TotalSeconds);
        }
        var points = (double)each * devices.Length;
        yield return Row.Plain(
            "late points merged a second, a week of each device",
            points / took[1],
            "",
            $"{points:N0} points; the first half, where nothing was, {Row.Show(points / took[0])}"
        );
    }

    /// <summary>As a page asks that shows them all.</summary>
    private async IAsyncEnumerable<Row> LastAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct
    )
    {
        const int count = 10_000;
        say("Last values of 10,000 devices …");
        await using var site = await StoreSite.MakeAsync(ct);
        var devices = await site.DevicesAsync(count, ct);
        for (var i = 0; i < 20; i++)
        {
            foreach (var some in devices.Chunk(Batch))
                await site.Log.AppendAsync(
                    [.. some.Select(d => site.Message(d, End.AddMinutes(i - 20), """{"v":21.5,"w":3,"x":true}"""))],
                    ct
                );
        }
        await site.SealAsync(ct);
        var log = new CommittedLog(site.Log);
        using var keeper = new LastValueKeeper(
            log,
            new CheckpointStore(site.System),
            new LastValueStore(site.Db),
            TimeProvider.System,
            NullLogger<LastValueKeeper>.Instance
        );
        SeriesId[] series = [.. devices.Select(d => new SeriesId(d, "", "v"))];
        async Task<(double Cold, double Warm)> AskAsync()
        {
            using var feed = new LiveFeed(log, site.Store, keeper, TimeProvider.System, NullLogger<LiveFeed>.Instance);
            await feed.StartAsync(ct);
            // it asks the log where it ends, once
            await Task.Delay(1_000, ct);
            var watch = Stopwatch.StartNew();
            var found = await feed.LastValuesAsync(site.Tenant, series, ct);
            var cold = watch.Elapsed.TotalMilliseconds;
            if (found.Count != count)
                throw new InvalidOperationException($"{found.Count} last values were found of {count}.");
            var warm = await StoreSite.MedianAsync(() => feed.LastValuesAsync(site.Tenant, series, ct).AsTask());
            await feed.StopAsync(ct);
            return (cold, warm);
        }
        var (searched, _) = await AskAsync();
        await keeper.StartAsync(ct);
        var newest = await site.Log.LastPositionAsync(ct);
        while (keeper.Position is null || keeper.Position < newest)
            await Task.Delay(10, ct);
        var (restored, memory) = await AskAsync();
        await keeper.StopAsync(ct);
        yield return Row.Plain(
            "last value of 10,000 devices, from memory",
            memory,
            "ms",
            $"the first time {Row.Show(restored)} ms; in a server that has just started and is still reading the log {Row.Show(searched)} ms"
        );
    }

    private static async Task FillAsync(StoreSite site, long device, Shape shape, int days, CancellationToken ct)
    {
        var random = new Random(7);
        var batch = new List<DeviceMessage>();
        for (var time = End.AddDays(-days); time < End; time = time.AddSeconds(10))
        {
            var at = shape.IsJittered ? time.AddMilliseconds(random.Next(100)) : time;
            batch.Add(site.Message(device, at, $$"""{"v":{{shape.Next(random)}}}"""));
            if (batch.Count < Batch)
                continue;
            await site.Log.AppendAsync(batch, ct);
            batch.Clear();
        }
        await site.Log.AppendAsync(batch, ct);
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static int Step(Random random, int around) => around + (_walk = (_walk + random.Next(-15, 16)) % 1_500);

    private static string State(Random random)
    {
        if (random.Next(30) == 0)
            _state = random.Next(3) switch
            {
                0 => "\"running\"",
                1 => "\"idle\"",
                _ => "\"fault\"",
            };
        return _state;
    }

    private static string Place(Random random) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"lat":{{48.1 + (Step(random, 0) / 100_000.0)}},"lon":{{11.5 + (Step(random, 0) / 100_000.0)}}}"""
        );

    private sealed record Shape(string Name, Func<Random, string> Next)
    {
        public bool IsJittered { get; init; }
        public double Floor { get; init; } = double.NaN;
        public double Goal { get; init; } = double.NaN;
    }
}
