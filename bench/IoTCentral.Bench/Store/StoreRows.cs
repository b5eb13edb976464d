using System.Diagnostics;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using IoTCentral.Data.Telemetry;
using IoTCentral.Data.Telemetry.Chunks;
using IoTCentral.Data.Telemetry.Retention;
using IoTCentral.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace IoTCentral.Bench.Store;

/// <summary>What sealing costs and saves: bytes a point, points a second, and the common questions beside a plain table.</summary>
internal sealed class StoreRows(BenchOptions options, Action<string> say)
{
    private const int Pass = 250_000;
    private const int Times = 21;

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
        await using var database = new TestDatabase();
        await database.InitializeAsync();
        var tenant = await database.NewTenantAsync(ct);
        await using var owner = await database.OpenAsOwnerAsync(ct);
        var partitions = Partitions(database);
        await using var log = Log(database, partitions);
        var data = new StoreData(owner, log, tenant);
        say("Filling log and plain table …");
        await data.FillAsync(options.IsQuick ? 2 : 24, ct);
        await using var app = DataSources.App(Pooled(database), database.Passwords);
        await using var system = DataSources.System(Pooled(database), database.Passwords);
        var store = new TelemetryStore(new TenantDb(app));
        var before = await AskAsync(store, data, tenant, ct);

        // as LogSummaries does while the program runs
        await data.ExecuteAsync("vacuum message_log", ct);
        say($"Sealing {data.Points:N0} points …");
        yield return await SealAsync(new SystemDb(system), log, data, ct);
        await data.ExecuteAsync("vacuum analyze chunk, message_pack", ct);
        yield return await SizeAsync(owner, data, ct);
        yield return await PackSizeAsync(owner, data, ct);
        await partitions.TendAsync(ct);

        say("Asking …");
        var after = await AskAsync(store, data, tenant, ct);
        yield return await new Walls(app.Value, owner, tenant).MeasureAsync([.. data.Short], ct);
        var plain = await AskAsync(new PlainTable(owner), data, ct);
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

    // tests open a connection for each question; the program does not
    private static string Pooled(TestDatabase database) =>
        new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = true }.ConnectionString;

    private static MessagePartitions Partitions(TestDatabase database)
    {
        var kept = new InstallationOptions
        {
            DataFolder = "/",
            Storage = new() { MessageLogDays = 3650 },
        };
        var system = database.SystemDb;
        return new(
            system,
            new RetentionSweep(system, new RollupPass(system), kept, TimeProvider.System),
            TimeProvider.System,
            NullLogger<MessagePartitions>.Instance
        );
    }

    private static MessageLog Log(TestDatabase database, MessagePartitions partitions) =>
        new(
            database.SystemDb,
            partitions,
            new RepeatFilter(database.SystemDb, TimeProvider.System),
            TimeProvider.System,
            NullLogger<MessageLog>.Instance
        );

    private static async Task<Row> SealAsync(SystemDb system, MessageLog log, StoreData data, CancellationToken ct)
    {
        var pass = new SealPass(system, new SignalTable(system), TimeProvider.System);
        var newest = await log.LastPositionAsync(ct);
        using var own = Process.GetCurrentProcess();
        var before = own.TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        for (long upTo = Math.Min(Pass, newest); ; upTo = Math.Min(upTo + Pass, newest))
        {
            await pass.RunAsync(upTo, ct);
            if (upTo == newest)
                break;
        }
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

    private static async Task<double[]> AskAsync(
        TelemetryStore store,
        StoreData data,
        TenantId tenant,
        CancellationToken ct
    )
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
            took.Add(await MedianAsync(() => store.QueryAsync(tenant, query, ct)));
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
                await MedianAsync(() => plain.QueryAsync(series, StoreData.End - question.Back, question.Bucket, ct))
            );
        }
        return [.. took];
    }

    private static IEnumerable<long> Devices(Question question, StoreData data) =>
        question.IsWide ? data.Short : data.Long.Take(1);

    /// <summary>Milliseconds, warm.</summary>
    private static async Task<double> MedianAsync(Func<Task> ask)
    {
        await ask();
        var took = new List<double>();
        for (var i = 0; i < Times; i++)
        {
            var watch = Stopwatch.StartNew();
            await ask();
            took.Add(watch.Elapsed.TotalMilliseconds);
        }
        took.Sort();
        return took[Times / 2];
    }

    private sealed record Question(string Name, TimeSpan Back, TimeSpan? Bucket, double Floor, double Goal)
    {
        public bool IsWide { get; init; }
    }
}
