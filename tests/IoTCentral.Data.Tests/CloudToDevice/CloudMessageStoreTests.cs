using IoTCentral.Core.Audit;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Commands;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.CloudToDevice;
using IoTCentral.Data.Commands;
using IoTCentral.Data.Tests.Telemetry;

namespace IoTCentral.Data.Tests.CloudToDevice;

/// <summary>What time does to the queues of messages to devices.</summary>
public sealed class CloudMessageStoreTests(MessageLogFixture fixture) : IClassFixture<MessageLogFixture>
{
    private static readonly DateTimeOffset Noon = MessageLogFixture.Noon;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private CloudMessageStore Store => new(fixture.Database.TenantDb, fixture.Database.SystemDb);

    [Fact]
    public async Task What_is_too_old_is_not_given_and_ends_as_expired()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await AddAsync(device, "old", TimeSpan.FromMinutes(1));
        await AddAsync(device, "new", TimeSpan.FromHours(1));

        var taken = await TakeAsync(device, Noon.AddMinutes(2));
        await Store.SweepAsync(Noon.AddMinutes(2), Noon, Ct);

        Assert.Equal("new", Assert.Single(taken).MessageId);
        var old = Assert.Single(await ListAsync(device), m => m.MessageId == "old");
        Assert.Equal((CloudOutcome.Expired, Noon.AddMinutes(2)), (old.Outcome!.Value, old.EndedAt!.Value));
    }

    [Fact]
    public async Task What_is_in_one_hand_is_in_no_other_until_its_lock_is_over()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await AddAsync(device, "m", TimeSpan.FromHours(1));

        var first = Assert.Single(await TakeAsync(device, Noon));
        Assert.Empty(await TakeAsync(device, Noon.AddSeconds(59)));
        Assert.Empty(await SweptAsync(device, Noon.AddSeconds(59)));
        Assert.Equal([device.Device], await SweptAsync(device, Noon.AddSeconds(61)));
        var second = Assert.Single(await TakeAsync(device, Noon.AddSeconds(61)));

        Assert.Equal(2, second.DeliveryCount);
        Assert.False(await EndAsync(device, first.LockToken!.Value));
        Assert.True(await EndAsync(device, second.LockToken!.Value));
        Assert.False(await EndAsync(device, second.LockToken!.Value));
    }

    [Fact]
    public async Task Put_back_it_keeps_its_place()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await AddAsync(device, "a", TimeSpan.FromHours(1));
        await AddAsync(device, "b", TimeSpan.FromHours(1));
        var taken = await TakeAsync(device, Noon);

        await Store.AbandonAsync(device.Tenant, device.Device, [.. taken.Select(m => m.LockToken!.Value)], Ct);

        Assert.Equal(["a", "b"], (await TakeAsync(device, Noon)).Select(m => m.MessageId));
    }

    [Fact]
    public async Task What_ended_long_ago_is_forgotten()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await AddAsync(device, "m", TimeSpan.FromMinutes(1));
        await Store.SweepAsync(Noon.AddHours(1), Noon, Ct);
        Assert.Single(await ListAsync(device));

        await Store.SweepAsync(Noon.AddDays(31), Noon.AddDays(1), Ct);

        Assert.Empty(await ListAsync(device));
    }

    [Fact]
    public async Task Senders_at_the_same_moment_do_not_overfill_a_queue()
    {
        var device = await fixture.NewDeviceAsync(Ct);

        var sent = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(i =>
                    Store.AddAsync(
                        device.Tenant,
                        device.Device,
                        new NewCloudMessage { MessageId = $"m{i}" },
                        (Noon, 5),
                        null,
                        Ct
                    )
                )
        );

        Assert.Equal(5, sent.Count(m => m is not null));
    }

    [Fact]
    public async Task Nothing_is_queued_or_called_for_a_device_that_is_gone()
    {
        var (tenant, device) = await fixture.NewDeviceAsync(Ct);
        var gone = (tenant, device + 1_000_000);
        var call = new CommandCall
        {
            Id = Guid.CreateVersion7(),
            DeviceKey = gone.Item2,
            Component = "",
            Name = "reboot",
            State = CommandState.Sent,
            CalledAt = Noon,
            CalledBy = "anna",
        };
        var audit = new AuditEntry
        {
            Actor = AuditActor.System,
            Action = "device.command",
            TargetId = "gone",
        };
        var calls = new CommandStore(fixture.Database.TenantDb);

        await Assert.ThrowsAsync<NotFoundException>(() => AddAsync(gone, "m", TimeSpan.FromHours(1)));
        await Assert.ThrowsAsync<NotFoundException>(() => calls.AddAsync(tenant, call, audit, Ct));

        await calls.AddAsync(tenant, call with { DeviceKey = device }, audit, Ct);
        Assert.Empty(await ListAsync(gone));
    }

    private Task AddAsync((TenantId Tenant, long Device) device, string id, TimeSpan life) =>
        Store.AddAsync(
            device.Tenant,
            device.Device,
            new NewCloudMessage { MessageId = id, TimeToLive = life },
            (Noon, 50),
            null,
            Ct
        );

    private Task<IReadOnlyList<CloudMessage>> TakeAsync((TenantId Tenant, long Device) device, DateTimeOffset now) =>
        Store.LockAsync(device.Tenant, device.Device, new(10, now.AddMinutes(1), [], 10), now, Ct);

    private Task<bool> EndAsync((TenantId Tenant, long Device) device, Guid token) =>
        Store.EndAsync(device.Tenant, device.Device, token, (CloudOutcome.Success, Noon), Ct);

    private async Task<IReadOnlyList<CloudMessage>> ListAsync((TenantId Tenant, long Device) device) =>
        (await Store.ListAsync(device.Tenant, device.Device, null, 100, Ct)).Items;

    private async Task<IEnumerable<long>> SweptAsync((TenantId Tenant, long Device) device, DateTimeOffset now) =>
        (await Store.SweepAsync(now, Noon, Ct)).Where(f => f.Tenant == device.Tenant).Select(f => f.DeviceKey);
}
