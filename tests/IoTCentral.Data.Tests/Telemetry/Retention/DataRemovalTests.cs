using Dapper;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Live;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Retention;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Devices;
using IoTCentral.Data.Telemetry;
using IoTCentral.Data.Telemetry.Chunks;
using IoTCentral.Data.Telemetry.Retention;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static IoTCentral.Data.Tests.Telemetry.MessageLogFixture;

namespace IoTCentral.Data.Tests.Telemetry.Retention;

/// <summary>All that a device has sent goes, nothing of another one, and a proof stays.</summary>
public sealed class DataRemovalTests(MessageLogFixture fixture) : IClassFixture<MessageLogFixture>
{
    private readonly FakeTimeProvider _clock = new(Noon);
    private TenantId? _tenant;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DataRemovals Removals => new(new DataRemovalStore(fixture.Database.TenantDb), _clock);

    [Fact]
    public async Task All_of_a_device_goes_whether_it_is_sealed_or_not_and_nothing_of_another()
    {
        var (device, neighbour, stranger) = (await FilledAsync(), await FilledAsync(same: true), await FilledAsync());
        var removal = await RequestAsync(device);
        Assert.False(await RunAsync());

        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.True(await RunAsync());
        Assert.False(await RunAsync());

        Assert.Equal("0 points, 0 messages, 0 rejected, 0 last values", await LeftAsync(device));
        foreach (var other in new[] { neighbour, stranger })
            Assert.Equal("2 points, 2 messages, 1 rejected, 1 last values", await LeftAsync(other));
        var done = (await Removals.FindAsync(Caller.System(device.Tenant), removal.Id, Ct))!;
        Assert.Equal(new RemovedData(Noon.AddMinutes(2), Messages: 3, Points: 2, LastValues: 1), done.Removed);
        Assert.Equal(done, Assert.Single(await Removals.ListAsync(Caller.System(device.Tenant), Ct)));
        Assert.Empty(await Removals.ListAsync(Caller.System(stranger.Tenant), Ct));
        Assert.Null(await Removals.FindAsync(Caller.System(stranger.Tenant), removal.Id, Ct));
    }

    [Fact]
    public async Task Hourly_sums_of_what_was_deleted_long_ago_go_too()
    {
        var (device, neighbour) = (await FilledAsync(), await FilledAsync(same: true));
        await using var owner = await fixture.Database.OpenAsOwnerAsync(Ct);
        await owner.ExecuteAsync(
            "insert into rollup (tenant_id, device_key, signal_id, start, data) select @Value, k, 1, now(), '' from unnest(@keys) k",
            new { device.Tenant.Value, keys = new[] { device.Device, neighbour.Device } }
        );
        await RequestAsync(device);
        _clock.Advance(TimeSpan.FromMinutes(2));

        await RunAsync();

        Assert.Equal(
            neighbour.Device,
            Assert.Single(
                await owner.QueryAsync<long>(
                    "select device_key from rollup where tenant_id = @Value",
                    new { device.Tenant.Value }
                )
            )
        );
    }

    [Fact]
    public async Task What_it_sends_afterwards_stays_and_sealing_brings_nothing_back()
    {
        var device = await FilledAsync();
        await RequestAsync(device);
        _clock.Advance(TimeSpan.FromMinutes(2));
        await RunAsync();

        await fixture.Log.AppendAsync([Message(device, """{"t":9}""", Noon.AddMinutes(9))], Ct);
        await SealAsync();

        Assert.Equal("1 points, 1 messages, 0 rejected, 0 last values", await LeftAsync(device));
    }

    [Fact]
    public async Task A_deleted_device_s_data_is_found_by_its_id_and_so_is_that_of_its_successor()
    {
        var device = await FilledAsync();
        var id = await IdAsync(device);
        var devices = new DeviceStore(fixture.Database.TenantDb, _clock);
        await devices.DeleteAsync(device.Tenant, id, Caller.System(device.Tenant).Audit("device.delete", id), Ct);
        Assert.Equal("2 points, 2 messages, 1 rejected, 0 last values", await LeftAsync(device));
        var successor = await fixture.NewDeviceAsync(Ct, device.Tenant);
        await using (var owner = await fixture.Database.OpenAsOwnerAsync(Ct))
            await owner.ExecuteAsync(
                "update device set id = @id where device_key = @Device",
                new { id, successor.Device }
            );
        await fixture.Log.AppendAsync([Message(successor, """{"t":3}""", Noon)], Ct);

        await Removals.RequestAsync(Caller.System(device.Tenant), id, Ct);
        _clock.Advance(TimeSpan.FromMinutes(2));
        await RunAsync();

        foreach (var gone in new[] { device, successor })
            Assert.Equal("0 points, 0 messages, 0 rejected, 0 last values", await LeftAsync(gone));
    }

