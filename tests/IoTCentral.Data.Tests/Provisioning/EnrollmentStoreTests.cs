using IoTCentral.Core.Common;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Devices;
using IoTCentral.Data.Provisioning;
using IoTCentral.Testing;
using static IoTCentral.Data.Tests.Devices.DeviceStoreTests;

namespace IoTCentral.Data.Tests.Provisioning;

public sealed class EnrollmentStoreTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private EnrollmentStore Store => new(database.TenantDb);

    private SignInStore SignIn => new(database.SystemDb);

    [Fact]
    public async Task A_group_is_found_as_it_was_added_by_its_own_tenant_only()
    {
        var (mine, yours) = (await database.NewTenantAsync(Ct), await database.NewTenantAsync(Ct));
        var group = Group(mine, "floor-2");

        Assert.True(await Store.AddGroupAsync(group, AuditOf(), Ct));

        Assert.Equivalent(group, await Store.FindGroupAsync(mine, "floor-2", Ct));
        Assert.Null(await Store.FindGroupAsync(yours, "floor-2", Ct));
        Assert.Empty(await Store.GroupsAsync(yours, Ct));
    }

    [Fact]
    public async Task A_group_id_that_is_taken_is_not_added_again()
    {
        var tenant = await database.NewTenantAsync(Ct);
        await Store.AddGroupAsync(Group(tenant, "g"), AuditOf(), Ct);

        Assert.False(await Store.AddGroupAsync(Group(tenant, "g") with { DisplayName = "Other" }, AuditOf(), Ct));
    }

    [Fact]
    public async Task An_edit_of_an_older_version_is_refused()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var read = Group(tenant, "g");
        await Store.AddGroupAsync(read, AuditOf(), Ct);
        await Store.UpdateGroupAsync(read with { IsEnabled = false }, AuditOf(), Ct);

        await Assert.ThrowsAsync<StaleEditException>(() =>
            Store.UpdateGroupAsync(read with { DisplayName = "Mine" }, AuditOf(), Ct)
        );
    }

    [Fact]
    public async Task An_individual_enrollment_takes_over_its_device_and_gives_it_back()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var device = await new DeviceStore(database.TenantDb, TimeProvider.System).AddAsync(
            Device(tenant, "Pump-1"),
            AuditOf(),
            Ct
        );

        await Store.PutIndividualAsync(Individual(tenant), AuditOf(), Ct);
        var own = await Store.FindSourceAsync(tenant, device.Key, Ct);
        await Store.DeleteIndividualAsync(tenant, "pump-1", AuditOf(), Ct);
        var back = await Store.FindSourceAsync(tenant, device.Key, Ct);

        Assert.Equal(new(null, "pump-1"), own);
        Assert.Equal(new(EnrollmentGroup.DefaultId, "Pump-1"), back);
    }

    [Fact]
    public async Task Candidates_of_all_applications_come_with_the_keys_that_would_prove_them()
    {
        var (first, second) = (await DeviceWithGroupAsync("twice", 1), await DeviceWithGroupAsync("twice", 2));

        var (candidates, isApplicationHost) = await SignIn.CandidatesAsync("twice", "127.0.0.9", Ct);

        Assert.False(isApplicationHost);
        Assert.Equal([first, second], candidates.Select(c => c.TenantId).OrderBy(t => t.Value));
        Assert.Equal([1, 2], candidates.Select(c => (int)c.Keys!.Primary[0]).Order());
        Assert.All(candidates, c => Assert.Equal(new(EnrollmentGroup.DefaultId, "twice"), c.Source));
    }

    [Fact]
    public async Task On_an_applications_own_host_only_its_device_is_meant()
    {
        var (mine, _) = (await DeviceWithGroupAsync("hosted", 1), await DeviceWithGroupAsync("hosted", 2));
        await database.SystemDb.QueryAsync<int>("select 1", null, Ct);
        await using var owner = await database.OpenAsOwnerAsync(Ct);
        await using var host = owner.CreateCommand();
        host.CommandText = $"update application set host_name = 'fridges.example.com' where tenant_id = {mine}";
        await host.ExecuteNonQueryAsync(Ct);

        var (candidates, isApplicationHost) = await SignIn.CandidatesAsync("hosted", "Fridges.Example.com", Ct);

        Assert.True(isApplicationHost);
        Assert.Equal(mine, Assert.Single(candidates).TenantId);
    }

    [Fact]
    public async Task A_scope_is_found_with_its_groups_and_the_individual_enrollment()
    {
        var tenant = await DeviceWithGroupAsync("scoped", 1);
        await Store.PutIndividualAsync(Individual(tenant), AuditOf(), Ct);
        var scope = await database.SystemDb.FindAsync<string>(
            "select id_scope from application where tenant_id = @tenant",
            new { tenant = tenant.Value },
            Ct
        );

        var found = await SignIn.FindScopeAsync(scope!, "pump-1", Ct);

        Assert.Equal(tenant, found!.Application.TenantId);
        Assert.Equal([EnrollmentGroup.DefaultId], found.Groups.Select(g => g.Id));
        Assert.Equal("Pump-1", found.Individual!.DeviceId);
        Assert.Null(await SignIn.FindScopeAsync("0neNobody", "pump-1", Ct));
    }

    private async Task<TenantId> DeviceWithGroupAsync(string id, byte key)
    {
        var tenant = await database.NewTenantAsync(Ct);
        await Store.AddGroupAsync(Group(tenant, EnrollmentGroup.DefaultId, key), AuditOf(), Ct);
        await new DeviceStore(database.TenantDb, TimeProvider.System).AddAsync(Device(tenant, id), AuditOf(), Ct);
        return tenant;
    }

    private static EnrollmentGroup Group(TenantId tenant, string id, byte key = 7) =>
        new()
        {
            TenantId = tenant,
            Id = id,
            DisplayName = id,
            Keys = new WrappedKeys([key], [8]),
            CreatedAt = Now,
        };

    private static IndividualEnrollment Individual(TenantId tenant) =>
        new()
        {
            TenantId = tenant,
            RegistrationId = "pump-1",
            DeviceId = "Pump-1",
            Keys = new WrappedKeys([1], [2]),
            Version = 0,
            CreatedAt = Now,
        };
}
