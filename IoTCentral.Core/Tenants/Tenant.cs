namespace IoTCentral.Core.Tenants;

/// <summary>Internal number of a tenant. People and programs see the application's slug instead.</summary>
public readonly record struct TenantId(int Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A tenant as pages and REST show it: the unit of isolation, with its own ID scope, devices, data and people.</summary>
public sealed record Application
{
    public required TenantId TenantId { get; init; }

    /// <summary>Public id, in addresses and tokens: 2–48 of <c>a-z 0-9 -</c>.</summary>
    public required string Slug { get; init; }
    public required string Name { get; init; }

    /// <summary>What devices send as ID scope, e.g. <c>0ne0012AB34</c>; unique in the installation.</summary>
    public required string IdScope { get; init; }

    /// <summary>Own host name for devices and pages; null: the base host, where the credential decides.</summary>
    public string? HostName { get; init; }

    /// <summary>IANA zone that days, long windows and mails use.</summary>
    public string TimeZone { get; init; } = "Etc/UTC";
    public bool IsSuspended { get; init; }
    public int Version { get; init; } = 1;
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Id of the root organization, there from the first day.</summary>
    public const int RootOrganization = 1;
}

/// <summary>What <see cref="ITenantStore.AddAsync"/> needs beyond the application itself.</summary>
public sealed record NewApplication
{
    public required string Slug { get; init; }
    public required string Name { get; init; }
    public required string IdScope { get; init; }
    public string TimeZone { get; init; } = "Etc/UTC";
    public string? HostName { get; init; }

    /// <summary>Its first members, with the role Administrator.</summary>
    public IReadOnlyList<Guid> Administrators { get; init; } = [];
}

/// <summary>The applications of this installation.</summary>
public interface ITenantStore
{
    Task<Application?> FindAsync(string slug, CancellationToken ct);
    Task<Application?> FindAsync(TenantId tenant, CancellationToken ct);
    Task<Application?> FindByIdScopeAsync(string idScope, CancellationToken ct);

    /// <summary>The application that has this host name (any case) for itself.</summary>
    Task<Application?> FindByHostNameAsync(string hostName, CancellationToken ct);
    Task<IReadOnlyList<Application>> ListAsync(CancellationToken ct);

    /// <summary>Adds the application with its root organization and members, in one transaction with the audit row.</summary>
    /// <exception cref="Common.ConflictException">
    /// <c>application.slug-taken</c>, <c>application.id-scope-taken</c> or <c>application.host-taken</c>.
    /// </exception>
    Task<Application> AddAsync(NewApplication application, Audit.AuditActor actor, CancellationToken ct);

    /// <summary>Saves name, time zone, host name, suspension.</summary>
    /// <exception cref="Common.StaleEditException">Somebody else saved in between.</exception>
    /// <exception cref="Common.NotFoundException">It is gone.</exception>
    Task<Application> UpdateAsync(Application changed, Audit.AuditActor actor, CancellationToken ct);
}
