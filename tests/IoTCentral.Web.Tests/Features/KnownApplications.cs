using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Web.Tests.Features;

/// <summary>The applications of these tests, in memory.</summary>
internal sealed class KnownApplications : ITenantStore
{
    public List<Application> All { get; } = [];

    public Task<Application?> FindAsync(string slug, CancellationToken ct) =>
        Task.FromResult(All.Find(a => a.Slug == slug));

    public Task<Application?> FindAsync(TenantId tenant, CancellationToken ct) =>
        Task.FromResult(All.Find(a => a.TenantId == tenant));

    public Task<Application?> FindByIdScopeAsync(string idScope, CancellationToken ct) =>
        Task.FromResult(All.Find(a => a.IdScope == idScope));

    public Task<Application?> FindByHostNameAsync(string hostName, CancellationToken ct) =>
        Task.FromResult(All.Find(a => a.HostName == hostName));

    public Task<IReadOnlyList<Application>> ListAsync(CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<Application>>(All);

    public Task<Application> AddAsync(NewApplication application, AuditActor actor, CancellationToken ct)
    {
        if (All.Exists(a => a.Slug == application.Slug))
            throw new ConflictException("application.slug-taken", "It is taken.");
        var made = new Application
        {
            TenantId = new(All.Count + 100),
            Slug = application.Slug,
            Name = application.Name,
            IdScope = application.IdScope,
            TimeZone = application.TimeZone,
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
        All.Add(made);
        return Task.FromResult(made);
    }

    public Task<Application> UpdateAsync(Application changed, AuditActor actor, CancellationToken ct)
    {
        var at = All.FindIndex(a => a.TenantId == changed.TenantId);
        if (All[at].Version != changed.Version)
            throw new StaleEditException("Somebody else changed it.");
        All[at] = changed with { Version = changed.Version + 1 };
        return Task.FromResult(All[at]);
    }
}
