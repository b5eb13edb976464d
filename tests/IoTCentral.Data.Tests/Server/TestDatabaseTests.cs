using Dapper;
using IoTCentral.Testing;

namespace IoTCentral.Data.Tests.Server;

public sealed class TestDatabaseTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_test_database_is_migrated_and_its_own()
    {
        await using var other = new TestDatabase();
        await other.InitializeAsync();
        var tenant = await other.NewTenantAsync(Ct);

        Assert.Single(await other.TenantDb.QueryAsync<int>(tenant, "select id from organization", null, Ct));
        await using var mine = await database.OpenAsOwnerAsync(Ct);
        Assert.Equal(0, await mine.ExecuteScalarAsync<int>("select count(*) from application"));
    }
}
