using IoTCentral.Core.Tenants;

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

    /// <summary>What lists and greetings call them.</summary>
    public string DisplayName => Name.Length > 0 ? Name : Email;
}

/// <summary>A person's role in an application.</summary>
public sealed record Membership
{
    public required TenantId TenantId { get; init; }
    public required Guid PersonId { get; init; }
    public required string RoleId { get; init; }
    public int OrganizationId { get; init; } = Application.RootOrganization;
}

/// <summary>A person, seen in one application she is a member of.</summary>
public sealed record Admission(Application Application, Membership Membership, Person Person);

/// <summary>People's rights in applications.</summary>
public interface IAccessStore
{
    /// <summary>The applications this person is a member of, by name; suspended ones too.</summary>
    Task<IReadOnlyList<(Application Application, Membership Membership)>> MembershipsOfAsync(
        Guid personId,
        CancellationToken ct
    );

    /// <summary>Application, membership and person in one round trip; null when any of them is not there.</summary>
    Task<Admission?> FindAdmissionAsync(Guid personId, string slug, CancellationToken ct);

    Task<Membership?> FindMembershipAsync(TenantId tenant, Guid personId, CancellationToken ct);
    Task<IReadOnlyList<(Person Person, Membership Membership)>> MembersAsync(TenantId tenant, CancellationToken ct);
    Task PutMembershipAsync(Membership membership, Audit.AuditEntry audit, CancellationToken ct);
    Task RemoveMembershipAsync(TenantId tenant, Guid personId, Audit.AuditEntry audit, CancellationToken ct);

    Task<Person?> FindPersonAsync(Guid personId, CancellationToken ct);

    /// <summary>Ids of the people who run the installation.</summary>
    Task<IReadOnlyList<Guid>> InstallationAdministratorsAsync(CancellationToken ct);

    /// <summary>Applications without any member: made before there was anybody (demo, command line).</summary>
    Task<IReadOnlyList<TenantId>> UnownedAsync(CancellationToken ct);
}
