using System.Security.Claims;
using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Ui;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Ui;

/// <summary>A browser-less page with our services, a signed-in person and the applications they are a member of.</summary>
public abstract class UiContext : BunitContext, IAsyncLifetime
{
    protected static readonly Guid Person = new("0196b0a0-0000-7000-8000-000000000001");

    protected UiContext()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddUiParts();
        Services.AddSingleton<IAccessStore>(Access);
        Services.AddSingleton(new ChangeFeed());
        Services.AddSingleton<ICallerSource, CallerSource>();
        Services.AddSingleton(TimeProvider.System);
        var signedIn = this.AddAuthorization();
        signedIn.SetAuthorized("m.keller@example.com");
        signedIn.SetClaims(new Claim(ClaimTypes.NameIdentifier, Person.ToString()));
    }

    internal Memberships Access { get; } = new();

    /// <summary>Renders as in a live circuit; no service can be added after this.</summary>
    protected void Interactive() => Renderer.SetRendererInfo(new("Server", isInteractive: true));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    protected static Application App(string slug = "fresh-market", string name = "Fresh Market") =>
        new()
        {
            TenantId = new(1),
            Slug = slug,
            Name = name,
            IdScope = "0ne00000001",
            CreatedAt = DateTimeOffset.UnixEpoch,
        };

    protected static Caller CallerWith(Role role) =>
        new()
        {
            Tenant = new(1),
            Actor = new AuditActor("person", Person.ToString(), "M. Keller"),
            Permissions = role.Permissions,
            PersonId = Person,
        };
}

/// <summary>The memberships of the one person of these tests.</summary>
internal sealed class Memberships : IAccessStore
{
    public List<(Application Application, Membership Membership)> All { get; } = [];

    public void Add(Application application, Role role) =>
        All.Add(
            (
                application,
                new Membership
                {
                    TenantId = application.TenantId,
                    PersonId = Guid.Empty,
                    RoleId = role.Id,
                }
            )
        );

    public Task<IReadOnlyList<(Application Application, Membership Membership)>> MembershipsOfAsync(
        Guid personId,
        CancellationToken ct
    ) => Task.FromResult<IReadOnlyList<(Application, Membership)>>(All);

    public Task<Membership?> FindMembershipAsync(TenantId tenant, Guid personId, CancellationToken ct) =>
        Task.FromResult(All.Select(m => m.Membership).FirstOrDefault(m => m.TenantId == tenant));

    public Task<IReadOnlyList<(Person Person, Membership Membership)>> MembersAsync(
        TenantId tenant,
        CancellationToken ct
    ) => throw new NotSupportedException();

    public Task PutMembershipAsync(Membership membership, AuditEntry audit, CancellationToken ct) =>
        throw new NotSupportedException();

    public Task RemoveMembershipAsync(TenantId tenant, Guid personId, AuditEntry audit, CancellationToken ct) =>
        throw new NotSupportedException();

    /// <summary>The store answers no sooner.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public async Task<Admission?> FindAdmissionAsync(Guid personId, string slug, CancellationToken ct)
    {
        await Gate;
        var (application, membership) = All.FirstOrDefault(m => m.Application.Slug == slug);
        var person = new Person
        {
            Id = personId,
            Email = "m.keller@example.com",
            Name = "M. Keller",
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
        return application is null ? null : new Admission(application, membership, person);
    }

    /// <summary>Whether the one person runs the installation.</summary>
    public bool IsInstallationAdministrator { get; set; }

    public Task<Person?> FindPersonAsync(Guid personId, CancellationToken ct) =>
        Task.FromResult<Person?>(
            new()
            {
                Id = personId,
                Email = "m.keller@example.com",
                Name = "M. Keller",
                IsInstallationAdministrator = IsInstallationAdministrator,
                CreatedAt = DateTimeOffset.UnixEpoch,
            }
        );

    public Task<IReadOnlyList<Guid>> InstallationAdministratorsAsync(CancellationToken ct) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<TenantId>> UnownedAsync(CancellationToken ct) => throw new NotSupportedException();
}
