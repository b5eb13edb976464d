using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Devices;
using IoTCentral.Testing;
using static IoTCentral.Data.Tests.Devices.DeviceStoreTests;

namespace IoTCentral.Data.Tests.Devices;

public sealed class DeviceProvisionTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Model = "dtmi:com:example:Pump;1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DeviceStore Store => new(database.TenantDb, TimeProvider.System);

    [Fact]
    public async Task The_newest_published_template_with_the_announced_model_is_assigned()
    {
        var tenant = await database.NewTenantAsync(Ct);
        await AddTemplateAsync(tenant, "dtmi:t:old;1", "published", "2026-01-01");
        await AddTemplateAsync(tenant, "dtmi:t:new;1", "published", "2026-02-01");
        await AddTemplateAsync(tenant, "dtmi:t:draft;1", "draft", "2026-03-01");
        var device = await Store.AddAsync(Device(tenant, "pump-1"), AuditOf(), Ct);

        var provisioned = await Store.ProvisionAsync(tenant, device.Key, Model, AuditOf(), Ct);

        Assert.Equal("dtmi:t:new;1", provisioned!.TemplateId);
        Assert.Equal((ProvisioningStatus.Provisioned, Model), (provisioned.Status, provisioned.AnnouncedModelId));
    }

    [Fact]
    public async Task A_template_that_somebody_chose_stays()
    {
        var tenant = await database.NewTenantAsync(Ct);
        await AddTemplateAsync(tenant, "dtmi:t:chosen;1", "published", "2026-01-01", "dtmi:other;1");
        await AddTemplateAsync(tenant, "dtmi:t:announced;1", "published", "2026-02-01");
        var wanted = Device(tenant, "pump-1") with { TemplateId = "dtmi:t:chosen;1" };
        var device = await Store.AddAsync(wanted, AuditOf(), Ct);

        var provisioned = await Store.ProvisionAsync(tenant, device.Key, Model, AuditOf(), Ct);

        Assert.Equal("dtmi:t:chosen;1", provisioned!.TemplateId);
    }

    [Fact]
    public async Task Provisioning_again_changes_nothing_and_leaves_no_audit_row()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var device = await Store.AddAsync(Device(tenant, "pump-1"), AuditOf(), Ct);
        var first = await Store.ProvisionAsync(tenant, device.Key, Model, AuditOf("device.provision"), Ct);

        var second = await Store.ProvisionAsync(tenant, device.Key, null, AuditOf("device.provision"), Ct);

        Assert.Equal(first, second);
        var rows = await database.TenantDb.FindAsync<long>(
            tenant,
            "select count(*) from audit where action = 'device.provision'",
            null,
            Ct
        );
        Assert.Equal(1, rows);
    }

    [Fact]
    public async Task An_edit_begun_before_the_first_connect_is_not_stale()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var read = await Store.AddAsync(Device(tenant, "pump-1"), AuditOf(), Ct);
        await Store.ProvisionAsync(tenant, read.Key, null, AuditOf(), Ct);

        var saved = await Store.UpdateAsync(read with { Name = "Renamed" }, AuditOf(), Ct);

        Assert.Equal(("Renamed", ProvisioningStatus.Provisioned), (saved.Name, saved.Status));
    }

    private Task AddTemplateAsync(TenantId tenant, string id, string status, string at, string model = Model) =>
        database.TenantDb.ExecuteAsync(
            tenant,
            """
            insert into device_template (id, model_id, display_name, status, document, created_at, updated_at,
              created_by, updated_by)
            values (@id, @model, 't', @status, '{}', @at::timestamptz, @at::timestamptz, 't', 't')
            """,
            new
            {
                id,
                model,
                status,
                at,
            },
            Ct
        );
}
