using IoTCentral.Core.Common;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Data.Telemetry.Chunks;
using static IoTCentral.Data.Tests.Telemetry.MessageLogFixture;

namespace IoTCentral.Data.Tests.Telemetry;

public sealed class TelemetryStoreTests(MessageLogFixture fixture) : IClassFixture<MessageLogFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Points_of_a_series_come_back_by_time()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await fixture.Log.AppendAsync(
            [
                Message(device, """{"t":2,"other":9}""", Noon.AddMinutes(1)),
                Message(device, """{"t":1}""", Noon),
                Message(device, """{"t":7}""", Noon, component: "sensor"),
            ],
            Ct
        );

        var result = await fixture.Store.QueryAsync(device.Tenant, Query(new SeriesId(device.Device, "", "t")), Ct);

        Assert.Equal([1, 2], Assert.Single(result).Buckets.Select(b => b.Last));
    }

    [Fact]
    public async Task Buckets_of_several_devices_come_in_one_answer()
    {
        var one = await fixture.NewDeviceAsync(Ct);
        var two = await fixture.NewDeviceAsync(Ct, one.Tenant);
        await fixture.Log.AppendAsync(
            [
                .. Enumerable
                    .Range(0, 120)
                    .Select(i => Message(i % 2 == 0 ? one : two, $$"""{"t":{{i}}}""", Noon.AddMinutes(i))),
            ],
            Ct
        );

        var result = await fixture.Store.QueryAsync(
            one.Tenant,
            Query(new(one.Device, "", "t"), new(two.Device, "", "t")) with
            {
                Bucket = TimeSpan.FromHours(1),
            },
            Ct
        );

        Assert.All(result, r => Assert.Equal([30L, 30], r.Buckets.Select(b => b.Count)));
    }

    [Fact]
    public async Task A_repeat_is_in_the_raw_data_and_not_in_the_series()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await fixture.Log.AppendAsync(
            [
                Message(device, """{"t":1}""", identity: 5, checkRepeat: true),
                Message(device, """{"t":1}""", identity: 5, checkRepeat: true),
            ],
            Ct
        );

        var points = await fixture.Store.QueryAsync(device.Tenant, Query(new SeriesId(device.Device, "", "t")), Ct);
        var raw = await fixture.Store.RawAsync(device.Tenant, device.Device, Noon, Noon.AddDays(1), null, 10, Ct);

        Assert.Single(points[0].Buckets);
        Assert.Equal(2, raw.Items.Count);
    }

    [Fact]
    public async Task Time_in_a_state_is_a_share_of_the_time_that_is_known_sealed_or_not()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await fixture.Log.AppendAsync(
            [
                Message(device, """{"s":"on"}""", Noon),
                Message(device, """{"s":"off"}""", Noon.AddMinutes(15)),
                // kinds may change
                Message(device, """{"s":1}""", Noon.AddMinutes(75)),
                Message(device, """{"s":"on"}""", Noon.AddMinutes(90)),
            ],
            Ct
        );
        var query = new SeriesQuery
        {
            Series = [new(device.Device, "", "s")],
            From = Noon.AddHours(-1),
            To = Noon.AddHours(2),
            Bucket = TimeSpan.FromHours(1),
            Aggregates = [Aggregate.TimeInState],
            State = "on",
        };
        async Task<IEnumerable<double>> SharesAsync() =>
            (await fixture.Store.QueryAsync(device.Tenant, query, Ct))[0]
                .Buckets.Select(b => b.Of(Aggregate.TimeInState));
        Assert.Equal([25, 50], await SharesAsync());

        await new SealPass(
            fixture.Database.SystemDb,
            new SignalTable(fixture.Database.SystemDb),
            TimeProvider.System
        ).RunAsync(await fixture.Log.LastPositionAsync(Ct), Ct);

        Assert.Equal([25, 50], await SharesAsync());
    }

    [Fact]
    public async Task A_stream_has_each_series_once_however_many_there_are()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await fixture.Log.AppendAsync([Message(device, """{"a":1,"b":2}""", Noon)], Ct);
        SeriesId[] series =
        [
            new(device.Device, "", "a"),
            .. Enumerable.Range(0, 2_500).Select(i => new SeriesId(device.Device, "", $"none{i}")),
            new(device.Device, "", "b"),
        ];

        var found = new List<SeriesResult>();
        await foreach (var result in fixture.Store.StreamAsync(device.Tenant, Query(series), Ct))
            found.Add(result);

        Assert.Equal(series, found.Select(f => f.Series));
        Assert.Equal([1, 2], found.SelectMany(f => f.Buckets).Select(b => b.Average));
    }

    [Fact]
    public async Task States_are_stretches()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await fixture.Log.AppendAsync(
            [
                Message(device, """{"s":"on"}""", Noon),
                Message(device, """{"s":"on"}""", Noon.AddMinutes(1)),
                Message(device, """{"s":"off"}""", Noon.AddMinutes(2)),
            ],
            Ct
        );

        var (_, stretches) = Assert.Single(
            await fixture.Store.StatesAsync(device.Tenant, Query(new SeriesId(device.Device, "", "s")), Ct)
        );

        Assert.Equal(["on", "off"], stretches.Select(s => s.Value));
    }

    [Fact]
    public async Task Raw_pages_meet_without_gap_or_overlap_also_at_equal_times()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await fixture.Log.AppendAsync(
            [.. Enumerable.Range(0, 25).Select(i => Message(device, time: Noon.AddSeconds(i / 10)))],
            Ct
        );

        var seen = new List<long>();
        string? next = null;
        do
        {
            var page = await fixture.Store.RawAsync(device.Tenant, device.Device, Noon, Noon.AddDays(1), next, 10, Ct);
            seen.AddRange(page.Items.Select(m => m.Position));
            next = page.Next;
        } while (next is not null);

        Assert.Equal(25, seen.Distinct().Count());
        Assert.Equal(25, seen.Count);
    }

    [Fact]
    public async Task A_page_that_nobody_handed_out_is_refused() =>
        await Assert.ThrowsAsync<InvalidRequestException>(() =>
            fixture.Store.RawAsync(new(1), 1, Noon, Noon, "../../etc", 10, Ct)
        );

    [Fact]
    public async Task Another_tenant_sees_nothing()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        var other = await fixture.Database.NewTenantAsync(Ct);
        await fixture.Log.AppendAsync([Message(device, """{"t":1,"s":"x"}""")], Ct);
        var series = Query(new SeriesId(device.Device, "", "t"), new SeriesId(device.Device, "", "s"));

        Assert.All(await fixture.Store.QueryAsync(other, series, Ct), r => Assert.Empty(r.Buckets));
        Assert.All(await fixture.Store.StatesAsync(other, series, Ct), r => Assert.Empty(r.Stretches));
        Assert.Empty((await fixture.Store.NewestAsync(other, [device.Device], 10, Ct))[device.Device]);
        Assert.Empty((await fixture.Store.RawAsync(other, device.Device, Noon, Noon.AddDays(1), null, 10, Ct)).Items);
        Assert.Empty(await ReplayAsync(other, device.Device));
        Assert.NotEmpty(await ReplayAsync(device.Tenant, device.Device));
    }

    [Fact]
    public async Task A_replay_may_be_left_early()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await fixture.Log.AppendAsync([.. Enumerable.Range(0, 5_000).Select(_ => Message(device))], Ct);

        await foreach (
            var _ in fixture.Store.ReplayAsync(device.Tenant, [(device.Device, "x")], Noon, Noon.AddDays(1), Ct)
        )
            break;

        Assert.NotEmpty((await fixture.Store.NewestAsync(device.Tenant, [device.Device], 1, Ct))[device.Device]);
    }

    private async Task<List<DeviceMessage>> ReplayAsync(Core.Tenants.TenantId tenant, long device)
    {
        var messages = new List<DeviceMessage>();
        await foreach (var message in fixture.Store.ReplayAsync(tenant, [(device, "x")], Noon, Noon.AddDays(1), Ct))
            messages.Add(message);
        return messages;
    }

    private static SeriesQuery Query(params SeriesId[] series) =>
        new()
        {
            Series = series,
            From = Noon,
            To = Noon.AddDays(1),
        };
}
