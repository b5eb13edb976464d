using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Templates.Dtdl;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Templates;
using IoTCentral.Testing;

namespace IoTCentral.Data.Tests.Templates;

public sealed class TemplateStoreTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly AuditEntry Audit = new()
    {
        Actor = AuditActor.System,
        Action = "template.test",
        TargetId = "x",
    };

    private TemplateStore Store => new(database.TenantDb);

    [Fact]
    public async Task A_template_comes_back_as_it_was_saved()
    {
        var tenant = await database.NewTenantAsync(Ct);
        await Store.AddAsync(tenant, Fridge() with { Status = TemplateStatus.Published }, Audit, Ct);

        var found = await Store.FindAsync(tenant, Fridge().Id, Ct);

        Assert.NotNull(found);
        Assert.True(found.IsPublished);
        Assert.Equal("degreeCelsius", found.Find("", "temperature")!.Unit);
        Assert.Equal(Fridge().Id, await Store.FindByModelAsync(tenant, Fridge().ModelId, Ct));
        Assert.Equal(["Fridge"], (await Store.ListAsync(tenant, Ct)).Select(t => t.DisplayName));
    }

    [Fact]
    public async Task A_draft_is_assigned_to_nobody()
    {
        var tenant = await database.NewTenantAsync(Ct);
        await Store.AddAsync(tenant, Fridge(), Audit, Ct);

        Assert.Null(await Store.FindByModelAsync(tenant, Fridge().ModelId, Ct));
    }

    [Fact]
    public async Task Two_people_who_edit_at_once_do_not_overwrite_each_other()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var read = await Store.AddAsync(tenant, Fridge(), Audit, Ct);
        var saved = await Store.UpdateAsync(tenant, read with { DisplayName = "First" }, Audit, Ct);

        await Assert.ThrowsAsync<StaleEditException>(() =>
            Store.UpdateAsync(tenant, read with { DisplayName = "Second" }, Audit, Ct)
        );

        Assert.Equal("First", (await Store.FindAsync(tenant, read.Id, Ct))!.DisplayName);
        Assert.Equal(2, saved.Revision);
    }

    [Fact]
    public async Task An_id_is_taken_once()
    {
        var tenant = await database.NewTenantAsync(Ct);
        await Store.AddAsync(tenant, Fridge(), Audit, Ct);

        await Assert.ThrowsAsync<ConflictException>(() => Store.AddAsync(tenant, Fridge(), Audit, Ct));
    }

    [Fact]
    public async Task A_template_with_devices_is_not_deleted()
    {
        var tenant = await database.NewTenantAsync(Ct);
        await Store.AddAsync(tenant, Fridge(), Audit, Ct);
        await AddDeviceAsync(tenant);

        var refused = await Assert.ThrowsAsync<ConflictException>(() =>
            Store.DeleteAsync(tenant, Fridge().Id, Audit, Ct)
        );

        Assert.Equal("template.in-use", refused.Code);
    }

    [Fact]
    public async Task Every_change_leaves_its_audit_row()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var added = await Store.AddAsync(tenant, Fridge(), Audit, Ct);
        await Store.UpdateAsync(tenant, added, Audit, Ct);
        await Store.DeleteAsync(tenant, added.Id, Audit, Ct);

        Assert.Equal(3, (await database.TenantDb.QueryAsync<long>(tenant, "select count(*) from audit", null, Ct))[0]);
    }

    [Fact]
    public async Task Another_tenant_sees_nothing()
    {
        var (one, two) = (await database.NewTenantAsync(Ct), await database.NewTenantAsync(Ct));
        var template = await Store.AddAsync(one, Fridge() with { Status = TemplateStatus.Published }, Audit, Ct);

        Assert.Null(await Store.FindAsync(two, template.Id, Ct));
        Assert.Null(await Store.FindByModelAsync(two, template.ModelId, Ct));
        Assert.Empty(await Store.ListAsync(two, Ct));
        Assert.False(await Store.DeleteAsync(two, template.Id, Audit, Ct));
        await Assert.ThrowsAsync<NotFoundException>(() => Store.UpdateAsync(two, template, Audit, Ct));
    }

    private Task<int> AddDeviceAsync(TenantId tenant) =>
        database.TenantDb.ExecuteAsync(
            tenant,
            """
            insert into device (id, name, organization_id, template_id, created_at, created_by, updated_by)
            values ('pump', 'Pump', 1, @Id, now(), 't', 't')
            """,
            new { Fridge().Id },
            Ct
        );

    private static DeviceTemplate Fridge() =>
        DtdlReader
            .Read(
                """
                {
                  "@context": "dtmi:dtdl:context;2", "@id": "dtmi:test:fridge;1", "@type": "Interface", "displayName": "Fridge",
                  "contents": [
                    { "@type": ["Telemetry", "Temperature"], "name": "temperature", "schema": "double", "unit": "degreeCelsius" }
                  ]
                }
                """
            )
            .Get();
}
