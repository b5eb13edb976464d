using System.Diagnostics;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using Npgsql;

namespace IoTCentral.Bench.Store;

/// <summary>What sealing costs and saves: bytes a point, points a second, and the common questions beside a plain table.</summary>
internal sealed class StoreRows(BenchOptions options, Action<string> say)
{
    // What TimescaleDB's compressed tables take of the plain table's time (docs/performance.md): the floor is that,
    // the goal a share of it.
    private static readonly Question[] Questions =
    [
        new("1 h, raw", TimeSpan.FromHours(1), null, 1.14, 0.34),
        new("24 h by the minute", TimeSpan.FromDays(1), TimeSpan.FromMinutes(1), 0.34, 0.136),
        new("30 d by the hour", TimeSpan.FromDays(30), TimeSpan.FromHours(1), 0.3, 0.045),
        new("1,000 devices, 1 h by 10 min", TimeSpan.FromHours(1), TimeSpan.FromMinutes(10), 0.444, 0.178)
        {
            IsWide = true,
        },
    ];

    public async IAsyncEnumerable<Row> MeasureAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct
    )
    {
        await using var site = await StoreSite.MakeAsync(ct);
        var data = new StoreData(site);
        say("Filling log and plain table …");
        await data.FillAsync(options.IsQuick ? 2 : 24, ct);
        var before = await AskAsync(site, data, ct);

        say($"Sealing {data.Points:N0} points …");
        yield return await SealAsync(site, data, ct);
        await site.ExecuteAsync("vacuum analyze chunk, message_pack", ct);
        yield return await SizeAsync(site.Owner, data, ct);
        yield return await PackSizeAsync(site.Owner, data, ct);
        await site.Partitions.TendAsync(ct);

        say("Asking …");
        var after = await AskAsync(site, data, ct);
        yield return await new Walls(site.App, site.Owner, site.Tenant).MeasureAsync([.. data.Short], ct);
        var plain = await AskAsync(new PlainTable(site.Owner), data, ct);
        for (var q = 0; q < Questions.Length; q++)
            yield return new(
                $"{Questions[q].Name}: chunks ÷ a row a point",
                after[q] / plain[q],
                "",
                Better.Less,
                Questions[q].Floor,
                Questions[q].Goal
            )
            {
                Note =
                    $"{Row.Show(after[q])} ms; a row a point {Row.Show(plain[q])} ms; before sealing {Row.Show(before[q])} ms",
            };
    }

    private static async Task<Row> SealAsync(StoreSite site, StoreData data, CancellationToken ct)
    {
        using var own = Process.GetCurrentProcess();
        var before = own.TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        await site.SealAsync(ct);
        var seconds = watch.Elapsed.TotalSeconds;
        own.Refresh();
        var cpu = (own.TotalProcessorTime - before).TotalSeconds;
        return new("points sealed a second", data.Points / seconds, "", Better.More, 150_000, 600_000)
        {
            Note =
                $"{data.Points:N0} points; ours {Row.Show(cpu * 1e9 / data.Points)} ns of a processor a point, without PostgreSQL's",
        };
    }

    private static async Task<Row> SizeAsync(NpgsqlConnection owner, StoreData data, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "select pg_total_relation_size('chunk'), pg_indexes_size('chunk'), sum(n), count(*) from chunk",
            owner
        );
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        var (all, indexes, points, chunks) = (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));
        if (points != data.Points)
            throw new InvalidOperationException($"{points} points are sealed of {data.Points}.");
        return new(
            "bytes a sealed point on disk, indexes included, jittered stamps",
            (double)all / points,
            "",
            Better.Less,
            4,
            2.5
        )
        {
            Note = $"{chunks:N0} chunks; indexes {Row.Show((double)indexes / points)} of it",
        };
    }

    private static async Task<Row> PackSizeAsync(NpgsqlConnection owner, StoreData data, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            select pg_total_relation_size('message_pack'), sum(n), count(*),
              (select sum(pg_total_relation_size(inhrelid)) from pg_inherits where inhparent = 'message_log'::regclass)
            from message_pack
            """,
            owner
        );
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        var (all, messages, packs, log) = (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetDecimal(3));
        if (messages * StoreData.Signals.Length != data.Points)
            throw new InvalidOperationException($"{messages} messages are packed of {data.Points} points.");
        return new("bytes a message packed as it came, index included", (double)all / messages, "", Better.Less, 40, 25)
        {
            Note = $"{packs:N0} packs; in the log {Row.Show((double)log / messages)} bytes each",
        };
    }

    private static async Task<double[]> AskAsync(StoreSite site, StoreData data, CancellationToken ct)
    {
        var took = new List<double>();
        foreach (var question in Questions)
        {
            var query = new SeriesQuery
            {
                Series = [.. Devices(question, data).Select(d => new SeriesId(d, "", StoreData.Signals[0]))],
                From = StoreData.End - question.Back,
                To = StoreData.End,
                Bucket = question.Bucket,
            };
            took.Add(await StoreSite.MedianAsync(() => site.Store.QueryAsync(site.Tenant, query, ct)));
        }
        return [.. took];
    }

    private static async Task<double[]> AskAsync(PlainTable plain, StoreData data, CancellationToken ct)
    {
        var took = new List<double>();
        foreach (var question in Questions)
        {
            long[] series = [.. Devices(question, data).Select(d => d * 10)];
            took.Add(
                await StoreSite.MedianAsync(() =>
                    plain.QueryAsync(series, StoreData.End - question.Back, question.Bucket, ct)
                )
            );
        }
        return [.. took];
    }

    private static IEnumerable<long> Devices(Question question, StoreData data) =>
        question.IsWide ? data.Short : data.Long.Take(1);

    private sealed record Question(string Name, TimeSpan Back, TimeSpan? Bucket, double Floor, double Goal)
    {
        public bool IsWide { get; init; }
    }
}
