using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Dashboards;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Dashboards;
using IoTCentral.Testing;

namespace IoTCentral.Data.Tests.Dashboards;

public sealed class DashboardStoreTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly AuditEntry Audit = new()
    {
        Actor = AuditActor.System,
        Action = "dashboard.test",
        TargetId = "x",
    };

    private DashboardStore Store => new(database.TenantDb);

    [Fact]
    public async Task Only_one_dashboard_is_home()
    {
        var tenant = await database.NewTenantAsync(Ct);
        await Store.AddAsync(tenant, Overview("a") with { IsHome = true }, Audit, Ct);
        var second = await Store.AddAsync(tenant, Overview("b"), Audit, Ct);

        await Store.UpdateAsync(tenant, second with { IsHome = true }, Audit, Ct);

        Assert.Equal([("b", true), ("a", false)], (await Store.ListAsync(tenant, Ct)).Select(d => (d.Id, d.IsHome)));
    }

    [Fact]
    public async Task A_dashboard_comes_back_with_its_tiles()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var tile = new Tile
        {
            Id = "t",
            Kind = TileKind.Kpi,
            Title = "Warmest",
        };
        await Store.AddAsync(tenant, Overview("a").Add(tile) with { ScopeProperty = "store" }, Audit, Ct);

        var found = await Store.FindAsync(tenant, "a", Ct);

        Assert.Equal("store", found!.ScopeProperty);
        Assert.Equal("Warmest", Assert.Single(found.Tiles).Title);
    }

    [Fact]
    public async Task Devices_are_told_apart_by_organization_within_their_tenant()
    {
        var (tenant, other) = (await database.NewTenantAsync(Ct), await database.NewTenantAsync(Ct));
        await database.TenantDb.ExecuteAsync(
            tenant,
            """
            insert into organization (id, slug, name, parent_id, created_by, updated_by) values (2, 'north', 'North', 1, 't', 't');
            insert into device (id, name, organization_id, created_at, created_by, updated_by)
            values ('a', 'A', 1, now(), 't', 't'), ('b', 'B', 2, now(), 't', 't')
            """,
            null,
            Ct
        );
        var keys = await database.TenantDb.QueryAsync<long>(
            tenant,
            "select device_key from device order by id",
            null,
            Ct
        );
        var root = await database.TenantDb.FindAsync<string>(
            tenant,
            "select name from organization where id = 1",
            null,
            Ct
        );
        var values = new PropertyValues(database.TenantDb);

        var names = await values.OrganizationsAsync(tenant, keys, Ct);

        Assert.Equal([root!, "North"], keys.Select(k => names[k]));
        Assert.Empty(await values.OrganizationsAsync(other, keys, Ct));
    }

    [Fact]
    public async Task Two_people_who_edit_at_once_do_not_overwrite_each_other()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var read = await Store.AddAsync(tenant, Overview("a"), Audit, Ct);
        await Store.UpdateAsync(tenant, read with { Name = "First" }, Audit, Ct);

        await Assert.ThrowsAsync<StaleEditException>(() =>
            Store.UpdateAsync(tenant, read with { Name = "Second" }, Audit, Ct)
        );
    }

    [Fact]
    public async Task A_stale_edit_that_would_become_home_changes_nothing()
    {
        var tenant = await database.NewTenantAsync(Ct);
        await Store.AddAsync(tenant, Overview("home") with { IsHome = true }, Audit, Ct);
        var read = await Store.AddAsync(tenant, Overview("a"), Audit, Ct);
        await Store.UpdateAsync(tenant, read, Audit, Ct);

        await Assert.ThrowsAsync<StaleEditException>(() =>
            Store.UpdateAsync(tenant, read with { IsHome = true }, Audit, Ct)
        );

        Assert.True((await Store.FindAsync(tenant, "home", Ct))!.IsHome);
    }

    [Fact]
    public async Task Another_tenant_sees_nothing()
    {
        var (one, two) = (await database.NewTenantAsync(Ct), await database.NewTenantAsync(Ct));
        var dashboard = await Store.AddAsync(one, Overview("a") with { IsHome = true }, Audit, Ct);

        Assert.Null(await Store.FindAsync(two, "a", Ct));
        Assert.Empty(await Store.ListAsync(two, Ct));
        Assert.False(await Store.DeleteAsync(two, "a", Audit, Ct));
        await Assert.ThrowsAsync<NotFoundException>(() => Store.UpdateAsync(two, dashboard, Audit, Ct));
        await Store.AddAsync(two, Overview("b") with { IsHome = true }, Audit, Ct);
        Assert.True((await Store.FindAsync(one, "a", Ct))!.IsHome);
    }

    [Fact]
    public async Task Property_values_are_of_the_tenant_and_the_cloud_goes_before_the_device()
    {
        var (one, two) = (await database.NewTenantAsync(Ct), await database.NewTenantAsync(Ct));
        var key = await AddDeviceAsync(one);
        var values = new PropertyValues(database.TenantDb);

        Assert.Equal(["017", "018"], await values.DistinctAsync(one, "store", 10, Ct));
        Assert.Equal("017", (await values.OfDevicesAsync(one, "store", [key], Ct))[key]);
        Assert.Empty(await values.DistinctAsync(two, "store", 10, Ct));
        Assert.Empty(await values.OfDevicesAsync(two, "store", [key], Ct));
    }

    private async Task<long> AddDeviceAsync(TenantId tenant) =>
        await database.TenantDb.FindAsync<long>(
            tenant,
            """
            with d as (
              insert into device (id, name, organization_id, created_at, created_by, updated_by)
              values ('pump', 'Pump', 1, now(), 't', 't')
              returning tenant_id, device_key
            ), p as (
              insert into device_property (device_key, source, name, value)
              select device_key, source, 'store', value from d, (values ('cloud', '017'), ('reported', '018')) v (source, value)
            )
            select device_key from d
            """,
            null,
            Ct
        );

    private static Dashboard Overview(string id) => new() { Id = id, Name = "Overview" };
}
