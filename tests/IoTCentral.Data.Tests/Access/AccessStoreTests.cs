using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Access;
using IoTCentral.Data.Identity;
using IoTCentral.Data.Tenants;
using IoTCentral.Testing;

namespace IoTCentral.Data.Tests.Access;

public sealed class AccessStoreTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private AccessStore Store => new(database.TenantDb, new(database.SystemDb));

    [Fact]
    public async Task A_person_sees_the_applications_she_is_a_member_of_and_no_other()
    {
        var (anna, bert) = (await PersonAsync("anna@list"), await PersonAsync("bert@list"));
        var hers = await ApplicationAsync("hers", anna);
        await ApplicationAsync("his", bert);

        var memberships = await Store.MembershipsOfAsync(anna, Ct);

        var (application, membership) = Assert.Single(memberships);
        Assert.Equal(hers, application);
        Assert.Equal(Role.Administrator.Id, membership.RoleId);
    }

    [Fact]
    public async Task Admission_is_application_membership_and_person_at_once()
    {
        var anna = await PersonAsync("anna@admission");
        var application = await ApplicationAsync("admission", anna);

        var admission = await Store.FindAdmissionAsync(anna, "admission", Ct);

        Assert.NotNull(admission);
        Assert.Equal(application, admission.Application);
        Assert.Equal(Role.Administrator.Id, admission.Membership.RoleId);
        Assert.Equal("anna@admission", admission.Person.Email);
    }

    [Fact]
    public async Task A_foreign_application_admits_as_little_as_an_unknown_one()
    {
        var (anna, bert) = (await PersonAsync("anna@foreign"), await PersonAsync("bert@foreign"));
        await ApplicationAsync("foreign", bert);

        Assert.Null(await Store.FindAdmissionAsync(anna, "foreign", Ct));
        Assert.Null(await Store.FindAdmissionAsync(anna, "unknown", Ct));
    }

    [Fact]
    public async Task A_removed_membership_admits_no_more_and_is_audited()
    {
        var anna = await PersonAsync("anna@removed");
        var application = await ApplicationAsync("removed", anna);

        await Store.RemoveMembershipAsync(application.TenantId, anna, Act("membership.delete"), Ct);

        Assert.Null(await Store.FindAdmissionAsync(anna, "removed", Ct));
        Assert.Equal(
            ["application.create", "membership.delete"],
            await database.TenantDb.QueryAsync<string>(
                application.TenantId,
                "select action from audit order by id",
                null,
                Ct
            )
        );
    }

    [Fact]
    public async Task A_role_can_be_changed()
    {
        var anna = await PersonAsync("anna@role");
        var application = await ApplicationAsync("role", anna);
        var membership = new Membership
        {
            TenantId = application.TenantId,
            PersonId = anna,
            RoleId = Role.Operator.Id,
        };

        await Store.PutMembershipAsync(membership, Act("membership.update"), Ct);

        Assert.Equal(membership, await Store.FindMembershipAsync(application.TenantId, anna, Ct));
        var (person, _) = Assert.Single(await Store.MembersAsync(application.TenantId, Ct));
        Assert.Equal(anna, person.Id);
    }

    [Fact]
    public async Task Applications_without_members_are_found()
    {
        var anna = await PersonAsync("anna@unowned");
        var owned = await ApplicationAsync("owned", anna);
        var unowned = await ApplicationAsync("unowned");

        var found = await Store.UnownedAsync(Ct);

        Assert.Contains(unowned.TenantId, found);
        Assert.DoesNotContain(owned.TenantId, found);
    }

    private async Task<Guid> PersonAsync(string email)
    {
        var account = new Account
        {
            Email = email,
            NormalizedEmail = email.ToUpperInvariant(),
            CreatedAt = TimeProvider.System.GetUtcNow(),
        };
        using var users = new UserStore(database.TenantDb);
        await users.CreateAsync(account, Ct);
        return account.Id;
    }

    private Task<Application> ApplicationAsync(string slug, params Guid[] administrators) =>
        new TenantStore(database.TenantDb, TimeProvider.System).AddAsync(
            new()
            {
                Slug = slug,
                Name = slug,
                IdScope = IdScope.New(),
                Administrators = administrators,
            },
            AuditActor.CommandLine,
            Ct
        );

    private static AuditEntry Act(string action) =>
        new()
        {
            Actor = AuditActor.CommandLine,
            Action = action,
            TargetId = "x",
        };
}
