using System.Globalization;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Data.Common;
using IoTCentral.Data.Telemetry;
using IoTCentral.Data.Telemetry.Chunks;
using IoTCentral.Data.Telemetry.Packs;
using IoTCentral.Testing;
using Npgsql;
using static IoTCentral.Data.Tests.Telemetry.MessageLogFixture;

namespace IoTCentral.Data.Tests.Telemetry.Chunks;

/// <summary>
/// Questions of all kinds to the store, while data comes (late, early, twice), is sealed and merged, against a model that has
/// all points in memory.
/// </summary>
public sealed class StoreModelTests(MessageLogFixture fixture) : IClassFixture<MessageLogFixture>
{
    private static readonly string[] Names = ["t", "u"];
    private static readonly string[] Zones = ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns"];
    private static readonly int[] Buckets = [60, 420, 1_800, 3_600, 7_200, 21_600, 86_400];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public Task Some_questions_have_the_answers_of_the_model() => AskAsync(seed: 1, rounds: 8, questions: 40);

    [Fact]
    [Trait("Category", "Long")]
    public Task Very_many_questions_have_the_answers_of_the_model() => AskAsync(seed: 2, rounds: 125, questions: 80);

    private async Task AskAsync(int seed, int rounds, int questions)
    {
        var random = new Random(seed);
        await using var app = DataSources.App(
            new NpgsqlConnectionStringBuilder(fixture.Database.ConnectionString) { Pooling = true }.ConnectionString,
            fixture.Database.Passwords
        );
        var store = new TelemetryStore(new TenantDb(app));
        (Core.Tenants.TenantId Tenant, long Device)[] devices = [];
        var model = new Dictionary<SeriesId, List<(DateTimeOffset Time, double Value)>>();
        for (var round = 0; round < rounds; round++)
        {
            // others begin anew, so that questions stay small and there are those of which nothing is merged yet
            if (round % 8 == 0)
            {
                var first = await fixture.NewDeviceAsync(Ct);
                devices = [first, await fixture.NewDeviceAsync(Ct, first.Tenant)];
                model = devices
                    .SelectMany(d => Names.Select(n => new SeriesId(d.Device, "", n)))
                    .ToDictionary(s => s, _ => new List<(DateTimeOffset, double)>());
            }
            await SendAsync(random, devices, model);
            await WorkAsync(random);
            for (var q = 0; q < questions; q++)
                await AskAsync(random, store, devices[0].Tenant, model);
        }
    }

    private async Task SendAsync(
        Random random,
        (Core.Tenants.TenantId Tenant, long Device)[] devices,
        Dictionary<SeriesId, List<(DateTimeOffset Time, double Value)>> model
    )
    {
        var batch = new List<DeviceMessage>();
        for (var i = random.Next(1, 120); i > 0; i--)
        {
            var device = devices[random.Next(devices.Length)];
            var time = random.Next(20) switch
            {
                0 => Noon.AddYears(-20).AddSeconds(random.Next(100)),
                1 => Noon.AddDays(-random.Next(40)),
                _ => Noon.AddSeconds(random.Next(3_000) * 30),
            };
            var (t, u) = (random.Next(-40, 200) / 4d, random.Next(3));
            var body = string.Create(CultureInfo.InvariantCulture, $$"""{"t":{{t}},"u":{{u}}}""");
            for (var twice = random.Next(10) == 0 ? 2 : 1; twice > 0; twice--)
                batch.Add(Message(device, body, time, received: Noon));
            model[new(device.Device, "", "t")].Add((time, t));
            model[new(device.Device, "", "u")].Add((time, u));
        }
        await fixture.Log.AppendAsync(batch, Ct);
    }

