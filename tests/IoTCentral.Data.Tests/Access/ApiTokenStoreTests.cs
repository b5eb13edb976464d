using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Access;
using IoTCentral.Data.Tenants;
using IoTCentral.Testing;

namespace IoTCentral.Data.Tests.Access;

public sealed class ApiTokenStoreTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ApiTokenStore Store => new(database.TenantDb);

    [Fact]
    public async Task A_token_is_found_with_its_application()
    {
        var application = await ApplicationAsync("with-token");
        await Store.AddAsync(Token(application, "deploy"), Act("deploy"), Ct);

        var found = await Store.FindAsync("with-token", "deploy", Ct);

        Assert.Equal(application, found?.Application);
        Assert.Equal(Token(application, "deploy").Hash, found?.Token.Hash);
        Assert.Equal(Noon, found?.Token.ExpiresAt);
    }

    [Fact]
    public async Task Another_applications_token_is_not_found()
    {
        var (mine, yours) = (await ApplicationAsync("mine"), await ApplicationAsync("yours"));
        await Store.AddAsync(Token(yours, "deploy"), Act("deploy"), Ct);

        Assert.Null(await Store.FindAsync("mine", "deploy", Ct));
        Assert.Empty(await Store.ListAsync(mine.TenantId, Ct));
        Assert.False(await Store.DeleteAsync(mine.TenantId, "deploy", Act("deploy"), Ct));
    }

    [Fact]
    public async Task A_deleted_token_is_gone()
    {
        var application = await ApplicationAsync("deleted");
        await Store.AddAsync(Token(application, "deploy"), Act("deploy"), Ct);

        Assert.True(await Store.DeleteAsync(application.TenantId, "deploy", Act("deploy"), Ct));

        Assert.Null(await Store.FindAsync("deleted", "deploy", Ct));
    }

    [Fact]
    public async Task A_second_token_of_the_same_id_is_refused()
    {
        var application = await ApplicationAsync("twice");
        await Store.AddAsync(Token(application, "deploy"), Act("deploy"), Ct);

        await Assert.ThrowsAsync<ConflictException>(() =>
            Store.AddAsync(Token(application, "deploy"), Act("deploy"), Ct)
        );
    }

    [Fact]
    public async Task A_suspended_application_has_no_tokens()
    {
        var application = await ApplicationAsync("suspended");
        await Store.AddAsync(Token(application, "deploy"), Act("deploy"), Ct);

        await Tenants.UpdateAsync(application with { IsSuspended = true }, AuditActor.CommandLine, Ct);

        Assert.Null(await Store.FindAsync("suspended", "deploy", Ct));
    }

    private TenantStore Tenants => new(database.TenantDb, TimeProvider.System);

    private Task<Application> ApplicationAsync(string slug) =>
        Tenants.AddAsync(
            new()
            {
                Slug = slug,
                Name = slug,
                IdScope = IdScope.New(),
            },
            AuditActor.CommandLine,
            Ct
        );

    private static ApiToken Token(Application application, string id) =>
        new()
        {
            TenantId = application.TenantId,
            Id = id,
            RoleId = Role.Operator.Id,
            ExpiresAt = Noon,
            CreatedAt = Noon,
            Hash = [1, 2, 3],
        };

    private static AuditEntry Act(string id) =>
        new()
        {
            Actor = AuditActor.CommandLine,
            Action = "token.create",
            TargetId = id,
        };
}
