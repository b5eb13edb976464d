using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Access;

/// <summary>What somebody wants a new application to be; everything but the name has a default.</summary>
public sealed record ApplicationWish
{
    public required string Name { get; init; }

    /// <summary>Public id; null: made from the name.</summary>
    public string? Slug { get; init; }

    /// <summary>Taken over from elsewhere, so that devices find it; null: a new one.</summary>
    public string? IdScope { get; init; }

    /// <summary>Primary key (base64) of the default enrollment group; null: a new one.</summary>
    public string? GroupKey { get; init; }
    public string TimeZone { get; init; } = "Etc/UTC";

    /// <summary>With the demo's content; its past week follows in the background.</summary>
    public bool WithDemo { get; init; }
}

/// <summary>Makes applications and keeps their settings.</summary>
public sealed class ApplicationRegistry(
    ITenantStore tenants,
    IAccessStore access,
    IEnumerable<IApplicationPart> parts,
    ChangeFeed changes
)
{
    /// <summary>A new application with this person as its Administrator; only who runs the installation may.</summary>
    public Task<Application> CreateAsync(Person creator, ApplicationWish wish, AuditActor actor, CancellationToken ct)
    {
        if (!creator.IsInstallationAdministrator)
            throw new ForbiddenException(
                "access.denied",
                "Only an administrator of this installation can make applications. Ask one of them."
            );
        return CreateAsync(wish, [creator.Id], actor, ct);
    }

    /// <summary>
    /// A new application made by the program or at the command line: everybody who runs the installation becomes its
    /// Administrator; when there is nobody yet, whoever is set up first will.
    /// </summary>
    public async Task<Application> CreateAsync(ApplicationWish wish, AuditActor actor, CancellationToken ct) =>
        await CreateAsync(wish, await access.InstallationAdministratorsAsync(ct), actor, ct);

    /// <summary>Makes what a crash kept from being made; once at each start.</summary>
    public async Task FurnishAllAsync(CancellationToken ct)
    {
        foreach (var application in await tenants.ListAsync(ct))
            await FurnishAsync(application, Furnishing.Default, ct);
    }

    /// <summary>Saves name and time zone.</summary>
    public async Task<Application> SaveAsync(Caller caller, Application changed, CancellationToken ct)
    {
        caller.Demand(Permission.ManageApplication);
        if (changed.TenantId != caller.Tenant)
            throw new NotFoundException("application.unknown", "There is no such application.");
        var clean = changed with { Name = changed.Name.Trim() };
        Refuse(ApplicationRules.Check(clean.Name, clean.TimeZone));
        var saved = await tenants.UpdateAsync(clean, caller.Actor, ct);
        changes.Publish(new(caller.Tenant, ChangeKind.Application));
        return saved;
    }

    private async Task<Application> CreateAsync(
        ApplicationWish wish,
        IReadOnlyList<Guid> administrators,
        AuditActor actor,
        CancellationToken ct
    )
    {
        var clean = wish with { Name = wish.Name.Trim() };
        Refuse(ApplicationRules.Check(clean));
        var wanted = new NewApplication
        {
            Slug = clean.Slug ?? Slug.From(clean.Name),
            Name = clean.Name,
            IdScope = clean.IdScope ?? IdScope.New(),
            TimeZone = clean.TimeZone,
            Administrators = administrators,
        };
        var application = await AddAsync(wanted, mayRename: clean.Slug is null, clean.IdScope is null, actor, ct);
        await FurnishAsync(application, new() { GroupKey = clean.GroupKey, WithDemo = clean.WithDemo }, ct);
        changes.Publish(new(application.TenantId, ChangeKind.Application));
        return application;
    }

    private async Task FurnishAsync(Application application, Furnishing wishes, CancellationToken ct)
    {
        foreach (var part in parts)
            await part.FurnishAsync(application, wishes, ct);
    }

    private async Task<Application> AddAsync(
        NewApplication wanted,
        bool mayRename,
        bool mayRescope,
        AuditActor actor,
        CancellationToken ct
    )
    {
        for (var number = 2; ; number++)
        {
            try
            {
                return await tenants.AddAsync(wanted, actor, ct);
            }
            // an id we chose ourselves gives way; one that was asked for does not
            catch (ConflictException e) when (e.Code == "application.slug-taken" && mayRename && number < 1000)
            {
                wanted = wanted with { Slug = $"{Slug.From(wanted.Name)}-{number}" };
            }
            catch (ConflictException e) when (e.Code == "application.id-scope-taken" && mayRescope && number < 1000)
            {
                wanted = wanted with { IdScope = IdScope.New() };
            }
        }
    }

    private static void Refuse(IReadOnlyList<Fault> faults)
    {
        if (faults.Count > 0)
            throw new InvalidRequestException("application.invalid", faults);
    }
}
