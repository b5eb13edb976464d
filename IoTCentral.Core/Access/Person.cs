namespace IoTCentral.Core.Access;

/// <summary>Somebody who signs in. Lives outside tenants; memberships give rights inside them.</summary>
public sealed record Person
{
    public required Guid Id { get; init; }
    public required string Email { get; init; }
    public required string Name { get; init; }

    /// <summary>May run the installation: applications, mail set-up, connection attempts of nobody.</summary>
    public bool IsInstallationAdministrator { get; init; }

    /// <summary>IANA zone for mails and pages; null: the application's.</summary>
    public string? TimeZone { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A person's role in an application.</summary>
public sealed record Membership
{
    public required Tenants.TenantId TenantId { get; init; }
    public required Guid PersonId { get; init; }
    public required string RoleId { get; init; }
    public int OrganizationId { get; init; } = Tenants.Application.RootOrganization;
}

/// <summary>A program's key to the REST API of one application; the secret itself is never stored.</summary>
public sealed record ApiToken
{
    public required Tenants.TenantId TenantId { get; init; }
    public required string Id { get; init; }
    public required string RoleId { get; init; }
    public int OrganizationId { get; init; } = Tenants.Application.RootOrganization;
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>SHA-256 of the signature part; compared in constant time.</summary>
    public required byte[] Hash { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>People's rights and programs' tokens.</summary>
public interface IAccessStore
{
    /// <summary>The applications this person is a member of, by name.</summary>
    Task<IReadOnlyList<(Tenants.Application Application, Membership Membership)>> MembershipsOfAsync(
        Guid personId,
        CancellationToken ct
    );

    Task<Membership?> FindMembershipAsync(Tenants.TenantId tenant, Guid personId, CancellationToken ct);
    Task<IReadOnlyList<(Person Person, Membership Membership)>> MembersAsync(
        Tenants.TenantId tenant,
        CancellationToken ct
    );
    Task PutMembershipAsync(Membership membership, Audit.AuditEntry audit, CancellationToken ct);
    Task RemoveMembershipAsync(Tenants.TenantId tenant, Guid personId, Audit.AuditEntry audit, CancellationToken ct);

    Task AddTokenAsync(ApiToken token, Audit.AuditEntry audit, CancellationToken ct);
    Task<ApiToken?> FindTokenAsync(string slug, string tokenId, CancellationToken ct);
}
