using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Tenants;
using IoTCentral.Testing;

namespace IoTCentral.Data.Tests.Tenants;

public sealed class TenantStoreTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TenantStore Store => new(database.TenantDb, TimeProvider.System);

    [Fact]
    public async Task A_new_application_is_found_by_slug_id_scope_and_number()
    {
        var added = await Store.AddAsync(Wanted("found", "0neF0000001"), AuditActor.CommandLine, Ct);

        Assert.Equal(added, await Store.FindAsync("found", Ct));
        Assert.Equal(added, await Store.FindByIdScopeAsync("0neF0000001", Ct));
        Assert.Equal(added, await Store.FindAsync(added.TenantId, Ct));
    }

    [Fact]
    public async Task It_has_its_root_organization_and_its_audit_row()
    {
        var added = await Store.AddAsync(Wanted("rooted", "0neF0000002"), AuditActor.CommandLine, Ct);

        var root = await database.TenantDb.FindAsync<int>(added.TenantId, "select id from organization", null, Ct);
        var action = await database.TenantDb.FindAsync<string>(added.TenantId, "select action from audit", null, Ct);
        Assert.Equal(Application.RootOrganization, root);
        Assert.Equal("application.create", action);
    }

    [Theory]
    [InlineData("taken", "0neF0000004", "application.slug-taken")]
    [InlineData("other", "0neF0000003", "application.id-scope-taken")]
    public async Task A_taken_slug_or_id_scope_is_refused_by_its_own_code(string slug, string scope, string code)
    {
        if (await Store.FindAsync("taken", Ct) is null)
            await Store.AddAsync(Wanted("taken", "0neF0000003"), AuditActor.CommandLine, Ct);

        var refusal = await Assert.ThrowsAsync<ConflictException>(() =>
            Store.AddAsync(Wanted(slug, scope), AuditActor.CommandLine, Ct)
        );

        Assert.Equal(code, refusal.Code);
    }

    [Fact]
    public async Task A_refused_application_leaves_nothing_behind()
    {
        await Store.AddAsync(Wanted("first", "0neF0000005"), AuditActor.CommandLine, Ct);

        await Assert.ThrowsAsync<ConflictException>(() =>
            Store.AddAsync(Wanted("second", "0neF0000005"), AuditActor.CommandLine, Ct)
        );

        Assert.Null(await Store.FindAsync("second", Ct));
    }

    [Fact]
    public async Task An_edit_of_an_older_version_is_refused()
    {
        var read = await Store.AddAsync(Wanted("edited", "0neF0000006"), AuditActor.CommandLine, Ct);
        var saved = await Store.UpdateAsync(read with { Name = "Mine" }, AuditActor.CommandLine, Ct);

        await Assert.ThrowsAsync<StaleEditException>(() =>
            Store.UpdateAsync(read with { Name = "Yours" }, AuditActor.CommandLine, Ct)
        );

        Assert.Equal("Mine", saved.Name);
        Assert.Equal(saved, await Store.FindAsync("edited", Ct));
    }

    [Fact]
    public async Task A_host_name_is_found_in_any_case()
    {
        var wanted = Wanted("hosted", "0neF0000007") with { HostName = "Fridges.Example.com" };

        var added = await Store.AddAsync(wanted, AuditActor.CommandLine, Ct);

        Assert.Equal(added, await Store.FindByHostNameAsync("FRIDGES.example.com", Ct));
    }

    private static NewApplication Wanted(string slug, string scope) =>
        new()
        {
            Slug = slug,
            Name = slug,
            IdScope = scope,
        };
}
