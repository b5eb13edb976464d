using System.Globalization;
using Dapper;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Retention;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Telemetry.Chunks;
using IoTCentral.Data.Telemetry.Retention;
using static IoTCentral.Data.Tests.Telemetry.MessageLogFixture;

namespace IoTCentral.Data.Tests.Telemetry.Retention;

/// <summary>Of numbers that are past their time their hours stay, and answer as they did.</summary>
public sealed class RollupPassTests(MessageLogFixture fixture) : IClassFixture<MessageLogFixture>
{
    private const int Days = 30;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hours_answer_as_their_points_did()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await FillAsync(device, days: 40);
        var (hourly, daily) = (Query(device, TimeSpan.FromHours(1)), Query(device, TimeSpan.FromDays(1)));
        var (hours, days) = (await AskAsync(device, hourly), await AskAsync(device, daily));
        var whole = await AskAsync(device, hourly with { IsWhole = true });
        var raw = (await AskAsync(device, hourly with { Bucket = null })).Count;
        await SaveAsync(device, new(null, 10));

        await SweepAsync();

        Assert.Equal(hours, await AskAsync(device, hourly));
        Assert.Equal(days, await AskAsync(device, daily));
        var after = await AskAsync(device, hourly with { IsWhole = true });
        Assert.Equal(
            (whole[0].Count, whole[0].Minimum, whole[0].Maximum),
            (after[0].Count, after[0].Minimum, after[0].Maximum)
        );
        Assert.Equal(whole[0].Sum, after[0].Sum, 6);
        // points are of the last ten days, and of today
        Assert.InRange((await AskAsync(device, hourly with { Bucket = null })).Count, raw / 5, raw / 3);
        // of a part of the range, hours that begin in it
        var part = daily with
        {
            From = Noon.AddDays(-35),
            To = Noon.AddDays(-34),
        };
        Assert.Equal(24 * PerHour, (await AskAsync(device, part)).Sum(b => b.Count));
    }

    [Fact]
    public async Task What_needs_the_points_is_not_known_and_the_rest_is()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await FillAsync(device, days: 20);
        await SaveAsync(device, new(null, 10));
        var query = Query(device, TimeSpan.FromHours(6)) with { Aggregates = [Aggregate.Median] };
        var before = await AskAsync(device, query);

        await SweepAsync();

        var after = await AskAsync(device, query);
        Assert.Equal(
            before.Select(b => (b.Start, b.Count, b.Average)),
            after.Select(b => (b.Start, b.Count, b.Average))
        );
        Assert.Equal(double.NaN, after[0].Of(Aggregate.Median));
        Assert.Equal(before[^1].Of(Aggregate.Median), after[^1].Of(Aggregate.Median));
        Assert.DoesNotContain(
            await AskAsync(device, query with { State = "1", Aggregates = [] }),
            b => b.Start < Noon.AddDays(-11)
        );
    }

    [Fact]
    public async Task What_comes_late_is_added_to_its_hour_when_it_goes_too()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await FillAsync(device, days: 20);
        await SaveAsync(device, new(null, 10));
        await SweepAsync();
        var query = Query(device, TimeSpan.FromHours(1)) with
        {
            From = Noon.AddDays(-15),
            To = Noon.AddDays(-15).AddHours(1),
        };
        var before = Assert.Single(await AskAsync(device, query));

        await fixture.Log.AppendAsync([Message(device, """{"t":1000}""", Noon.AddDays(-15).AddMinutes(7))], Ct);
        var open = Assert.Single(await AskAsync(device, query));
        await SealAsync();
        var @sealed = Assert.Single(await AskAsync(device, query));
        await SweepAsync();
        var gone = Assert.Single(await AskAsync(device, query));

        foreach (var bucket in new[] { open, @sealed, gone })
            Assert.Equal((before.Count + 1, 1000, before.Sum + 1000), (bucket.Count, bucket.Maximum, bucket.Sum));
        Assert.Equal(0, await PointsAsync(device, before: Noon.AddDays(-11)));
    }

    [Fact]
    public async Task Hours_go_when_their_own_time_is_over_and_none_are_made_where_it_is_no_longer()
    {
        var (some, none, other) = (
            await fixture.NewDeviceAsync(Ct),
            await fixture.NewDeviceAsync(Ct),
            await fixture.NewDeviceAsync(Ct)
        );
        foreach (var device in new[] { some, none, other })
            await FillAsync(device, days: 120, perHour: 1);
        await SaveAsync(some, new(null, 10, 40));
        await SaveAsync(none, new(null, 10, 10));
        await SaveAsync(other, new(null, 10, 0));

        await SweepAsync();

        async Task<double> OldestAsync((TenantId Tenant, long Device) device) =>
            (
                Noon
                - (await AskAsync(device, Query(device, TimeSpan.FromHours(1)) with { From = Noon.AddDays(-130) }))[
                    0
                ].Start
            ).TotalDays;
        // 32 days go as a whole
        Assert.InRange(await OldestAsync(some), 40, 73);
        Assert.InRange(await OldestAsync(none), 10, 11);
        Assert.InRange(await OldestAsync(other), 120, 121);
    }

    [Fact]
    public async Task Texts_and_what_a_clock_dated_ahead_go_without_and_yes_and_no_stay_as_numbers()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        var old = Noon.AddDays(-20);
        await fixture.Log.AppendAsync(
            [
                Message(device, """{"t":"open","on":true}""", old),
                Message(device, """{"on":false}""", old.AddMinutes(1)),
                Message(device, """{"t":4}""", Noon.AddYears(30)),
            ],
            Ct
        );
        await SealAsync(written: old);
        await SaveAsync(device, new(null, 10));

        await SweepAsync();

        var query = Query(device, TimeSpan.FromHours(1)) with { To = Noon.AddYears(40) };
        Assert.Empty(await AskAsync(device, query));
        var on = Assert.Single(await AskAsync(device, query, "on"));
        Assert.Equal((2, 0.5, 1, 0), (on.Count, on.Average, on.First, on.Last));
        Assert.Equal(0, await PointsAsync(device, DateTimeOffset.MaxValue));
    }

    [Fact]
    public async Task Another_application_sees_none_and_a_held_device_keeps_its_points()
    {
        var (device, other) = (await fixture.NewDeviceAsync(Ct), await fixture.NewDeviceAsync(Ct));
        var held = await fixture.NewDeviceAsync(Ct, device.Tenant);
        await FillAsync(device, days: 20);
        await FillAsync(held, days: 20);
        await SaveAsync(device, new(null, 10));
        await using var owner = await fixture.Database.OpenAsOwnerAsync(Ct);
        await owner.ExecuteAsync(
            """
            insert into legal_hold (tenant_id, id, device_key, device_id, reason, placed_at, placed_by)
            values (@Value, gen_random_uuid(), @Device, 'held', 'Claim', now(), 't')
            """,
            new { device.Tenant.Value, held.Device }
        );
        var before = await PointsAsync(held, Noon.AddDays(-11));

        await SweepAsync();

        Assert.True(before > 0);
        Assert.Equal(before, await PointsAsync(held, Noon.AddDays(-11)));
        Assert.Equal(0, await PointsAsync(device, Noon.AddDays(-11)));
        var strange = await fixture.Store.QueryAsync(other.Tenant, Query(device, TimeSpan.FromHours(1)), Ct);
        Assert.Empty(strange[0].Buckets);
    }

    private const int PerHour = 4;

    private static SeriesQuery Query((TenantId, long Device) device, TimeSpan bucket) =>
        new()
        {
            Series = [new(device.Device, "", "t")],
            From = Noon.AddDays(-60),
            To = Noon.AddDays(1),
            Bucket = bucket,
        };

    private async Task<IReadOnlyList<SeriesBucket>> AskAsync(
        (TenantId Tenant, long Device) device,
        SeriesQuery query,
        string name = "t"
    ) =>
        (await fixture.Store.QueryAsync(device.Tenant, query with { Series = [new(device.Device, "", name)] }, Ct))[
            0
        ].Buckets;

    private Task SweepAsync() => fixture.Partitions(Days).TendAsync(Ct);

    private Task SaveAsync((TenantId Tenant, long) device, RetentionRule rule) =>
        new RetentionStore(fixture.Database.TenantDb, TimeProvider.System).SaveAsync(
            device.Tenant,
            "",
            rule,
            Caller.System(device.Tenant).Audit("retention.change", "application"),
            Ct
        );

    /// <summary>Numbers of these many days up to today, sealed long ago; some of the days merged.</summary>
    private async Task FillAsync((TenantId Tenant, long Device) device, int days, int perHour = PerHour)
    {
        var random = new Random(days);
        var batch = new List<DeviceMessage>();
        for (var i = 0; i < days * 24 * perHour; i++)
        {
            var time = Noon.AddHours(-12).AddDays(-days).AddMinutes(i * 60d / perHour);
            var body = string.Create(CultureInfo.InvariantCulture, $$"""{"t":{{random.Next(-400, 4_000) / 4d}}}""");
            batch.Add(Message(device, body, time, received: Noon));
        }
        await fixture.Log.AppendAsync(batch, Ct);
        await SealAsync(written: Noon.AddDays(-days));
        var system = fixture.Database.SystemDb;
        var merge = new MergePass(system, new SignalTable(system), TimeProvider.System);
        var written = DateOnly.FromDateTime(Noon.AddDays(-days).UtcDateTime);
        var found = await merge.FindAsync(written.AddDays(days / 2), ChunkLevel.Hour, Ct, [device.Tenant.Value]);
        for (var left = found; left.Count > 0; )
            left = await merge.MergeAsync(left, Ct);
        await WrittenAsync(Noon.AddDays(-days));
    }

    private async Task SealAsync(DateTimeOffset? written = null)
    {
        var system = fixture.Database.SystemDb;
        await new SealPass(system, new SignalTable(system), TimeProvider.System).RunAsync(
            await fixture.Log.LastPositionAsync(Ct),
            Ct
        );
        await WrittenAsync(written ?? Noon.AddDays(-Days));
    }

    // as if it had been written then
    private async Task WrittenAsync(DateTimeOffset day)
    {
        await using var owner = await fixture.Database.OpenAsOwnerAsync(Ct);
        await owner.ExecuteAsync("update chunk set written = @day", new { day = day.UtcDateTime.Date });
    }

    private async Task<long> PointsAsync((TenantId Tenant, long Device) device, DateTimeOffset before)
    {
        await using var owner = await fixture.Database.OpenAsOwnerAsync(Ct);
        return await owner.ExecuteScalarAsync<long>(
            "select coalesce(sum(n), 0) from chunk where device_key = @Device and start < @before",
            new { device.Device, before = before.UtcDateTime }
        );
    }
}
