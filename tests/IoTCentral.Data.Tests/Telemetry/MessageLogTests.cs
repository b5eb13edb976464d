using Dapper;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using IoTCentral.Data.Telemetry;
using IoTCentral.Testing;
using static IoTCentral.Data.Tests.Telemetry.MessageLogFixture;

namespace IoTCentral.Data.Tests.Telemetry;

public sealed class MessageLogTests(MessageLogFixture fixture) : IClassFixture<MessageLogFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Positions_go_on_in_commit_order_also_after_a_restart()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        DeviceMessage[] first = [Message(device), Message(device)];
        await fixture.Log.AppendAsync(first, Ct);
        await fixture.Log.DisposeAsync();

        await using var restarted = fixture.NewLog();
        DeviceMessage[] second = [Message(device)];
        await restarted.AppendAsync(second, Ct);

        Assert.Equal(first[0].Position + 1, first[1].Position);
        Assert.Equal(first[1].Position + 1, second[0].Position);
        Assert.Equal(second[0].Position, await restarted.LastPositionAsync(Ct));
    }

    [Fact]
    public async Task What_was_stored_is_read_back_unchanged()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        var sent = Message(device, body: "no\0json\u00ff", component: "thermostat1", identity: -5);
        sent.Flags = MessageFlags.NotJson;
        await fixture.Log.AppendAsync([sent], Ct);

        var read = Assert.Single(await fixture.Log.ReadAfterAsync(sent.Position - 1, 10, Ct));

        Assert.Equal(sent.Body.ToArray(), read.Body.ToArray());
        Assert.Equal((sent.Tenant, sent.DeviceKey, "thermostat1"), (read.Tenant, read.DeviceKey, read.Component));
        Assert.Equal((sent.Received, sent.MessageTime), (read.Received, read.MessageTime));
        Assert.Equal((-5L, MessageFlags.NotJson), (read.Identity, read.Flags));
        Assert.StartsWith("pump-", read.DeviceId);
    }

    [Fact]
    public async Task One_message_that_the_database_refuses_holds_up_nobody()
    {
        var (one, two) = (await fixture.NewDeviceAsync(Ct), await fixture.NewDeviceAsync(Ct));
        var batch = Enumerable.Range(0, 1_000).Select(i => Message(i % 2 == 0 ? one : two)).ToList();
        batch.Insert(617, Message(one, component: "text\0that PostgreSQL refuses"));
        var before = await fixture.Log.LastPositionAsync(Ct);

        await fixture.Log.AppendAsync(batch, Ct);

        Assert.Equal(before + 1_000, await fixture.Log.LastPositionAsync(Ct));
        Assert.Equal(
            Enumerable.Range(1, 1_000).Select(i => before + i),
            batch.Where(m => m.Position > 0).Select(m => m.Position)
        );
        Assert.Equal(0, batch[617].Position);
        var store = new TelemetryStore(fixture.Database.TenantDb);
        var aside = Assert.Single(await store.RejectedAsync(one.Tenant, one.Device, 10, Ct));
        Assert.Contains("0x00", aside.Reason);
        Assert.Equal(batch[617].Body.ToArray(), aside.Body);
        Assert.Empty(await store.RejectedAsync(two.Tenant, one.Device, 10, Ct));
    }

    [Fact]
    public async Task A_batch_whose_answer_was_lost_after_the_commit_is_stored_once()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await fixture.Log.DisposeAsync();
        await using var proxy = new PostgresProxy(fixture.Database.ConnectionString);
        await using var source = DataSources.System(proxy.ConnectionString, fixture.Database.Passwords);
        await using var log = fixture.NewLog(new SystemDb(source));
        await log.AppendAsync([Message(device)], Ct);

        proxy.CutNextAnswer();
        DeviceMessage[] inDoubt = [Message(device), Message(device)];
        await log.AppendAsync(inDoubt, Ct);
        await log.AppendAsync([Message(device)], Ct);

        Assert.True(proxy.HasCut);
        Assert.Equal(4, await CountAsync(device.Tenant));
        Assert.Equal(inDoubt[1].Position + 1, await log.LastPositionAsync(Ct));
    }

    [Fact]
    public async Task A_second_writer_on_the_same_log_waits_instead_of_writing()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await fixture.Log.AppendAsync([Message(device)], Ct);
        await using var second = fixture.NewLog();
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            second.AppendAsync([Message(device)], giveUp.Token)
        );

        Assert.Equal(1, await CountAsync(device.Tenant));
    }

    [Fact]
    public async Task A_connection_that_breaks_between_batches_is_made_anew()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await fixture.Log.AppendAsync([Message(device)], Ct);
        await using var owner = await fixture.Database.OpenAsOwnerAsync(Ct);
        await owner.ExecuteAsync(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'iot_system' and datname = current_database()"
        );

        await fixture.Log.AppendAsync([Message(device), Message(device)], Ct);

        Assert.Equal(3, await CountAsync(device.Tenant));
    }

    [Fact]
    public async Task The_same_message_after_a_reconnect_is_marked_as_a_repeat()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await fixture.Log.AppendAsync([Message(device, identity: 1), Message(device, identity: 2)], Ct);
        await using var restarted = fixture.NewLog();
        DeviceMessage[] again =
        [
            Message(device, identity: 2, checkRepeat: true),
            Message(device, identity: 3, checkRepeat: true),
            Message(device, identity: 3, checkRepeat: true),
            Message(device, checkRepeat: true),
        ];
        await fixture.Log.DisposeAsync();

        await restarted.AppendAsync(again, Ct);

        Assert.Equal(
            [MessageFlags.Repeat, MessageFlags.None, MessageFlags.Repeat, MessageFlags.None],
            again.Select(m => m.Flags)
        );
    }

    [Fact]
    public async Task The_same_id_of_another_device_is_no_repeat()
    {
        var (one, two) = (await fixture.NewDeviceAsync(Ct), await fixture.NewDeviceAsync(Ct));
        await fixture.Log.AppendAsync([Message(one, identity: 42, checkRepeat: true)], Ct);
        var other = Message(two, identity: 42, checkRepeat: true);

        await fixture.Log.AppendAsync([other], Ct);

        Assert.Equal(MessageFlags.None, other.Flags);
    }

    [Theory]
    [InlineData(1970)]
    [InlineData(2100)]
    public async Task A_clock_that_is_years_wrong_finds_a_room(int year)
    {
        var device = await fixture.NewDeviceAsync(Ct);
        var time = new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero);

        await fixture.Log.AppendAsync([Message(device, time: time, received: Noon)], Ct);

        var raw = await fixture.Store.RawAsync(device.Tenant, device.Device, time, time.AddDays(1), null, 10, Ct);
        Assert.Equal(time, Assert.Single(raw.Items).MessageTime);
    }

    [Fact]
    public async Task A_reader_that_is_far_behind_reads_all_in_order()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        var start = await fixture.Log.LastPositionAsync(Ct);
        for (var i = 0; i < 5; i++)
            await fixture.Log.AppendAsync([.. Enumerable.Range(0, 300).Select(_ => Message(device))], Ct);

        var seen = new List<long>();
        for (
            var position = start;
            await fixture.Log.ReadAfterAsync(position, 100, Ct) is { Count: > 0 } page;
            position = seen[^1]
        )
            seen.AddRange(page.Select(m => m.Position));

        Assert.Equal(Enumerable.Range(1, 1_500).Select(i => start + i), seen);
    }

    private async Task<long> CountAsync(TenantId tenant) =>
        (await fixture.Database.TenantDb.QueryAsync<long>(tenant, "select count(*) from message_log", null, Ct))[0];
}
