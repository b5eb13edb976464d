using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Data.Identity;
using IoTCentral.Testing;
using Microsoft.AspNetCore.Identity;

namespace IoTCentral.Data.Tests.Identity;

public sealed class UserStoreTests(TestDatabase database) : IClassFixture<TestDatabase>, IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly UserStore _store = new(database.TenantDb);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_that_is_saved_comes_back()
    {
        var anna = await AddAsync("anna@full");
        anna.LockoutEnd = Noon.AddHours(1);
        anna.TimeZone = "Europe/Berlin";
        anna.Theme = "dark";
        anna.PasswordHash = "hash";

        var result = await _store.UpdateAsync(anna, Ct);

        Assert.True(result.Succeeded);
        Assert.Equivalent(anna, await _store.FindByIdAsync(anna.Id.ToString(), Ct), strict: true);
        Assert.Equivalent(anna, await _store.FindByEmailAsync("ANNA@FULL", Ct), strict: true);
    }

    [Fact]
    public async Task A_second_account_of_the_same_address_is_refused()
    {
        await AddAsync("anna@twice");

        var result = await _store.CreateAsync(New("anna@twice"), Ct);

        Assert.Equal("DuplicateEmail", Assert.Single(result.Errors).Code);
    }

    [Fact]
    public async Task An_update_of_an_older_copy_is_refused()
    {
        var mine = await AddAsync("anna@stale");
        var yours = await _store.FindByIdAsync(mine.Id.ToString(), Ct);
        await _store.UpdateAsync(mine, Ct);

        var result = await _store.UpdateAsync(yours!, Ct);

        Assert.Equal("ConcurrencyFailure", Assert.Single(result.Errors).Code);
    }

    [Fact]
    public async Task Wrong_passwords_at_the_same_moment_all_count()
    {
        var anna = await AddAsync("anna@count");

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _store.IncrementAccessFailedCountAsync(Copy(anna), Ct)));

        Assert.Equal(20, (await _store.FindByIdAsync(anna.Id.ToString(), Ct))!.AccessFailedCount);
    }

    [Fact]
    public async Task A_change_is_audited_once()
    {
        var anna = await AddAsync("anna@audit");
        anna.Change = new()
        {
            Actor = AuditActor.CommandLine,
            Action = "person.update",
            TargetId = anna.Id.ToString(),
        };

        await _store.UpdateAsync(anna, Ct);
        await _store.UpdateAsync(anna, Ct);

        Assert.Equal(1, await AuditRowsAsync(anna.Id));
    }

    [Fact]
    public async Task Ended_sessions_are_dead_and_so_are_all_when_the_stamp_changes()
    {
        var sessions = new SessionStore(database.TenantDb);
        var anna = await AddAsync("anna@session");
        var (first, second) = (await BeginAsync(sessions, anna), await BeginAsync(sessions, anna));
        await sessions.EndAsync(first, Noon, Ct);

        Assert.False(await sessions.IsLiveAsync(first, anna.Id, anna.SecurityStamp, Ct));
        Assert.True(await sessions.IsLiveAsync(second, anna.Id, anna.SecurityStamp, Ct));
        Assert.False(await sessions.IsLiveAsync(second, anna.Id, "older stamp", Ct));
        await sessions.EndAllAsync(anna.Id, Noon, Ct);
        Assert.False(await sessions.IsLiveAsync(second, anna.Id, anna.SecurityStamp, Ct));
    }

    [Fact]
    public async Task A_session_is_its_persons_only()
    {
        var sessions = new SessionStore(database.TenantDb);
        var (anna, bert) = (await AddAsync("anna@own"), await AddAsync("bert@own"));
        var hers = await BeginAsync(sessions, anna);

        Assert.False(await sessions.IsLiveAsync(hers, bert.Id, bert.SecurityStamp, Ct));
    }

    public void Dispose() => _store.Dispose();

    private async Task<Account> AddAsync(string email)
    {
        var account = New(email);
        Assert.Equal(IdentityResult.Success, await _store.CreateAsync(account, Ct));
        return account;
    }

    private static async Task<Guid> BeginAsync(SessionStore sessions, Account account)
    {
        var id = Guid.CreateVersion7();
        await sessions.AddAsync(
            new()
            {
                Id = id,
                PersonId = account.Id,
                CreatedAt = Noon,
            },
            Ct
        );
        return id;
    }

    private async Task<int> AuditRowsAsync(Guid id) =>
        await database.TenantDb.FindPlatformAsync<int>(
            "select count(*)::int from installation_audit where target_id = @id",
            new { id = id.ToString() },
            Ct
        );

    private static Account New(string email) =>
        new()
        {
            Email = email,
            NormalizedEmail = email.ToUpperInvariant(),
            Name = "Anna",
            SecurityStamp = "stamp",
            CreatedAt = Noon,
        };

    private static Account Copy(Account account) => new() { Id = account.Id };
}
