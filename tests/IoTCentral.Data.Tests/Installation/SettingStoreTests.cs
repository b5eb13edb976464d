using Dapper;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Installation;
using IoTCentral.Data.Installation;
using IoTCentral.Testing;

namespace IoTCentral.Data.Tests.Installation;

public sealed class SettingStoreTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private SettingStore Store => new(database.TenantDb);

    [Fact]
    public async Task What_was_never_set_is_not_found() => Assert.Null(await Store.FindAsync("nothing", Ct));

    [Fact]
    public async Task Of_two_who_add_the_first_wins_and_both_learn_it()
    {
        var first = await Store.AddAsync(new Setting("race", "\"first\"", [1, 2]), Ct);
        var second = await Store.AddAsync(new Setting("race", "\"second\"", [3]), Ct);

        Assert.Equal("\"first\"", first.Value);
        Assert.Equal("\"first\"", second.Value);
        Assert.Equal([1, 2], second.Secret!);
    }

    [Fact]
    public async Task A_saved_setting_replaces_the_old_one_and_is_audited()
    {
        await Store.AddAsync(new Setting("saved", "1", null), Ct);

        await Store.SaveAsync(
            new Setting("saved", "2", null),
            new AuditEntry
            {
                Actor = AuditActor.CommandLine,
                Action = "test.save",
                TargetId = "saved",
                After = "2",
            },
            Ct
        );

        Assert.Equal("2", (await Store.FindAsync("saved", Ct))!.Value);
        await using var owner = await database.OpenAsOwnerAsync(Ct);
        Assert.Equal(
            "cli test.save saved",
            await owner.ExecuteScalarAsync<string>(
                "select concat_ws(' ', actor_id, action, target_id) from installation_audit where action = 'test.save'"
            )
        );
    }
}
