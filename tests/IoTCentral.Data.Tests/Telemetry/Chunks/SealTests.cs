using System.Text;
using Dapper;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Rules;
using IoTCentral.Data.Telemetry.Chunks;
using IoTCentral.Data.Telemetry.Packs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static IoTCentral.Data.Tests.Telemetry.MessageLogFixture;

namespace IoTCentral.Data.Tests.Telemetry.Chunks;

/// <summary>Answers are the same wherever the seam between log and chunks is.</summary>
public sealed class SealTests(MessageLogFixture fixture) : IClassFixture<MessageLogFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private SealPass Pass =>
        new(fixture.Database.SystemDb, new SignalTable(fixture.Database.SystemDb), TimeProvider.System);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Each_question_has_the_same_answer_wherever_the_seam_is(int seed)
    {
        var random = new Random(seed);
        var one = await fixture.NewDeviceAsync(Ct);
        var other = await fixture.NewDeviceAsync(Ct, one.Tenant);
        for (var i = 0; i < 8; i++)
            await fixture.Log.AppendAsync(
                [.. Enumerable.Range(0, 50).Select(_ => Any(random, random.Next(2) == 0 ? one : other))],
                Ct
            );
        var newest = await fixture.Log.LastPositionAsync(Ct);
        SeriesId[] series =
        [
            .. from d in new[] { one.Device, other.Device }
            from n in new[] { "t", "b", "s" }
            select new SeriesId(d, "", n),
        ];
        var expected = await AnswersAsync(one.Tenant, series);

        for (var at = newest - 400 + random.Next(60); ; at = Math.Min(at + random.Next(60, 200), newest))
        {
            await Pass.RunAsync(at, Ct);
            Assert.Equal(expected, await AnswersAsync(one.Tenant, series));
            if (at == newest)
                break;
            // what is sealed after this comes late, to stretches that are merged
            if (random.Next(2) == 0)
                await MergeAsync();
        }
        await MergeAsync();
        Assert.Equal(expected, await AnswersAsync(one.Tenant, series));
        Assert.DoesNotContain(" 0 days, 0 months", await RowsAsync(one.Tenant), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pass_that_is_run_again_adds_nothing()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await fixture.Log.AppendAsync(
            [.. Enumerable.Range(0, 20).Select(i => Message(device, $$"""{"t":{{i}}}""", Noon.AddSeconds(i)))],
            Ct
        );
        var newest = await fixture.Log.LastPositionAsync(Ct);

        var first = await Pass.RunAsync(newest, Ct);
        var second = await Pass.RunAsync(newest, Ct);

        Assert.True(first.Messages >= 20);
        Assert.Equal(0, second.Messages);
        Assert.Equal(1, await CountAsync(device.Tenant));
    }

    [Fact]
    public async Task The_same_point_sent_again_later_is_one_point()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        var message = () => Message(device, """{"t":21.5}""", Noon.AddMinutes(3));
        await fixture.Log.AppendAsync([message()], Ct);
        await Pass.RunAsync(await fixture.Log.LastPositionAsync(Ct), Ct);
        await fixture.Log.AppendAsync([message()], Ct);

        var hot = await AnswersAsync(device.Tenant, [new(device.Device, "", "t")]);
        await Pass.RunAsync(await fixture.Log.LastPositionAsync(Ct), Ct);

        Assert.Equal(hot, await AnswersAsync(device.Tenant, [new(device.Device, "", "t")]));
        Assert.Contains(" n=1 ", hot, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chunk_is_seen_by_its_own_application_only()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        var stranger = await fixture.NewDeviceAsync(Ct);
        await fixture.Log.AppendAsync(
            [Message(device, """{"t":1}""", Noon), Message(stranger, """{"t":2}""", Noon)],
            Ct
        );
        await Pass.RunAsync(await fixture.Log.LastPositionAsync(Ct), Ct);

        var answer = await fixture.Store.QueryAsync(stranger.Tenant, Query(new SeriesId(device.Device, "", "t")), Ct);
        var rows = await fixture.Database.TenantDb.QueryAsync<long>(
            stranger.Tenant,
            "select device_key from chunk",
            null,
            Ct
        );

        Assert.Empty(answer[0].Buckets);
        Assert.Equal([stranger.Device], rows);
    }

    [Fact]
    public async Task What_no_column_can_hold_stops_nothing()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await fixture.Log.AppendAsync(
            [
                Message(device, """{"t\u0000":1,"t":2}""", Noon),
                Message(device, """{"\ud800":3,"t":4}""", Noon.AddSeconds(1)),
                Message(device, """{"t":"\u0000 and \udc00"}""", Noon.AddSeconds(2)),
            ],
            Ct
        );
        var hot = await AnswersAsync(device.Tenant, [new(device.Device, "", "t")]);

        await Pass.RunAsync(await fixture.Log.LastPositionAsync(Ct), Ct);

        Assert.Equal(hot, await AnswersAsync(device.Tenant, [new(device.Device, "", "t")]));
        Assert.Contains(" 2 ", hot, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_day_is_merged_once_it_is_well_over_and_a_month_where_data_stays_for_long()
    {
        await Pass.RunAsync(await fixture.Log.LastPositionAsync(Ct), Ct);
        var device = await fixture.NewDeviceAsync(Ct);
        // a month of 32 days ends here
        var end = DateTimeOffset.UnixEpoch.AddDays(32 * 650);
        var clock = new FakeTimeProvider(end.AddDays(-2));
        var system = fixture.Database.SystemDb;
        await SetMergedAsync(end.AddDays(-3));
        var merger = Merger(clock, days: 365);
        var pass = new SealPass(system, new SignalTable(system), clock);
        var told = new List<string>();
        for (var hour = 0; hour < 48; hour++)
        {
            var time = end.AddDays(-2).AddHours(hour);
            clock.SetUtcNow(time.AddMinutes(59));
            await fixture.Log.AppendAsync([Message(device, $$"""{"t":{{hour}}}""", time.AddMinutes(1))], Ct);
            await pass.RunAsync(await fixture.Log.LastPositionAsync(Ct), Ct);
            while (await merger.MergeAsync(Ct)) { }
            if (hour % 8 == 3)
                told.Add($"{hour}: {await RowsAsync(device.Tenant)}");
        }
        foreach (var later in new[] { 3, 27 })
        {
            clock.SetUtcNow(end.AddHours(later));
            while (await merger.MergeAsync(Ct)) { }
            told.Add($"+{later}: {await RowsAsync(device.Tenant)}");
        }

        Assert.Equal(
            [
                "3: 4 hours, 0 days, 0 months, 4 packs",
                "11: 12 hours, 0 days, 0 months, 12 packs",
                "19: 20 hours, 0 days, 0 months, 20 packs",
                "27: 4 hours, 1 days, 0 months, 5 packs",
                "35: 12 hours, 1 days, 0 months, 13 packs",
                "43: 20 hours, 1 days, 0 months, 21 packs",
                "+3: 0 hours, 0 days, 1 months, 1 packs",
                "+27: 0 hours, 0 days, 1 months, 1 packs",
            ],
            told
        );
        var page = await fixture.Store.RawAsync(device.Tenant, device.Device, end.AddDays(-9), end, null, 99, Ct);
        Assert.Equal(48, page.Items.Count);
    }

    private Merger Merger(TimeProvider clock, int days = 30)
    {
        var system = fixture.Database.SystemDb;
        var options = new InstallationOptions
        {
            DataFolder = "/",
            Storage = new() { MessageLogDays = days },
        };
        return new(
            system,
            new MergePass(system, new SignalTable(system), clock),
            new PackMerge(system, clock),
            options,
            clock
        );
    }

    /// <summary>All that can be merged, as if its day were over.</summary>
    private async Task MergeAsync()
    {
        var system = fixture.Database.SystemDb;
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        var chunks = new MergePass(system, new SignalTable(system), TimeProvider.System);
        foreach (var level in new[] { ChunkLevel.Hour, ChunkLevel.Day })
        {
            for (var left = await chunks.FindAsync(today, level, Ct); left.Count > 0; )
                left = await chunks.MergeAsync(left, Ct);
        }
        var packs = new PackMerge(system, TimeProvider.System);
        for (var left = await packs.FindAsync(today, Ct); left.Count > 0; )
            left = await packs.MergeAsync(left, Ct);
    }

    private async Task SetMergedAsync(DateTimeOffset day)
    {
        await using var connection = await fixture.Database.OpenAsOwnerAsync(Ct);
        await connection.ExecuteAsync("update seal set merged = @day::date", new { day = day.UtcDateTime });
    }

    private async Task<string> RowsAsync(TenantId tenant)
    {
        await using var connection = await fixture.Database.OpenAsOwnerAsync(Ct);
        return (
            await connection.ExecuteScalarAsync<string>(
                """
                select format('%s hours, %s days, %s months, %s packs',
                  count(*) filter (where level = 0), count(*) filter (where level = 1), count(*) filter (where level = 2),
                  (select count(*) from message_pack where tenant_id = @Value))
                from chunk where tenant_id = @Value
                """,
                new { tenant.Value }
            )
        )!;
    }

    private static DeviceMessage Any(Random random, (TenantId, long) device)
    {
        // on a grid, so that times and values meet; years too early and too late among them
        var time = random.Next(40) switch
        {
            0 => Noon.AddYears(-30),
            1 => Noon.AddYears(50),
            2 => Noon.AddDays(-random.Next(7)),
            _ => Noon.AddSeconds(random.Next(720) * 30),
        };
        var value = random.Next(6) switch
        {
            0 => $$"""{"t":{{random.Next(9)}},"b":{{(random.Next(2) == 0 ? "true" : "false")}}}""",
            1 => $$"""{"s":"state {{random.Next(3)}}","t":"a text"}""",
            2 => """{"s":{"lat":48.1,"lon":11.5}}""",
            3 => "not JSON",
            _ => $$"""{"t":{{random.Next(100)}}.25}""",
        };
        return Message(
            device,
            value,
            time,
            component: random.Next(9) == 0 ? "pump" : "",
            received: Noon,
            identity: random.Next(5_000),
            checkRepeat: true,
            properties: random.Next(3) switch
            {
                0 => "{}",
                1 => """{"$.sub":"pump"}""",
                _ => null,
            }
        );
    }

    /// <summary>Raw points, buckets that chunks fit in, that cut them, and of a day of another zone; states.</summary>
    private async Task<string> AnswersAsync(TenantId tenant, SeriesId[] series)
    {
        var answers = new List<string>();
        var whole = new SeriesQuery
        {
            Series = series,
            From = Noon.AddYears(-40),
            To = Noon.AddYears(60),
        };
        var part = whole with { From = Noon.AddMinutes(17), To = Noon.AddHours(5).AddMinutes(3) };
        var kolkata = TimeZoneInfo.FindSystemTimeZoneById("Asia/Kolkata");
        foreach (var query in new[] { whole, part })
        {
            foreach (
                var bucket in new TimeSpan?[]
                {
                    null,
                    TimeSpan.FromMinutes(7),
                    TimeSpan.FromHours(1),
                    TimeSpan.FromHours(2),
                    TimeSpan.FromDays(1),
                }
            )
            {
                foreach (
                    var result in await fixture.Store.QueryAsync(
                        tenant,
                        query with
                        {
                            Bucket = bucket,
                            TimeZone = kolkata,
                        },
                        Ct
                    )
                )
                    answers.AddRange(
                        result.Buckets.Select(b =>
                            $"{result.Series.Name} {bucket} {b.Start:O} n={b.Count} {b.Minimum} {b.Maximum} {b.Sum} {b.First} {b.Last}"
                        )
                    );
            }
            foreach (var (of, stretches) in await fixture.Store.StatesAsync(tenant, query, Ct))
                answers.AddRange(stretches.Select(s => $"{of.Name} {s.From:O} {s.To:O} {s.Value}"));
        }
        answers.AddRange(await PointsAsync(tenant, series, whole));
        long[] devices = [.. series.Select(s => s.DeviceKey).Distinct()];
        answers.AddRange(
            (await fixture.Store.SeriesAsync(tenant, devices, Ct))
                .Select(s => $"series {s}")
                .Order(StringComparer.Ordinal)
        );
        foreach (var device in devices)
            answers.AddRange(await MessagesAsync(tenant, device));
        return string.Join('\n', answers);
    }

    private async Task<IEnumerable<string>> PointsAsync(TenantId tenant, SeriesId[] series, SeriesQuery range)
    {
        var told = new List<(SeriesId Of, PointKind Kind, long Time, string Value)>();
        await foreach (var (of, points) in fixture.Store.PointsAsync(tenant, series, range.From, range.To, Ct))
        {
            for (var i = 0; i < points.Count; i++)
                told.Add((of, points.Kind, points.Times[i], ValueOf(points, i)));
        }
        // of a series, each kind comes in the order of time; which kind is first depends on the stretches
        return told.GroupBy(t => (t.Of, t.Kind))
            .OrderBy(g => (g.Key.Of.DeviceKey, g.Key.Of.Name, g.Key.Kind))
            .SelectMany(g => g)
            .Select(t => $"point {t.Of} {t.Kind} {t.Time} {t.Value}");
    }

    private static string ValueOf(ChunkPoints points, int i) =>
        points.Kind == PointKind.Text ? points.Texts[i]
        : points.Kind == PointKind.Location ? $"{points.Numbers[i]} {points.Longitudes[i]} {points.Altitudes[i]}"
        : $"{points.Numbers[i]}";

    /// <summary>Page by page, as rules are primed and as they are tried on the past.</summary>
    private async Task<IReadOnlyList<string>> MessagesAsync(TenantId tenant, long device)
    {
        var (from, to) = (Noon.AddMinutes(-20), Noon.AddYears(60));
        var told = new List<string>();
        string? after = null;
        do
        {
            var page = await fixture.Store.RawAsync(tenant, device, from, to, after, 97, Ct);
            told.AddRange(page.Items.Select(Text));
            after = page.Next;
        } while (after is not null);
        var rules = new RuleHistory(fixture.Database.TenantDb);
        var newest = await rules.NewestAsync(tenant, [(device, "pump")], long.MaxValue, Noon, 20, Ct);
        told.AddRange(newest[device].Select(m => $"newest {m.Position}"));
        var since = await rules.SinceAsync(tenant, (device, "pump"), Noon.AddHours(1), long.MaxValue, Ct);
        told.AddRange(since.Select(m => $"since {m.Position}"));
        await foreach (var message in fixture.Store.RawInOrderAsync(tenant, device, from, to, Ct))
            told.Add($"in order {Text(message)}");
        await foreach (var message in fixture.Store.ReplayAsync(tenant, [(device, "pump")], from, to, Ct))
            told.Add($"replay {message.Position} {message.DeviceId}");
        return told;

        static string Text(RawMessage m) =>
            $"raw {m.Position} {m.MessageTime:O} {m.Received:O} {m.Flags} {m.Component} {Convert.ToHexString(m.Body)} {Text8(m.Properties)}";

        static string Text8(byte[]? bytes) => bytes is null ? "none" : Encoding.UTF8.GetString(bytes);
    }

    private static SeriesQuery Query(params SeriesId[] series) =>
        new()
        {
            Series = series,
            From = Noon.AddHours(-1),
            To = Noon.AddDays(1),
        };

    private async Task<long> CountAsync(TenantId tenant)
    {
        await using var connection = await fixture.Database.OpenAsOwnerAsync(Ct);
        return await connection.ExecuteScalarAsync<long>(
            "select count(*) from chunk where tenant_id = @Value",
            new { tenant.Value }
        );
    }
}
