using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Devices;
using IoTCentral.Testing;
using static IoTCentral.Data.Tests.Devices.DeviceStoreTests;

namespace IoTCentral.Data.Tests.Devices;

public sealed class PresenceStoreTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan DeadAfter = TimeSpan.FromMinutes(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private PresenceStore Store => new(database.SystemDb);

    private DeviceStore Devices => new(database.TenantDb, TimeProvider.System);

    [Fact]
    public async Task Connection_and_last_message_are_kept_apart_and_merged()
    {
        var (tenant, key) = await DeviceAsync();
        var epoch = await Store.BeginEpochAsync("merge", Now, DeadAfter, Ct);

        await SaveAsync(
            epoch,
            new()
            {
                TenantId = tenant,
                DeviceKey = key,
                IsConnected = true,
                ConnectedAt = Now,
            }
        );
        await SaveAsync(
            epoch,
            new()
            {
                TenantId = tenant,
                DeviceKey = key,
                LastMessageAt = Now.AddSeconds(5),
            }
        );

        var presence = await PresenceAsync(tenant);
        Assert.Equal(
            (true, Now, Now.AddSeconds(5)),
            (presence.IsConnected, presence.ConnectedAt, presence.LastMessageAt)
        );
    }

    [Fact]
    public async Task A_killed_program_leaves_no_ghosts_connected()
    {
        var (tenant, key) = await DeviceAsync();
        var killed = await Store.BeginEpochAsync("killed", Now, DeadAfter, Ct);
        await SaveAsync(
            killed,
            new()
            {
                TenantId = tenant,
                DeviceKey = key,
                IsConnected = true,
                ConnectedAt = Now,
            }
        );

        await Store.BeginEpochAsync("killed", Now.AddSeconds(3), DeadAfter, Ct);

        var presence = await PresenceAsync(tenant);
        Assert.Equal((false, Now), (presence.IsConnected, presence.DisconnectedAt));
    }

    [Fact]
    public async Task A_node_that_fell_silent_loses_its_presences_to_a_living_one()
    {
        var (tenant, key) = await DeviceAsync();
        var silent = await Store.BeginEpochAsync("silent", Now, DeadAfter, Ct);
        var living = await Store.BeginEpochAsync("living", Now, DeadAfter, Ct);
        await SaveAsync(
            silent,
            new()
            {
                TenantId = tenant,
                DeviceKey = key,
                IsConnected = true,
                ConnectedAt = Now,
            }
        );

        await Store.HeartbeatAsync(living, Now.AddSeconds(59), DeadAfter, Ct);
        var before = (await PresenceAsync(tenant)).IsConnected;
        await Store.HeartbeatAsync(living, Now.AddSeconds(61), DeadAfter, Ct);

        Assert.Equal((true, false), (before, (await PresenceAsync(tenant)).IsConnected));
    }

    [Fact]
    public async Task A_device_that_moved_on_is_not_ended_by_its_old_node()
    {
        var (tenant, key) = await DeviceAsync();
        var old = await Store.BeginEpochAsync("old node", Now, DeadAfter, Ct);
        var other = await Store.BeginEpochAsync("new node", Now, DeadAfter, Ct);
        await SaveAsync(
            old,
            new()
            {
                TenantId = tenant,
                DeviceKey = key,
                IsConnected = true,
                ConnectedAt = Now,
            }
        );
        await SaveAsync(
            other,
            new()
            {
                TenantId = tenant,
                DeviceKey = key,
                IsConnected = true,
                ConnectedAt = Now,
            }
        );

        await SaveAsync(
            old,
            new()
            {
                TenantId = tenant,
                DeviceKey = key,
                IsConnected = false,
                DisconnectedAt = Now,
            }
        );

        Assert.True((await PresenceAsync(tenant)).IsConnected);
    }

    [Fact]
    public async Task A_program_that_stops_in_good_order_ends_its_presences()
    {
        var (tenant, key) = await DeviceAsync();
        var epoch = await Store.BeginEpochAsync("orderly", Now, DeadAfter, Ct);
        await SaveAsync(
            epoch,
            new()
            {
                TenantId = tenant,
                DeviceKey = key,
                IsConnected = true,
                ConnectedAt = Now,
            }
        );

        await Store.EndEpochAsync(epoch, Now.AddMinutes(1), Ct);

        var presence = await PresenceAsync(tenant);
        Assert.Equal((false, Now.AddMinutes(1)), (presence.IsConnected, presence.DisconnectedAt));
    }

    [Fact]
    public async Task Presences_of_deleted_devices_are_passed_over()
    {
        var (tenant, key) = await DeviceAsync();
        var epoch = await Store.BeginEpochAsync("deleted", Now, DeadAfter, Ct);
        await Devices.DeleteAsync(tenant, "pump-1", AuditOf(), Ct);

        await SaveAsync(
            epoch,
            new()
            {
                TenantId = tenant,
                DeviceKey = key,
                LastMessageAt = Now,
            }
        );
    }

    private Task SaveAsync(long epoch, PresenceChange change) => Store.SaveAsync(epoch, [change], Ct);

    private async Task<(TenantId Tenant, long Key)> DeviceAsync()
    {
        var tenant = await database.NewTenantAsync(Ct);
        return (tenant, (await Devices.AddAsync(Device(tenant, "pump-1"), AuditOf(), Ct)).Key);
    }

    private async Task<Presence> PresenceAsync(TenantId tenant) =>
        (await Devices.FindAsync(tenant, "pump-1", Ct))!.Presence;
}
