using IoTCentral.Core.Certificates;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Provisioning;

/// <summary>A device somewhere in the installation that a connection may mean, with the keys that would prove it.</summary>
public sealed record SignInCandidate
{
    public required TenantId TenantId { get; init; }
    public required long DeviceKey { get; init; }
    public required string DeviceId { get; init; }

    /// <summary>Null: the device itself.</summary>
    public string? ModuleId { get; init; }

    public long? ModuleKey { get; init; }
    public bool IsBlocked { get; init; }
    public bool IsSuspended { get; init; }
    public ProvisioningStatus Status { get; init; }
    public string? TemplateId { get; init; }
    public string? AnnouncedModelId { get; init; }

    /// <summary>Received time of its newest message: the next one is later.</summary>
    public DateTimeOffset? LastMessageAt { get; init; }
    public required CredentialSource Source { get; init; }

    /// <summary>What people call the group it comes by; null: it comes by none.</summary>
    public string? GroupName { get; init; }

    /// <summary>Keys of its group or its own enrollment; null when the enrollment is gone or it has certificates.</summary>
    public WrappedKeys? Keys { get; init; }

    /// <summary>Certificates of its own enrollment.</summary>
    public OwnCertificates? Certificates { get; init; }

    /// <summary>It has registered with its credential, not only been created.</summary>
    public bool IsProven { get; init; }

    /// <summary>Of two equal credentials in two applications the later assigned one is meant.</summary>
    public DateTimeOffset AssignedAt { get; init; }
}

/// <summary>What the hub must know before it knows the tenant.</summary>
public interface ISignInStore
{
    /// <summary>
    /// Devices with this id: of the application whose own host name <paramref name="host"/> is, else of all
    /// applications. Also says whether the host is an application's.
    /// </summary>
    Task<(IReadOnlyList<SignInCandidate> Candidates, bool IsApplicationHost)> CandidatesAsync(
        string deviceId,
        string host,
        CancellationToken ct
    );

    /// <summary>The same of modules, whose keys are their own.</summary>
    Task<(IReadOnlyList<SignInCandidate> Candidates, bool IsApplicationHost)> ModuleCandidatesAsync(
        IdentityId id,
        string host,
        CancellationToken ct
    );

    /// <summary>The verified authorities of these applications, of disabled groups too.</summary>
    Task<IReadOnlyList<SigningCertificate>> AuthoritiesAsync(
        IReadOnlyCollection<TenantId> tenants,
        CancellationToken ct
    );

    /// <summary>Those that nobody has verified yet: they let nobody in, and a refusal may name them.</summary>
    Task<IReadOnlyList<SigningCertificate>> UnverifiedAuthoritiesAsync(TenantId tenant, CancellationToken ct);

    /// <summary>Whether the authority has taken back what it signed under this serial number.</summary>
    Task<bool> IsRevokedAsync(SigningCertificate authority, string serial, CancellationToken ct);

    /// <summary>Whether an application has this host name for itself.</summary>
    Task<bool> IsApplicationHostAsync(string host, CancellationToken ct);

    /// <summary>Which of these devices may not talk (any more), each with its <see cref="ConnectionCode"/>.</summary>
    Task<IReadOnlyList<BarredDevice>> FindBarredAsync(
        IReadOnlyCollection<(TenantId Tenant, long DeviceKey)> devices,
        CancellationToken ct
    );

    /// <summary>The application with this ID scope with its enrollments; null: unknown.</summary>
    Task<ScopeEnrollments?> FindScopeAsync(string idScope, string registrationId, CancellationToken ct);
}

/// <summary>A device that is blocked or deleted, or whose application is suspended.</summary>
public sealed record BarredDevice
{
    public required TenantId TenantId { get; init; }
    public required long DeviceKey { get; init; }
    public required string Code { get; init; }
}

/// <summary>An application as registering devices see it.</summary>
/// <param name="Individual">The individual enrollment of the registration id, if there is one.</param>
/// <param name="Authorities">Verified ones of all its groups.</param>
public sealed record ScopeEnrollments(
    Application Application,
    IReadOnlyList<EnrollmentGroup> Groups,
    IReadOnlyList<SigningCertificate> Authorities,
    IndividualEnrollment? Individual
);
