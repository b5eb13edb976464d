using IoTCentral.Core.Installation;
using IoTCentral.Data.Server;
using IoTCentral.Testing;

namespace IoTCentral.Data.Tests.Server;

public sealed class DatabaseStartTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_master_key_is_refused_and_changes_nothing()
    {
        var folder = TestRun.NewFolder("key");
        var options = new InstallationOptions { DataFolder = folder };
        var key = MasterKey.New();
        await using (await Database.StartAsync(options, key, _ => { }, Ct)) { }

        var refusal = await Assert.ThrowsAsync<WrongMasterKeyException>(() =>
            Database.StartAsync(options, MasterKey.New(), _ => { }, Ct)
        );

        Assert.StartsWith("The master key does not fit this database", refusal.Message, StringComparison.Ordinal);
        await using var again = await Database.StartAsync(options, key, _ => { }, Ct);
        await using var beside = await Database.JoinAsync(options, key, _ => { }, Ct);
        Assert.Equal(again.Settings, beside.Settings);
    }

    [Fact]
    public async Task A_named_server_that_may_lose_commits_is_refused()
    {
        var refusal = await Assert.ThrowsAsync<InstallationException>(() => StartAsync(database.ConnectionString));

        Assert.Contains("fsync = off", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_a_refusal_and_not_waited_for()
    {
        var refusal = await Assert.ThrowsAsync<InstallationException>(() =>
            StartAsync($"{database.ConnectionString};Password=wrong")
        );

        Assert.Contains("password authentication failed", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nonsense_instead_of_a_connection_string_is_named()
    {
        var refusal = await Assert.ThrowsAsync<InstallationException>(() => StartAsync("postgres://somewhere"));

        Assert.StartsWith(
            "ConnectionStrings:Postgres is no connection string",
            refusal.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_server_that_is_away_is_waited_for_and_that_is_said()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var said = new TaskCompletionSource<string>();
        var start = StartAsync("Host=/nowhere;Username=postgres", line => said.TrySetResult(line), patience.Token);

        var line = await said.Task.WaitAsync(Ct);
        await patience.CancelAsync();

        Assert.StartsWith("Waiting for the database server", line, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
    }

    private static Task<Database> StartAsync(
        string connectionString,
        Action<string>? say = null,
        CancellationToken? ct = null
    ) =>
        Database.StartAsync(
            new InstallationOptions
            {
                DataFolder = "/none",
                Postgres = new() { ConnectionString = connectionString },
            },
            MasterKey.New(),
            say ?? (_ => { }),
            ct ?? Ct
        );
}
