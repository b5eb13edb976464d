using IoTCentral.Core.Installation;
using IoTCentral.Data.Server;
using IoTCentral.Testing;

namespace IoTCentral.Data.Tests.Server;

/// <summary>What happens to root, as whom PostgreSQL does not run.</summary>
public sealed class DataOutOfReachTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public DataOutOfReachTests() =>
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root runs PostgreSQL as another user.");

    [Fact]
    public async Task Data_below_a_private_folder_lies_where_the_server_can_reach_it_and_that_is_said()
    {
        var folder = PrivateFolder("private");
        var said = new List<string>();

        await using (var server = await OwnPostgres.StartAsync(folder, Durability.OffForTests, said.Add, Ct))
        {
            Assert.StartsWith("/var/lib/iotcentral/", server.Place.Folder, StringComparison.Ordinal);
            Assert.Contains(said, line => line.Contains(server.Place.Folder, StringComparison.Ordinal));
        }

        said.Clear();
        await using var again = await OwnPostgres.StartAsync(folder, Durability.OffForTests, said.Add, Ct);
        Assert.Empty(said);
    }

    [Fact]
    public async Task A_deleted_data_folder_means_an_empty_database_and_harms_the_old_one_not()
    {
        var folder = PrivateFolder("deleted");
        string old;
        await using (var first = await OwnPostgres.StartAsync(folder, Durability.OffForTests, _ => { }, Ct))
        {
            old = first.Place.Folder;
        }

        Directory.Move(folder, $"{folder}-moved");
        Directory.CreateDirectory(folder, OwnerOnly);
        await using var second = await OwnPostgres.StartAsync(folder, Durability.OffForTests, _ => { }, Ct);

        Assert.NotEqual(old, second.Place.Folder);
        Assert.True(Directory.Exists(old));
    }

    [Fact]
    public async Task A_database_that_another_user_made_is_run_as_that_user()
    {
        var folder = TestRun.NewFolder("nobody");
        await using (await StartAsync(folder)) { }
        await new Command("chown", "-R", "nobody", Path.Combine(folder, "postgres")).RunAsync(Ct);

        await using var server = await StartAsync(folder);

        var pid = Postmaster.FindAlive(server.Place.Cluster);
        var user = await new Command("ps", "-o", "user=", "-p", $"{pid}").RunAsync(Ct);
        Assert.Equal("nobody", user.Output);
    }

    [Fact]
    public async Task A_lost_database_is_named_and_never_replaced_by_an_empty_one()
    {
        var folder = PrivateFolder("lost");
        Directory.CreateSymbolicLink(Path.Combine(folder, "postgres"), "/var/lib/iotcentral/gone");

        var refusal = await Assert.ThrowsAsync<InstallationException>(() =>
            OwnPostgres.StartAsync(folder, Durability.OffForTests, _ => { }, Ct)
        );

        Assert.Contains("/var/lib/iotcentral/gone", refusal.Message, StringComparison.Ordinal);
    }

    private static Task<OwnPostgres> StartAsync(string folder) =>
        OwnPostgres.StartAsync(folder, Durability.OffForTests, _ => { }, Ct);

    private static string PrivateFolder(string name)
    {
        var folder = TestRun.NewFolder(name);
        File.SetUnixFileMode(folder, OwnerOnly);
        return folder;
    }
}
