using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Devices;
using IoTCentral.Data.Provisioning;
using IoTCentral.Testing;

namespace IoTCentral.Data.Tests.Devices;

public sealed class DeviceStoreTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 8, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DeviceStore Store => new(database.TenantDb, TimeProvider.System);

    [Fact]
    public async Task A_device_is_found_as_it_was_added()
    {
        var tenant = await database.NewTenantAsync(Ct);

        var added = await Store.AddAsync(Device(tenant, "Pump-1", "Feed pump"), AuditOf(), Ct);

        Assert.True(added.Key > 0);
        Assert.Equal(added, await Store.FindAsync(tenant, "Pump-1", Ct));
        Assert.Equal(added, await Store.FindAsync(tenant, added.Key, Ct));
    }

    [Fact]
    public async Task Ids_are_case_sensitive_and_found_without_case_when_asked()
    {
        var tenant = await database.NewTenantAsync(Ct);
        await Store.AddAsync(Device(tenant, "Pump-1"), AuditOf(), Ct);
        await Store.AddAsync(Device(tenant, "PUMP-1"), AuditOf(), Ct);

        Assert.Null(await Store.FindAsync(tenant, "pump-1", Ct));
        Assert.Equal(2, (await Store.FindIgnoringCaseAsync(tenant, "pump-1", Ct)).Count);
    }

    [Fact]
    public async Task A_tenant_cannot_see_or_touch_another_tenants_device()
    {
        var (mine, yours) = (await database.NewTenantAsync(Ct), await database.NewTenantAsync(Ct));
        var device = await Store.AddAsync(Device(mine, "pump-1"), AuditOf(), Ct);

        Assert.Null(await Store.FindAsync(yours, "pump-1", Ct));
        Assert.Null(await Store.FindAsync(yours, device.Key, Ct));
        Assert.Empty((await Store.ListAsync(yours, new(), null, 10, Ct)).Items);
        Assert.False(await Store.DeleteAsync(yours, "pump-1", AuditOf(), Ct));
        await Assert.ThrowsAsync<NotFoundException>(() =>
            Store.UpdateAsync(device with { TenantId = yours }, AuditOf(), Ct)
        );
    }

    [Fact]
    public async Task The_same_id_twice_is_a_conflict()
    {
        var tenant = await database.NewTenantAsync(Ct);
        await Store.AddAsync(Device(tenant, "pump-1"), AuditOf(), Ct);

        var refused = await Assert.ThrowsAsync<ConflictException>(() =>
            Store.AddAsync(Device(tenant, "pump-1"), AuditOf(), Ct)
        );

        Assert.Equal("device.id-taken", refused.Code);
    }

    [Fact]
    public async Task An_unknown_template_or_organization_is_told_by_its_field()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var device = Device(tenant, "pump-1");

        var template = await Assert.ThrowsAsync<InvalidRequestException>(() =>
            Store.AddAsync(device with { TemplateId = "dtmi:no:such;1" }, AuditOf(), Ct)
        );
        var organization = await Assert.ThrowsAsync<InvalidRequestException>(() =>
            Store.AddAsync(device with { OrganizationId = 99 }, AuditOf(), Ct)
        );

        Assert.Equal("template", Assert.Single(template.Faults).Path);
        Assert.Equal("organizations", Assert.Single(organization.Faults).Path);
    }

    [Fact]
    public async Task A_deleted_id_made_again_is_another_device()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var first = await Store.AddAsync(Device(tenant, "pump-1"), AuditOf(), Ct);

        Assert.True(await Store.DeleteAsync(tenant, "pump-1", AuditOf(), Ct));
        var second = await Store.AddAsync(Device(tenant, "pump-1"), AuditOf(), Ct);

        Assert.NotEqual(first.Key, second.Key);
    }

    [Fact]
    public async Task An_edit_of_an_older_version_is_refused()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var read = await Store.AddAsync(Device(tenant, "pump-1"), AuditOf(), Ct);
        var saved = await Store.UpdateAsync(read with { Name = "Mine" }, AuditOf(), Ct);

        await Assert.ThrowsAsync<StaleEditException>(() =>
            Store.UpdateAsync(read with { Name = "Yours" }, AuditOf(), Ct)
        );

        Assert.Equal(("Mine", 2), (saved.Name, saved.Version));
    }

    [Fact]
    public async Task Every_change_leaves_its_audit_row()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var device = await Store.AddAsync(Device(tenant, "pump-1"), AuditOf("device.create"), Ct);
        await Store.UpdateAsync(device.Block(), AuditOf("device.block"), Ct);
        await Store.DeleteAsync(tenant, "pump-1", AuditOf("device.delete"), Ct);

        var actions = await database.TenantDb.QueryAsync<string>(
            tenant,
            "select action from audit order by id",
            null,
            Ct
        );

        Assert.Equal(["device.create", "device.block", "device.delete"], actions);
    }

    [Fact]
    public async Task History_of_a_moved_device_stays_with_the_organization_of_its_time()
    {
        var tenant = await database.NewTenantAsync(Ct);
        await database.TenantDb.ExecuteAsync(
            tenant,
            "insert into organization (id, slug, name, parent_id, created_by, updated_by) values (2, 'north', 'North', 1, 't', 't')",
            null,
            Ct
        );
        var device = await Store.AddAsync(Device(tenant, "pump-1"), AuditOf(), Ct);

        await Store.UpdateAsync(device with { OrganizationId = 2 }, AuditOf(), Ct);

        var places = await database.TenantDb.QueryAsync<(int, bool)>(
            tenant,
            "select organization_id, to_at is null from device_organization order by from_at",
            null,
            Ct
        );
        Assert.Equal([(1, false), (2, true)], places);
    }

    [Fact]
    public async Task A_new_device_signs_with_the_default_groups_keys()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var device = await Store.AddAsync(Device(tenant, "Pump-1"), AuditOf(), Ct);

        var source = await new EnrollmentStore(database.TenantDb).FindSourceAsync(tenant, device.Key, Ct);

        Assert.Equal(new("SAS-IoT-Devices", "Pump-1"), source);
    }

    internal static Device Device(TenantId tenant, string id, string? name = null) =>
        new()
        {
            TenantId = tenant,
            Id = id,
            Name = name ?? id,
            CreatedAt = Now,
        };

    internal static AuditEntry AuditOf(string action = "test") =>
        new()
        {
            Actor = AuditActor.System,
            Action = action,
            TargetId = "pump-1",
        };
}
