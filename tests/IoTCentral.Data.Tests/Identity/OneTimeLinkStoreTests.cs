using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Data.Identity;
using IoTCentral.Testing;

namespace IoTCentral.Data.Tests.Identity;

public sealed class OneTimeLinkStoreTests(TestDatabase database) : IClassFixture<TestDatabase>, IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Tomorrow = Noon.AddDays(1);

    private readonly UserStore _users = new(database.TenantDb);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private OneTimeLinkStore Store => new(database.TenantDb);

    [Fact]
    public async Task A_link_makes_one_administrator_and_no_second()
    {
        await Store.AddAsync([1], (Noon, Tomorrow), AuditActor.CommandLine, Ct);

        var first = await RedeemAsync([1], "first@link", Noon);
        var second = await RedeemAsync([1], "second@link", Noon);

        Assert.NotNull(first);
        Assert.Null(second);
        Assert.True((await _users.FindByEmailAsync("FIRST@LINK", Ct))!.IsInstallationAdministrator);
        Assert.Null(await _users.FindByEmailAsync("SECOND@LINK", Ct));
    }

    [Fact]
    public async Task Of_two_uses_at_the_same_moment_one_wins()
    {
        await Store.AddAsync([2], (Noon, Tomorrow), AuditActor.CommandLine, Ct);

        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => RedeemAsync([2], $"racer{i}@link", Noon)));

        Assert.Single(ids, id => id is not null);
    }

    [Fact]
    public async Task An_expired_link_is_dead()
    {
        await Store.AddAsync([3], (Noon, Tomorrow), AuditActor.CommandLine, Ct);

        Assert.True(await Store.IsOpenAsync([3], Tomorrow.AddSeconds(-1), Ct));
        Assert.False(await Store.IsOpenAsync([3], Tomorrow, Ct));
        Assert.Null(await RedeemAsync([3], "late@link", Tomorrow));
    }

    [Fact]
    public async Task Somebody_who_lost_the_password_gets_a_new_one_and_keeps_the_account()
    {
        await Store.AddAsync([4], (Noon, Tomorrow), AuditActor.CommandLine, Ct);
        var before = await RedeemAsync([4], "lost@link", Noon);
        await Store.AddAsync([5], (Noon, Tomorrow), AuditActor.CommandLine, Ct);

        var after = await RedeemAsync([5], "lost@link", Noon, "new hash");

        Assert.Equal(before, after);
        Assert.Equal("new hash", (await _users.FindByEmailAsync("LOST@LINK", Ct))!.PasswordHash);
    }

    public void Dispose() => _users.Dispose();

    private Task<Guid?> RedeemAsync(byte[] hash, string email, DateTimeOffset at, string passwordHash = "hash")
    {
        var account = new Account
        {
            Email = email,
            NormalizedEmail = email.ToUpperInvariant(),
            PasswordHash = passwordHash,
        };
        return Store.RedeemAsync(hash, account, AuditActor.CommandLine, at, Ct);
    }
}