    [Fact]
    public async Task What_is_held_cannot_be_deleted_nor_what_is_held_before_it_was()
    {
        var device = await FilledAsync();
        var caller = Caller.System(device.Tenant);
        var retention = Retention();
        var first = await retention.PlaceAsync(caller, await IdAsync(device), "Claim", Ct);
        var refused = await Assert.ThrowsAsync<ConflictException>(() => RequestAsync(device));
        Assert.Equal("data-removal.held", refused.Code);
        await retention.LiftAsync(caller, first.Id, Ct);

        await RequestAsync(device);
        var second = await retention.PlaceAsync(caller, null, "Claim", Ct);
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.False(await RunAsync());
        Assert.Equal("2 points, 2 messages, 1 rejected, 1 last values", await LeftAsync(device));
        await retention.LiftAsync(caller, second.Id, Ct);
        Assert.True(await RunAsync());
        Assert.Equal("0 points, 0 messages, 0 rejected, 0 last values", await LeftAsync(device));
    }

    [Fact]
    public async Task Who_asks_may_run_the_application_and_names_a_device_that_is_or_was_there()
    {
        var device = await FilledAsync();
        var stranger = await fixture.NewDeviceAsync(Ct);
        var builder = Caller.System(device.Tenant) with { Permissions = Role.Builder.Permissions };
        var id = await IdAsync(device);

        await Assert.ThrowsAsync<ForbiddenException>(() => Removals.RequestAsync(builder, id, Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => Removals.ListAsync(builder, Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => Removals.FindAsync(builder, Guid.Empty, Ct));
        await Assert.ThrowsAsync<NotFoundException>(() =>
            Removals.RequestAsync(Caller.System(stranger.Tenant), id, Ct)
        );
    }

    [Fact]
    public async Task Both_the_wish_and_its_end_are_audited()
    {
        var device = await FilledAsync();
        await RequestAsync(device);
        _clock.Advance(TimeSpan.FromMinutes(2));
        await RunAsync();

        await using var owner = await fixture.Database.OpenAsOwnerAsync(Ct);
        Assert.Equal(
            ["data-removal.request ", "data-removal.done {\"points\": 1, \"messages\": 3, \"lastValues\": 1}"],
            await owner.QueryAsync<string>(
                "select action || ' ' || coalesce(after::text, '') from audit where tenant_id = @Value order by id",
                new { device.Tenant.Value }
            )
        );
    }

    /// <summary>A device with a message that is sealed, one that is not, one that was set aside, and a last value.</summary>
    private async Task<(TenantId Tenant, long Device)> FilledAsync(bool same = false)
    {
        var device = await fixture.NewDeviceAsync(Ct, same ? _tenant : null);
        _tenant = device.Tenant;
        await fixture.Log.AppendAsync([Message(device, """{"t":1}""", Noon)], Ct);
        await SealAsync();
        await fixture.Log.AppendAsync([Message(device, """{"t":2}""", Noon.AddSeconds(1))], Ct);
        await new LastValueStore(fixture.Database.TenantDb).SaveAsync(
            device.Tenant,
            [new SignalValue(device.Device, "", new LastValue(Point.Of("t", 2), Noon, Noon))],
            Ct
        );
        await using var owner = await fixture.Database.OpenAsOwnerAsync(Ct);
        await owner.ExecuteAsync(
            """
            insert into message_rejected (tenant_id, device_key, received, reason, component, body)
            values (@Value, @Device, now(), 'a reason', '', '')
            """,
            new { device.Tenant.Value, device.Device }
        );
        return device;
    }

    private async Task SealAsync()
    {
        var system = fixture.Database.SystemDb;
        var pass = new SealPass(system, new SignalTable(system), TimeProvider.System);
        await pass.RunAsync(await fixture.Log.LastPositionAsync(Ct), Ct);
    }

    private async Task<DataRemoval> RequestAsync((TenantId Tenant, long) device) =>
        await Removals.RequestAsync(Caller.System(device.Tenant), await IdAsync(device), Ct);

    private async Task<bool> RunAsync()
    {
        using var remover = new DataRemover(fixture.Database.SystemDb, null, _clock, NullLogger<DataRemover>.Instance);
        return await remover.RemoveAsync(Ct);
    }

    private DataRetention Retention() =>
        new(
            new RetentionStore(fixture.Database.TenantDb, _clock),
            new DeviceStore(fixture.Database.TenantDb, _clock),
            new Data.Templates.TemplateStore(fixture.Database.TenantDb),
            new() { DataFolder = "/" },
            _clock
        );

    /// <summary>As they are read, and as they lie.</summary>
    private async Task<string> LeftAsync((TenantId Tenant, long Device) device)
    {
        var query = new SeriesQuery
        {
            Series = [new(device.Device, "", "t")],
            From = Noon.AddDays(-1),
            To = Noon.AddDays(1),
        };
        var points = (await fixture.Store.QueryAsync(device.Tenant, query, Ct))[0].Buckets.Count;
        var page = await fixture.Store.RawAsync(device.Tenant, device.Device, query.From, query.To, null, 9, Ct);
        var rejected = await fixture.Store.RejectedAsync(device.Tenant, device.Device, 9, Ct);
        var last = await new LastValueStore(fixture.Database.TenantDb).FindAsync(device.Tenant, [device.Device], Ct);
        return $"{points} points, {page.Items.Count} messages, {rejected.Count} rejected, {last.Count} last values";
    }

    private async Task<string> IdAsync((TenantId, long Device) device)
    {
        await using var owner = await fixture.Database.OpenAsOwnerAsync(Ct);
        return (
            await owner.ExecuteScalarAsync<string>(
                "select id from device where device_key = @Device",
                new { device.Device }
            )
        )!;
    }
}
