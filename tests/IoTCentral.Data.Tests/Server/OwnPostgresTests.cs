using System.Diagnostics;
using IoTCentral.Core.Installation;
using IoTCentral.Data.Server;
using IoTCentral.Testing;
using Npgsql;

namespace IoTCentral.Data.Tests.Server;

public sealed class OwnPostgresTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_data_folder_gets_a_cluster_that_loses_nothing_it_confirmed()
    {
        await using var server = await StartAsync(TestRun.NewFolder("new"), Durability.Full);

        await using var source = NpgsqlDataSource.Create(server.ConnectionString);
        await DurabilityCheck.DemandAsync(source, Ct);
        Assert.Equal("1", await AskAsync(server, "select 1::text"));
        Assert.Equal("", await AskAsync(server, "show listen_addresses"));
        Assert.Equal("ä", await AskAsync(server, "select lower('Ä')"));
    }

    [Theory]
    [InlineData("with a space")]
    [InlineData("quote' \"double\" $HOME `id` ; and, comma")]
    [InlineData(
        "a-path-so-long-that-no-unix-socket-could-lie-in-it-because-those-have-one-hundred-and-seven-bytes-at-most"
    )]
    public async Task Any_folder_name_will_do(string name)
    {
        await using var server = await StartAsync(TestRun.NewFolder(name));

        Assert.Equal("1", await AskAsync(server, "select 1::text"));
    }

    [Fact]
    public async Task Data_is_still_there_at_the_second_start()
    {
        var folder = TestRun.NewFolder("second");
        await using (var first = await StartAsync(folder))
        {
            await AskAsync(first, "create table t as select 42 as x");
        }

        await using var second = await StartAsync(folder);

        Assert.Equal("42", await AskAsync(second, "select x::text from t"));
    }

    [Fact]
    public async Task A_server_that_outlived_a_killed_program_is_taken_over()
    {
        var folder = TestRun.NewFolder("adopt");
        var orphan = await StartAsync(folder);
        var pid = Postmaster.FindAlive(orphan.Place.Cluster);

        await using var adopted = await StartAsync(folder);

        Assert.Equal(pid, Postmaster.FindAlive(adopted.Place.Cluster));
        Assert.Equal("1", await AskAsync(adopted, "select 1::text"));
    }

    [Fact]
    public async Task A_killed_server_is_back_by_itself_with_what_it_had_confirmed()
    {
        await using var server = await StartAsync(TestRun.NewFolder("revive"), Durability.Full);
        await AskAsync(server, "create table t as select 42 as x");
        var back = new TaskCompletionSource();
        server.Watch(
            TimeProvider.System,
            line => _ = line.Contains("is back", StringComparison.Ordinal) && back.TrySetResult()
        );

        using var postmaster = Process.GetProcessById(Postmaster.FindAlive(server.Place.Cluster)!.Value);
        postmaster.Kill();
        await back.Task.WaitAsync(TimeSpan.FromSeconds(10), Ct);

        Assert.Equal("42", await AskAsync(server, "select x::text from t"));
    }

    [Fact]
    public async Task Stopping_ends_the_server_and_its_watch()
    {
        var server = await StartAsync(TestRun.NewFolder("stop"));
        server.Watch(TimeProvider.System, _ => { });

        await server.StopAsync(Ct);

        Assert.Null(Postmaster.FindAlive(server.Place.Cluster));
    }

    [Fact]
    public async Task A_pid_file_that_names_somebody_elses_process_does_not_hinder_the_start()
    {
        var folder = TestRun.NewFolder("stale");
        var first = await StartAsync(folder);
        await first.StopAsync(Ct);
        var pidFile = Path.Combine(first.Place.Cluster, "postmaster.pid");
        await File.WriteAllLinesAsync(pidFile, ["1", first.Place.Cluster, "1", "5432", "", "", "", ""], Ct);

        await using var second = await StartAsync(folder);

        Assert.Equal("1", await AskAsync(second, "select 1::text"));
    }

    [Fact]
    public async Task A_server_that_may_lose_commits_is_refused()
    {
        await using var server = await StartAsync(TestRun.NewFolder("unsafe"), Durability.OffForTests);
        await using var source = NpgsqlDataSource.Create(server.ConnectionString);

        var refusal = await Assert.ThrowsAsync<InstallationException>(() => DurabilityCheck.DemandAsync(source, Ct));

        Assert.Contains("fsync = off", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_password_file_is_named()
    {
        var folder = TestRun.NewFolder("password");
        await (await StartAsync(folder)).DisposeAsync();
        File.Delete(Path.Combine(folder, "postgres.password"));

        var refusal = await Assert.ThrowsAsync<InstallationException>(() => StartAsync(folder));

        Assert.Contains("postgres.password is missing", refusal.Message, StringComparison.Ordinal);
    }

    private static Task<OwnPostgres> StartAsync(string folder, Durability durability = Durability.OffForTests) =>
        OwnPostgres.StartAsync(folder, durability, _ => { }, Ct);

    private static async Task<string?> AskAsync(OwnPostgres server, string sql)
    {
        await using var source = NpgsqlDataSource.Create(server.ConnectionString);
        await using var command = source.CreateCommand(sql);
        return (await command.ExecuteScalarAsync(Ct))?.ToString();
    }
}
