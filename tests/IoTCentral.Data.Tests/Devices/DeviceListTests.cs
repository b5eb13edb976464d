using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Tenants;
using IoTCentral.Core.Twins;
using IoTCentral.Data.Devices;
using IoTCentral.Data.Provisioning;
using IoTCentral.Data.Twins;
using IoTCentral.Testing;
using static IoTCentral.Data.Tests.Devices.DeviceStoreTests;

namespace IoTCentral.Data.Tests.Devices;

public sealed class DeviceListTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DeviceStore Store => new(database.TenantDb, TimeProvider.System);

    [Fact]
    public async Task Pages_follow_each_other_by_name_without_gap_or_repeat()
    {
        var tenant = await database.NewTenantAsync(Ct);
        foreach (
            var (id, name) in new[] { ("d", "alpha"), ("c", "Alpha"), ("b", "Beta"), ("a", "gamma"), ("e", "beta") }
        )
            await Store.AddAsync(Device(tenant, id, name), AuditOf(), Ct);

        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await Store.ListAsync(tenant, new(), after, 2, Ct);
            seen.AddRange(page.Items.Select(d => d.Id));
            after = page.Next;
        } while (after is not null);

        Assert.Equal(["c", "d", "b", "e", "a"], seen);
    }

    [Fact]
    public async Task A_page_key_nobody_gave_out_is_refused()
    {
        var tenant = await database.NewTenantAsync(Ct);

        await Assert.ThrowsAsync<InvalidRequestException>(() => Store.ListAsync(tenant, new(), "%%%", 2, Ct));
    }

    [Theory]
    [InlineData("frid", "fridge-07")]
    [InlineData("07", "fridge-07")]
    [InlineData("MILK", "fridge-07")]
    [InlineData("milk sto", "fridge-07")]
    [InlineData("store milk", "fridge-07")]
    [InlineData("ridge", "")]
    [InlineData("milk pump", "")]
    [InlineData("köln", "pump-1")]
    public async Task Search_finds_words_that_begin_with_what_is_typed(string search, string expected)
    {
        var tenant = await database.NewTenantAsync(Ct);
        await Store.AddAsync(Device(tenant, "fridge-07", "Milk (Store 12)"), AuditOf(), Ct);
        await Store.AddAsync(Device(tenant, "pump-1", "Pumpe Köln"), AuditOf(), Ct);

        var page = await Store.ListAsync(tenant, new() { Search = search }, null, 10, Ct);

        Assert.Equal(expected, string.Join(' ', page.Items.Select(d => d.Id)));
    }

    [Fact]
    public async Task A_renamed_device_is_found_by_its_new_name_only()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var device = await Store.AddAsync(Device(tenant, "d-1", "Milk"), AuditOf(), Ct);

        await Store.UpdateAsync(device with { Name = "Butter" }, AuditOf(), Ct);

        Assert.Equal(0, await Store.CountAsync(tenant, new() { Search = "milk" }, Ct));
        Assert.Equal(1, await Store.CountAsync(tenant, new() { Search = "butter" }, Ct));
    }

    [Fact]
    public async Task Filters_narrow_by_state()
    {
        var tenant = await database.NewTenantAsync(Ct);
        await Store.AddAsync(Device(tenant, "plain"), AuditOf(), Ct);
        await Store.AddAsync(Device(tenant, "blocked") with { IsBlocked = true }, AuditOf(), Ct);
        await Store.AddAsync(Device(tenant, "simulated") with { IsSimulated = true }, AuditOf(), Ct);

        Assert.Equal("blocked", await IdsAsync(tenant, new() { IsBlocked = true }));
        Assert.Equal("blocked plain", await IdsAsync(tenant, new() { IsSimulated = false }));
        Assert.Equal("", await IdsAsync(tenant, new() { IsProvisioned = true }));
        Assert.Equal("", await IdsAsync(tenant, new() { IsConnected = true }));
        Assert.Equal("blocked plain simulated", await IdsAsync(tenant, new() { OnlyUnassigned = true }));
    }

    [Fact]
    public async Task Properties_filter_by_reported_and_cloud_value()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var device = await Store.AddAsync(Device(tenant, "pump-1"), AuditOf(), Ct);
        await Store.AddAsync(Device(tenant, "pump-2"), AuditOf(), Ct);
        var now = TimeProvider.System.GetUtcNow();
        await new TwinStore(database.TenantDb).ChangeAsync(
            tenant,
            device.Key,
            t => t.Report(new() { ["speed"] = 21.50 }, now).Annotate(new() { ["store"] = "Köln" }, now),
            null,
            Ct
        );

        var both = new DeviceFilter { Properties = [new("", "speed", "21.5"), new("", "store", "Köln")] };

        Assert.Equal("pump-1", await IdsAsync(tenant, both));
        Assert.Equal("", await IdsAsync(tenant, new() { Properties = [new("", "speed", "22")] }));
    }

    [Fact]
    public async Task Only_what_nobody_has_decided_about_waits()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var waiting = Device(tenant, "new") with { Status = ProvisioningStatus.Waiting };
        await Store.AddAsync(waiting, AuditOf(), Ct);
        await Store.AddAsync(waiting with { Id = "turned-away", IsBlocked = true }, AuditOf(), Ct);
        await Store.AddAsync(Device(tenant, "known"), AuditOf(), Ct);

        Assert.Equal("new", await IdsAsync(tenant, new() { IsWaiting = true }));
        Assert.Equal("known turned-away", await IdsAsync(tenant, new() { IsWaiting = false }));
    }

    [Fact]
    public async Task A_group_has_its_own_devices()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var enrollments = new EnrollmentStore(database.TenantDb);
        var moved = await Store.AddAsync(Device(tenant, "pump-1"), AuditOf(), Ct);
        var stays = await Store.AddAsync(Device(tenant, "pump-2"), AuditOf(), Ct);
        await enrollments.AssignAsync(tenant, moved.Key, new("floor-2", "PUMP-1"), moved.CreatedAt, Ct);

        Assert.Equal("pump-1", await IdsAsync(tenant, new() { GroupId = "floor-2" }));
        Assert.Equal("pump-2", await IdsAsync(tenant, new() { GroupId = EnrollmentGroup.DefaultId }));
        var counts = await enrollments.CountDevicesAsync(tenant, Ct);
        Assert.Equal(1, counts["floor-2"]);
        var sources = await enrollments.FindSourcesAsync(tenant, [moved.Key, stays.Key, 987], Ct);
        Assert.Equal(new("floor-2", "PUMP-1"), sources[moved.Key]);
        Assert.Equal(2, sources.Count);
        Assert.Empty(await enrollments.CountDevicesAsync(await database.NewTenantAsync(Ct), Ct));
    }

    [Fact]
    public async Task Lists_and_searches_of_many_devices_are_served_by_indexes()
    {
        var tenant = await database.NewTenantAsync(Ct);
        await FillAsync(tenant, 40_000);

        var before = await ReadAsync(tenant);

        foreach (
            var filter in new DeviceFilter[]
            {
                new(),
                new() { Search = "fridge 3999" },
            }
        )
            Assert.NotEmpty((await Store.ListAsync(tenant, filter, null, 50, Ct)).Items);

        var after = await ReadAsync(tenant);
        Assert.Equal(before.Sequentially, after.Sequentially);
        Assert.InRange(after.ByIndex - before.ByIndex, 1, 5_000);
    }

    /// <summary>Rows of devices that were read since the database began, as PostgreSQL counts them.</summary>
    private async Task<(long Sequentially, long ByIndex)> ReadAsync(TenantId tenant)
    {
        // what its connection has counted and not yet told
        await database.TenantDb.FindAsync<string>(tenant, "select pg_stat_force_next_flush()::text", null, Ct);
        await using var owner = await database.OpenAsOwnerAsync(Ct);
        await using var command = owner.CreateCommand();
        command.CommandText = "select seq_tup_read, idx_tup_fetch from pg_stat_user_tables where relname = 'device'";
        await using var row = await command.ExecuteReaderAsync(Ct);
        await row.ReadAsync(Ct);
        return (row.GetInt64(0), row.GetInt64(1));
    }

    private async Task<string> IdsAsync(TenantId tenant, DeviceFilter filter) =>
        string.Join(' ', (await Store.ListAsync(tenant, filter, null, 100, Ct)).Items.Select(d => d.Id));

    private async Task FillAsync(TenantId tenant, int count)
    {
        await database.TenantDb.ExecuteAsync(
            tenant,
            """
            insert into device (id, name, organization_id, created_at, created_by, updated_by)
            select 'fridge-' || n, 'Fridge ' || n, 1, '2026-01-01', 't', 't' from generate_series(1, @count) n;
            insert into device_word (word, device_key) select 'fridge', device_key from device;
            insert into device_word (word, device_key) select substr(id, 8), device_key from device;
            insert into device_word (word, device_key) select id, device_key from device;
            """,
            new { count },
            Ct
        );
        await using var owner = await database.OpenAsOwnerAsync(Ct);
        await using var analyze = owner.CreateCommand();
        analyze.CommandText = "analyze device; analyze device_word";
        await analyze.ExecuteNonQueryAsync(Ct);
    }
}
