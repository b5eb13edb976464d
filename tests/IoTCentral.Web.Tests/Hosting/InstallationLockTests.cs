using IoTCentral.Testing;
using IoTCentral.Web.Hosting;

namespace IoTCentral.Web.Tests.Hosting;

public sealed class InstallationLockTests
{
    private readonly string _folder = TestRun.NewFolder("lock");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_a_server_holds_the_folder_others_learn_who_and_where()
    {
        var (server, _) = await InstallationLock.TakeAsync(_folder, Occupation.Server, Ct);
        server!.Announce("http://localhost:8080");

        var (second, holder) = await InstallationLock.TakeAsync(_folder, Occupation.Server, Ct);

        Assert.Null(second);
        Assert.Equal(new Holder(Occupation.Server, Environment.ProcessId, "http://localhost:8080"), holder);
        server.Dispose();
    }

    [Fact]
    public async Task A_server_waits_for_a_command_to_be_done()
    {
        var (command, _) = await InstallationLock.TakeAsync(_folder, Occupation.Command, Ct);
        var taking = InstallationLock.TakeAsync(_folder, Occupation.Server, Ct);
        Assert.False(taking.IsCompleted);

        command!.Dispose();

        var (server, _) = await taking;
        Assert.NotNull(server);
        server.Dispose();
    }

    [Fact]
    public async Task What_a_killed_server_left_behind_hinders_nobody()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "lock"), "", Ct);
        await File.WriteAllTextAsync(Path.Combine(_folder, "lock.holder"), "Server 1 http://old\n", Ct);

        var (server, _) = await InstallationLock.TakeAsync(_folder, Occupation.Server, Ct);

        Assert.NotNull(server);
        server.Dispose();
    }
}
