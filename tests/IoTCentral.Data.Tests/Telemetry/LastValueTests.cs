using IoTCentral.Core.Live;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace IoTCentral.Data.Tests.Telemetry;

/// <summary>What a device said last, of every signal, also of those that come seldom.</summary>
public sealed class LastValueTests(MessageLogFixture fixture) : IClassFixture<MessageLogFixture>
{
    private static readonly DateTimeOffset Noon = MessageLogFixture.Noon;

    private readonly FakeTimeProvider _time = new(Noon);
    private readonly MemoryCheckpoints _checkpoints = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private LastValueStore Store => new(fixture.Database.TenantDb);

    [Fact]
    public async Task A_signal_that_came_once_is_known_after_a_restart_and_many_other_messages()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        var keeper = Keeper();
        keeper.Take(Committed(1, Message(device, """{"battery":87}""", Noon)));
        for (var i = 0; i < 60; i++)
            keeper.Take(Committed(2 + i, Message(device, """{"temperature":4}""", Noon.AddSeconds(60 + i))));
        _time.Advance(TimeSpan.FromMinutes(2));
        await keeper.WriteSettledAsync(Ct);

        var known = await FindAsync(Keeper(), device);

        Assert.Equal(87, Assert.Single(known, v => v.Value.Point.Name == "battery").Value.Point.Number);
    }

    [Fact]
    public async Task What_is_replaced_all_the_time_is_not_written_and_the_checkpoint_waits_for_it()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        var keeper = Keeper();
        keeper.Take(Committed(8, Message(device, """{"battery":87}""", Noon)));
        keeper.Take(Committed(9, Message(device, """{"temperature":4}""", Noon.AddMinutes(2))));
        _time.Advance(TimeSpan.FromMinutes(2));

        await keeper.WriteSettledAsync(Ct);

        Assert.Equal(
            "battery",
            Assert.Single(await Store.FindAsync(device.Tenant, [device.Device], Ct)).Value.Point.Name
        );
        Assert.Equal(8, _checkpoints.Position);
        Assert.Equal(
            ["battery", "temperature"],
            (await FindAsync(keeper, device)).Select(v => v.Value.Point.Name).Order()
        );
    }

    [Fact]
    public async Task An_older_value_never_replaces_a_newer_one()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        var newer = Value(device.Device, Point.Of("door", "open"), Noon);
        await Store.SaveAsync(device.Tenant, [newer], Ct);

        await Store.SaveAsync(device.Tenant, [Value(device.Device, Point.Of("door", "shut"), Noon.AddHours(-1))], Ct);

        Assert.Equal(newer, Assert.Single(await Store.FindAsync(device.Tenant, [device.Device], Ct)));
    }

    [Fact]
    public async Task Every_kind_of_value_comes_back_as_it_was()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        SignalValue[] values =
        [
            Value(device.Device, Point.Of("a", 1.5), Noon),
            Value(device.Device, Point.Of("b", true), Noon),
            Value(device.Device, new Point("c", PointKind.Location, 51.5, null, -0.1, 12), Noon),
            Value(device.Device, Point.Of("d", "wörds"), Noon),
        ];

        await Store.SaveAsync(device.Tenant, [.. values, Value(device.Device, Point.Of("e", "nul\0"), Noon)], Ct);

        Assert.Equal(
            values,
            (await Store.FindAsync(device.Tenant, [device.Device], Ct)).OrderBy(v => v.Value.Point.Name)
        );
    }

    [Fact]
    public async Task A_deleted_device_holds_up_nobody_and_another_tenant_sees_nothing()
    {
        var (device, other) = (await fixture.NewDeviceAsync(Ct), await fixture.NewDeviceAsync(Ct));

        await Store.SaveAsync(
            device.Tenant,
            [Value(long.MaxValue, Point.Of("a", 1), Noon), Value(device.Device, Point.Of("a", 2), Noon)],
            Ct
        );

        Assert.Equal(2, Assert.Single(await Store.FindAsync(device.Tenant, [device.Device], Ct)).Value.Point.Number);
        Assert.Empty(await Store.FindAsync(other.Tenant, [device.Device], Ct));
    }

    [Fact]
    public async Task Last_values_that_nobody_asks_for_any_more_leave_memory()
    {
        var (device, other) = (await fixture.NewDeviceAsync(Ct), await fixture.NewDeviceAsync(Ct));
        using var feed = Feed(new CommittedLog(fixture.Log), fixture.Store, Keeper());
        await feed.LastValuesAsync(device.Tenant, device.Device, Ct);

        _time.Advance(TimeSpan.FromMinutes(31));
        await feed.LastValuesAsync(other.Tenant, other.Device, Ct);

        Assert.Equal(1, feed.LastValuesCount);
    }

    [Fact]
    public async Task Many_series_of_many_devices_are_answered_at_once()
    {
        var (first, second) = (await fixture.NewDeviceAsync(Ct), await fixture.NewDeviceAsync(Ct));
        var other = await fixture.NewDeviceAsync(Ct, first.Tenant);
        await Store.SaveAsync(first.Tenant, [Value(first.Device, Point.Of("door", "open"), Noon)], Ct);
        await fixture.Log.AppendAsync(
            [
                Message(first, """{"temperature":4}""", Noon),
                Message(other, """{"temperature":5,"door":"shut"}""", Noon),
                Message(second, """{"temperature":6}""", Noon),
            ],
            Ct
        );
        using var feed = Feed(new CommittedLog(fixture.Log), fixture.Store, Keeper());
        SeriesId Of(long device, string name) => new(device, "", name);

        var found = await feed.LastValuesAsync(
            first.Tenant,
            [
                Of(first.Device, "door"),
                Of(first.Device, "temperature"),
                Of(other.Device, "temperature"),
                Of(other.Device, "humidity"),
                Of(second.Device, "temperature"),
            ],
            Ct
        );

        Assert.Equal(3, found.Count);
        Assert.Equal("open", found[Of(first.Device, "door")].Point.Text);
        Assert.Equal(4, found[Of(first.Device, "temperature")].Point.Number);
        Assert.Equal(5, found[Of(other.Device, "temperature")].Point.Number);
    }

    [Fact]
    public async Task Once_the_keeper_has_read_all_nobody_looks_through_the_log()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        var message = Message(device, """{"temperature":4}""", Noon);
        await fixture.Log.AppendAsync([message], Ct);
        var log = new CommittedLog(fixture.Log);
        using var keeper = Keeper(log);
        // no store that could be asked for messages
        using var feed = Feed(log, null!, keeper);
        await keeper.StartAsync(Ct);
        await feed.StartAsync(Ct);
        while (keeper.Position is null || keeper.Position < message.Position || !feed.HasBegun)
            await Task.Delay(10, Ct);

        var series = new SeriesId(device.Device, "", "temperature");
        Assert.Equal(4, (await feed.LastValuesAsync(device.Tenant, [series], Ct))[series].Point.Number);

        var next = Message(device, """{"temperature":5}""", Noon.AddSeconds(1));
        await fixture.Log.AppendAsync([next], Ct);
        log.Publish([next]);
        while ((await feed.LastValuesAsync(device.Tenant, [series], Ct))[series].Point.Number != 5)
            await Task.Delay(10, Ct);
    }

    private LiveFeed Feed(CommittedLog log, ITelemetryStore store, LastValueKeeper keeper) =>
        new(log, store, keeper, _time, NullLogger<LiveFeed>.Instance);

    private LastValueKeeper Keeper() => Keeper(new CommittedLog(fixture.Log));

    private LastValueKeeper Keeper(CommittedLog log) =>
        new(log, _checkpoints, Store, _time, NullLogger<LastValueKeeper>.Instance);

    private static async Task<IEnumerable<SignalValue>> FindAsync(
        LastValueKeeper keeper,
        (TenantId Tenant, long Device) device
    ) => (await keeper.FindAsync(device.Tenant, [device.Device], Ct))[device.Device];

    private static SignalValue Value(long device, Point point, DateTimeOffset at) =>
        new(device, "", new(point, at, at));

    private static DeviceMessage Message((TenantId Tenant, long Key) device, string body, DateTimeOffset at) =>
        MessageLogFixture.Message(device, body, at);

    private static CommittedMessage[] Committed(long position, DeviceMessage message)
    {
        message.Position = position;
        return CommittedLog.Read([message]);
    }

    private sealed class MemoryCheckpoints : ICheckpointStore
    {
        public long Position { get; private set; }

        public Task<long> FindAsync(string consumer, CancellationToken ct) => Task.FromResult(Position);

        public Task PutAsync(string consumer, long position, CancellationToken ct)
        {
            Position = position;
            return Task.CompletedTask;
        }
    }
}
