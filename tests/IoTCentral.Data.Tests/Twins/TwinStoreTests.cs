using System.Text.Json.Nodes;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Tenants;
using IoTCentral.Core.Twins;
using IoTCentral.Data.Devices;
using IoTCentral.Data.Twins;
using IoTCentral.Testing;
using static IoTCentral.Data.Tests.Devices.DeviceStoreTests;

namespace IoTCentral.Data.Tests.Twins;

public sealed class TwinStoreTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TwinStore Store => new(database.TenantDb);

    [Fact]
    public async Task A_new_device_has_an_empty_twin_of_version_1()
    {
        var (tenant, key) = await DeviceAsync();

        var twin = await Store.FindAsync(tenant, key, Ct);

        Assert.Equal((1, 1, "{}"), (twin!.DesiredVersion, twin.ReportedVersion, twin.Reported.ToJsonString()));
    }

    [Fact]
    public async Task A_change_is_read_back_with_versions_and_metadata()
    {
        var (tenant, key) = await DeviceAsync();

        var saved = await Store.ChangeAsync(tenant, key, t => t.Report(new() { ["speed"] = 3 }, Now), null, Ct);

        var read = await Store.FindAsync(tenant, key, Ct);
        Assert.Equal(2, read!.ReportedVersion);
        Assert.Equal(2, (long)read.ReportedMetadata["speed"]!["$lastUpdatedVersion"]!);
        Assert.Equal(saved!.Reported.ToJsonString(), read.Reported.ToJsonString());
    }

    [Fact]
    public async Task Who_changed_it_is_listed_newest_first_of_this_device_alone()
    {
        var (tenant, key) = await DeviceAsync();
        var history = new TwinHistoryStore(database.TenantDb);
        foreach (
            var (target, action) in new[]
            {
                ("twin-history", "device.desired-properties"),
                ("twin-history", "device.update"),
                ("another", "device.properties"),
                ("twin-history", "device.cloud-properties"),
                ("twin-history", "twin.initialize"),
            }
        )
        {
            var entry = new AuditEntry
            {
                Actor = AuditActor.System,
                Action = action,
                TargetId = target,
                Before = "{}",
                After = """{"a":1}""",
            };
            await Store.ChangeAsync(tenant, key, t => t.Desire(new() { ["a"] = 1 }, Now), _ => entry, Ct);
        }

        var all = await history.ListAsync(tenant, "twin-history", DateTimeOffset.UnixEpoch, null, 10, Ct);
        var older = await history.ListAsync(tenant, "twin-history", DateTimeOffset.UnixEpoch, all[0].Id, 10, Ct);
        var tomorrow = TimeProvider.System.GetUtcNow().AddDays(1);

        Assert.Equal(
            ["twin.initialize", "device.cloud-properties", "device.desired-properties"],
            all.Select(c => c.Action)
        );
        Assert.Equal(all.Skip(1), older);
        Assert.Equal(("IoTCentral", "{\"a\": 1}"), (all[0].Who, all[0].After));
        Assert.Equal([6L, 5L, 2L], all.Select(c => c.Version));
        Assert.Empty(await history.ListAsync(tenant, "twin-history", tomorrow, null, 10, Ct));
    }

    [Fact]
    public async Task The_newest_reports_of_a_device_are_kept_with_their_versions()
    {
        var (tenant, key) = await DeviceAsync();
        var history = new TwinHistoryStore(database.TenantDb);
        for (var n = 2; n <= 240; n++)
        {
            var patch = new JsonObject { ["speed"] = n };
            await Store.ReportAsync(tenant, key, t => t.Report(patch, Now), patch, Ct);
        }

        var kept = await history.ReportsAsync(tenant, key, null, 500, Ct);
        var older = await history.ReportsAsync(tenant, key, 240, 1, Ct);
        var other = await database.NewTenantAsync(Ct);

        Assert.Equal((200, 240, 41), (kept.Count, kept[0].Version, kept[^1].Version));
        Assert.Equal(("{\"speed\": 240}", Now), (kept[0].Patch, kept[0].At));
        Assert.Equal(239, Assert.Single(older).Version);
        Assert.Empty(await history.ReportsAsync(other, key, null, 500, Ct));
    }

    [Fact]
    public async Task Concurrent_changes_all_count()
    {
        var (tenant, key) = await DeviceAsync();

        await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(n => Store.ChangeAsync(tenant, key, t => t.Report(new() { [$"p{n}"] = n }, Now), null, Ct))
        );

        var twin = await Store.FindAsync(tenant, key, Ct);
        Assert.Equal((21, 20), (twin!.ReportedVersion, twin.Reported.Count));
    }

    [Fact]
    public async Task A_change_that_throws_leaves_the_twin_as_it_was()
    {
        var (tenant, key) = await DeviceAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Store.ChangeAsync(tenant, key, _ => throw new InvalidOperationException(), _ => AuditOf(), Ct)
        );

        Assert.Equal(1, (await Store.FindAsync(tenant, key, Ct))!.ReportedVersion);
    }

    [Fact]
    public async Task Another_tenant_sees_and_changes_nothing()
    {
        var (tenant, key) = await DeviceAsync();
        var other = await database.NewTenantAsync(Ct);

        Assert.Null(await Store.FindAsync(other, key, Ct));
        Assert.Null(await Store.ChangeAsync(other, key, t => t.Report(new() { ["a"] = 1 }, Now), null, Ct));
        Assert.Equal(1, (await Store.FindAsync(tenant, key, Ct))!.ReportedVersion);
    }

    [Fact]
    public async Task Properties_that_are_gone_are_no_longer_searched()
    {
        var (tenant, key) = await DeviceAsync();
        await Store.ChangeAsync(tenant, key, t => t.Report(new() { ["a"] = 1, ["b"] = 2 }, Now), null, Ct);

        await Store.ChangeAsync(tenant, key, t => t.Report(new() { ["a"] = null, ["b"] = 3 }, Now), null, Ct);

        var indexed = await database.TenantDb.QueryAsync<(string, string)>(
            tenant,
            "select name, value from device_property",
            null,
            Ct
        );
        Assert.Equal([("b", "3")], indexed);
    }

    private async Task<(TenantId Tenant, long Key)> DeviceAsync()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var devices = new DeviceStore(database.TenantDb, TimeProvider.System);
        return (tenant, (await devices.AddAsync(Device(tenant, "pump-1"), AuditOf(), Ct)).Key);
    }
}
