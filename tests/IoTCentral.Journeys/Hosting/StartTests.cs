using IoTCentral.Data.Server;
using IoTCentral.Testing;

namespace IoTCentral.Journeys.Hosting;

/// <summary>The program as a process: how it starts, says so, and ends.</summary>
public sealed class StartTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_says_READY_with_all_a_first_visitor_and_a_first_device_need_and_ends_cleanly()
    {
        await using var server = await ServerProcess.StartAsync([], Ct);
        var database = DatabaseOf(server);

        Assert.StartsWith($"http://{server.Address}:", server.Ready.Web, StringComparison.Ordinal);
        Assert.StartsWith($"{server.Ready.Web}/setup/", server.Ready.Setup, StringComparison.Ordinal);
        Assert.Equal($"{server.Address}:8883", server.Ready.Mqtt);
        Assert.Contains(
            "BEGIN CERTIFICATE",
            await File.ReadAllTextAsync(server.Ready.Ca, Ct),
            StringComparison.Ordinal
        );
        Assert.Null(server.Ready.IdScope);

        Assert.NotNull(Postmaster.FindAlive(database));
        Assert.Equal(0, await server.StopAsync(Ct));
        Assert.Null(Postmaster.FindAlive(database));
    }

    [Fact]
    public async Task Programs_that_lie_where_it_is_started_are_not_run()
    {
        var folder = TestRun.NewFolder("planted");
        foreach (var name in new[] { "test", "id", "ls", "install", "setpriv", "pg_ctl", "initdb" })
        {
            var file = Path.Combine(folder, name);
            await File.WriteAllTextAsync(file, $"#!/bin/sh\ntouch '{folder}/was-run'\nexit 1\n", Ct);
            File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
        }

        var data = TestRun.NewFolder("data");
        var run = ProgramRun.Start(["app", "create", "--name", "Safe", $"--data={data}"], folder: folder);

        Assert.Equal(0, await run.ExitAsync(Patience, Ct));
        Assert.False(File.Exists(Path.Combine(folder, "was-run")), run.Log);
    }

    [Fact]
    public async Task A_second_start_on_the_same_folder_says_so_and_stops()
    {
        await using var server = await ServerProcess.StartAsync([], Ct);

        var second = ProgramRun.Start([$"--data={server.DataFolder}"]);

        Assert.Equal(1, await second.ExitAsync(Patience, Ct));
        Assert.Contains($"already runs in {server.DataFolder}", second.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_it_starts_again_with_its_data_and_takes_over_its_PostgreSQL()
    {
        await using var server = await ServerProcess.StartAsync([], Ct);
        var scope = await server.CommandAsync(["app", "create", "--name", "Kept"], Ct);
        var postmaster = Postmaster.FindAlive(DatabaseOf(server));
        await server.KillAsync(Ct);

        await server.StartAsync(Ct);

        Assert.Equal(scope, server.Ready.IdScope);
        Assert.Equal(postmaster, Postmaster.FindAlive(DatabaseOf(server)));
    }

    [Fact]
    public async Task Told_to_stop_while_it_starts_it_leaves_nothing_running()
    {
        var folder = TestRun.NewFolder("interrupted");
        var run = ProgramRun.Start([
            $"--data={folder}",
            $"--Http:Address={Loopback.NewAddress()}",
            $"--Hub:Address={Loopback.NewAddress()}",
        ]);
        await run.LineAsync(l => l.StartsWith("Making a database", StringComparison.Ordinal), Patience, Ct);

        // Not INT: a shell that runs tests in the background has its children ignore that one.
        await run.SignalAsync("TERM", Ct);

        Assert.Equal(0, await run.ExitAsync(Patience, Ct));
        Assert.Null(Postmaster.FindAlive(Path.Combine(folder, "postgres", "cluster")));
        Assert.DoesNotContain("READY", run.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_work_beside_the_server_and_without_it()
    {
        await using var server = await ServerProcess.StartAsync([], Ct);

        await server.CommandAsync(
            ["app", "create", "--name", "Two words", "--id=mine", "--id-scope", "0ne00ABCDEF"],
            Ct
        );
        var token = await server.CommandAsync(["token", "--app", "mine", "--role", "builder"], Ct);
        var link = await server.CommandAsync(["setup-link"], Ct);
        Assert.StartsWith("SharedAccessSignature sr=", token, StringComparison.Ordinal);
        Assert.StartsWith($"{server.Ready.Web}/setup/", link, StringComparison.Ordinal);

        await server.StopAsync(Ct);
        Assert.NotEqual(token, await server.CommandAsync(["token", "--app", "mine", "--role", "builder"], Ct));
        Assert.Null(Postmaster.FindAlive(DatabaseOf(server)));
    }

    [Theory]
    [InlineData("There is no application 'none'.", "token", "--app", "none", "--role", "Builder")]
    [InlineData(
        "There is no role 'King'; roles are Administrator, Builder, Operator.",
        "token",
        "--app",
        "a",
        "--role",
        "King"
    )]
    [InlineData("There is no file /nowhere.", "ca", "import", "/nowhere")]
    public async Task A_command_that_cannot_be_done_says_why(string sentence, params string[] arguments)
    {
        var run = ProgramRun.Start([.. arguments, $"--data={TestRun.NewFolder("refused")}"]);

        Assert.Equal(1, await run.ExitAsync(Patience, Ct));
        Assert.EndsWith(sentence, run.Log.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_typing_error_in_the_folder_of_a_command_makes_no_new_installation()
    {
        var folder = Path.Combine(TestRun.Folder, "no-such-folder");
        var run = ProgramRun.Start(["setup-link", $"--data={folder}"]);

        Assert.Equal(1, await run.ExitAsync(Patience, Ct));
        Assert.StartsWith($"There is no installation in {folder}", run.Log, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
    }

    private static string DatabaseOf(ServerProcess server) => ClusterPlace.Find(server.DataFolder)!.Cluster;
}