    /// <summary>Seals a part of what there is, or all, and merges or not.</summary>
    private async Task WorkAsync(Random random)
    {
        var system = fixture.Database.SystemDb;
        var signals = new SignalTable(system);
        var newest = await fixture.Log.LastPositionAsync(Ct);
        if (random.Next(3) > 0)
            await new SealPass(system, signals, TimeProvider.System).RunAsync(newest - random.Next(60), Ct);
        if (random.Next(3) > 0)
            return;
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        var merge = new MergePass(system, signals, TimeProvider.System);
        for (var left = await merge.FindAsync(today, (ChunkLevel)random.Next(2), Ct); left.Count > 0; )
            left = await merge.MergeAsync(left, Ct);
        var packs = new PackMerge(system, TimeProvider.System);
        for (var left = await packs.FindAsync(today, Ct); left.Count > 0; )
            left = await packs.MergeAsync(left, Ct);
    }

    private static async Task AskAsync(
        Random random,
        TelemetryStore store,
        Core.Tenants.TenantId tenant,
        Dictionary<SeriesId, List<(DateTimeOffset Time, double Value)>> model
    )
    {
        SeriesId[] series = [.. model.Keys.Where(_ => random.Next(3) > 0)];
        var query = AnyQuery(random, series);
        if (query.IsRaw)
        {
            foreach (var answer in await store.QueryAsync(tenant, query, Ct))
            {
                var expected = NaiveSeries
                    .Points(model[answer.Series], query)
                    .Where(p => p.Time >= query.From && p.Time < query.To)
                    .Select(p => new SeriesBucket(p.Time, 1, p.Value, p.Value, p.Value, p.Value, p.Value, p.Value));
                Check([.. expected], answer.Buckets, query);
            }
            return;
        }
        if (random.Next(2) == 0)
        {
            foreach (var answer in await store.QueryAsync(tenant, query, Ct))
                Check(NaiveSeries.Buckets([model[answer.Series]], query), answer.Buckets, query);
            return;
        }
        var groups = series.GroupBy(s => random.Next(2)).Select(g => g.ToArray()).ToArray();
        var answers = await store.GroupsAsync(tenant, query, groups, Ct);
        foreach (var (group, answer) in groups.Zip(answers))
            Check(NaiveSeries.Buckets([.. group.Select(s => model[s])], query), answer, query);
    }

    private static void Check(
        IReadOnlyList<SeriesBucket> expected,
        IReadOnlyList<SeriesBucket> actual,
        SeriesQuery query
    )
    {
        if (NaiveSeries.Difference(expected, actual) is { } difference)
            Assert.Fail($"{difference}: {query}, {string.Join(' ', query.Aggregates)}");
    }

    private static SeriesQuery AnyQuery(Random random, SeriesId[] series)
    {
        var from = random.Next(6) == 0 ? Noon.AddYears(-30) : Noon.AddSeconds(random.Next(-90, 3_000) * 30);
        var bucket = Buckets[random.Next(Buckets.Length)];
        var to = random.Next(6) == 0 ? Noon.AddDays(3) : from.AddSeconds(random.Next(1, 4_000) * 30);
        var isOpen = to - from > TimeSpan.FromDays(5);
        return new()
        {
            Series = series,
            From = from,
            To = to,
            Bucket = random.Next(6) == 0 ? null : TimeSpan.FromSeconds(isOpen ? 86_400 : bucket),
            IsWhole = random.Next(8) == 0,
            TimeZone = TimeZoneInfo.FindSystemTimeZoneById(Zones[random.Next(Zones.Length)]),
            State = random.Next(5) == 0 ? random.Next(3).ToString(CultureInfo.InvariantCulture) : null,
            // thirty years of empty buckets show nothing new
            Fill = isOpen ? Fill.None : (Fill)random.Next(4),
            Aggregates =
            [
                // whose value is first or last of a group is known to the hour unless it is asked for
                Aggregate.First,
                Aggregate.Last,
                .. Enum.GetValues<Aggregate>().Where(a => a >= Aggregate.Deviation && !isOpen && random.Next(14) == 0),
            ],
        };
    }
}
