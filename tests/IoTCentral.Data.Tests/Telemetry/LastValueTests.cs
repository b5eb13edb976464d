using IoTCentral.Core.Live;
using IoTCentral.Core.Telemetry;
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
        var log = new CommittedLog(fixture.Log);
        using var feed = new LiveFeed(log, fixture.Store, Keeper(), _time, NullLogger<LiveFeed>.Instance);
        await feed.LastValuesAsync(device.Tenant, device.Device, Ct);

        _time.Advance(TimeSpan.FromMinutes(31));
        await feed.LastValuesAsync(other.Tenant, other.Device, Ct);

        Assert.Equal(1, feed.LastValuesCount);
    }

    private LastValueKeeper Keeper() =>
        new(new CommittedLog(fixture.Log), _checkpoints, Store, _time, NullLogger<LastValueKeeper>.Instance);

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
