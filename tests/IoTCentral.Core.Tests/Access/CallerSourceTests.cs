using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Tenants;
using Microsoft.Extensions.Time.Testing;

namespace IoTCentral.Core.Tests.Access;

public sealed class CallerSourceTests : IDisposable
{
    private static readonly Guid Anna = Guid.CreateVersion7();

    private readonly FakeTimeProvider _time = new();
    private readonly ChangeFeed _changes = new();
    private readonly AccessStore _store = new();
    private readonly CallerSource _source;

    public CallerSourceTests() => _source = new(_store, _changes, _time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_member_may_do_what_her_role_says()
    {
        var access = await FindAsync();

        Assert.Equal(Role.Operator.Permissions, access?.Caller.Permissions);
        Assert.Equal(new TenantId(7), access?.Caller.Tenant);
        Assert.Equal("10.0.0.1", access?.Caller.Actor.Address);
    }

    [Fact]
    public async Task An_ended_membership_is_noticed_within_half_a_minute()
    {
        await FindAsync();
        _store.Found = null;

        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.NotNull(await FindAsync());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await FindAsync());
    }

    [Fact]
    public async Task A_change_of_the_application_is_noticed_at_once()
    {
        await FindAsync();
        _store.Found = null;

        _changes.Publish(new(new TenantId(7), ChangeKind.Application));

        Assert.Null(await FindAsync());
    }

    [Fact]
    public async Task Other_news_cost_no_question()
    {
        await FindAsync();
        _changes.Publish(new(new TenantId(7), ChangeKind.Device));
        _changes.Publish(new(new TenantId(8), ChangeKind.Application));

        await FindAsync();

        Assert.Equal(1, _store.Asked);
    }

    [Fact]
    public async Task A_suspended_application_admits_nobody()
    {
        _store.Found = _store.Found! with { Application = _store.Found.Application with { IsSuspended = true } };

        Assert.Null(await FindAsync());
    }

    [Fact]
    public async Task An_unknown_role_admits_nobody()
    {
        _store.Found = _store.Found! with { Membership = _store.Found.Membership with { RoleId = "made-up" } };

        Assert.Null(await FindAsync());
    }

    public void Dispose() => _source.Dispose();

    private ValueTask<CallerAccess?> FindAsync() => _source.FindAsync(Anna, "fridges", "10.0.0.1", Ct);

    private sealed class AccessStore : IAccessStore
    {
        public int Asked { get; private set; }

        public Admission? Found { get; set; } =
            new(
                new()
                {
                    TenantId = new(7),
                    Slug = "fridges",
                    Name = "Fridges",
                    IdScope = "0ne00000001",
                    CreatedAt = DateTimeOffset.UnixEpoch,
                },
                new()
                {
                    TenantId = new(7),
                    PersonId = Anna,
                    RoleId = Role.Operator.Id,
                },
                new()
                {
                    Id = Anna,
                    Email = "anna@example.com",
                    Name = "Anna",
                    CreatedAt = DateTimeOffset.UnixEpoch,
                }
            );

        public Task<Admission?> FindAdmissionAsync(Guid personId, string slug, CancellationToken ct)
        {
            Asked++;
            return Task.FromResult(Found);
        }

        public Task<IReadOnlyList<(Application Application, Membership Membership)>> MembershipsOfAsync(
            Guid personId,
            CancellationToken ct
        ) => throw new NotSupportedException();

        public Task<Membership?> FindMembershipAsync(TenantId tenant, Guid personId, CancellationToken ct) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<(Person Person, Membership Membership)>> MembersAsync(
            TenantId tenant,
            CancellationToken ct
        ) => throw new NotSupportedException();

        public Task PutMembershipAsync(Membership membership, AuditEntry audit, CancellationToken ct) =>
            throw new NotSupportedException();

        public Task RemoveMembershipAsync(TenantId tenant, Guid personId, AuditEntry audit, CancellationToken ct) =>
            throw new NotSupportedException();

        public Task<Person?> FindPersonAsync(Guid personId, CancellationToken ct) => throw new NotSupportedException();

        public Task<IReadOnlyList<Guid>> InstallationAdministratorsAsync(CancellationToken ct) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<TenantId>> UnownedAsync(CancellationToken ct) => throw new NotSupportedException();
    }
}
