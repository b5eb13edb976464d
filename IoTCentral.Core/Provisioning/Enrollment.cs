using IoTCentral.Core.Certificates;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Provisioning;

/// <summary>Keys as they are stored: wrapped by the installation's master key.</summary>
public sealed record WrappedKeys(byte[] Primary, byte[] Secondary);

/// <summary>How devices show who they are.</summary>
public enum Attestation
{
    SymmetricKey,
    X509,
}

/// <summary>What becomes of a device that had registered through another enrollment before (contract §3.4).</summary>
public enum Reprovisioning
{
    /// <summary>It belongs to this enrollment from now on and keeps its twin.</summary>
    Migrate,

    /// <summary>It belongs to this enrollment from now on; its desired properties start over.</summary>
    Reset,

    /// <summary>It stays with the enrollment it came through first.</summary>
    Never,
}

/// <summary>What registering through an enrollment means for a device.</summary>
public sealed record EnrollmentTerms
{
    public static EnrollmentTerms Usual { get; } = new();

    /// <summary>A device that nobody has created before waits until somebody approves it.</summary>
    public bool NeedsApproval { get; init; }
    public Reprovisioning Reprovisioning { get; init; }

    /// <summary>JSON <c>{"tags":{…},"properties":{"desired":{…}}}</c> of a new device; tags are cloud properties. Null: empty.</summary>
    public string? InitialTwin { get; init; }
}

/// <summary>
/// A way for many devices to register by themselves: each signs with a key derived from the group's, or has a certificate
/// that leads to the group's. Pages say "device connection group".
/// </summary>
public sealed record EnrollmentGroup
{
    /// <summary>The group every application has from its first day, with IoT Central's name, since devices' keys derive from it.</summary>
    public const string DefaultId = "SAS-IoT-Devices";

    public required TenantId TenantId { get; init; }
    public required string Id { get; init; }
    public required string DisplayName { get; init; }
    public bool IsEnabled { get; init; } = true;

    /// <summary>iot or iotEdge.</summary>
    public string Type { get; init; } = "iot";

    /// <summary>Null: its devices have certificates.</summary>
    public required WrappedKeys? Keys { get; init; }
    public Attestation Attestation => Keys is null ? Attestation.X509 : Attestation.SymmetricKey;
    public EnrollmentTerms Terms { get; init; } = EnrollmentTerms.Usual;
    public int Version { get; init; } = 1;
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The certificates of one device: one now, one to roll over to. Each by thumbprint, so that the certificate itself need not be here.</summary>
/// <param name="Primary">SHA-1 or SHA-256 of the DER, upper-case hex.</param>
/// <param name="PrimaryDer">Null: only its thumbprint is known.</param>
public sealed record OwnCertificates(string Primary, string? Secondary, byte[]? PrimaryDer, byte[]? SecondaryDer)
{
    public bool Include(Certificate certificate) => Is(Primary, certificate) || Is(Secondary, certificate);

    private static bool Is(string? thumbprint, Certificate certificate) =>
        thumbprint == certificate.Sha1Thumbprint || thumbprint == certificate.Sha256Thumbprint;
}

/// <summary>The registration of one device with keys or certificates of its own; beats every group.</summary>
public sealed record IndividualEnrollment
{
    public required TenantId TenantId { get; init; }

    /// <summary>Lower case: registration ids know none.</summary>
    public required string RegistrationId { get; init; }

    /// <summary>The device it registers as; as a rule the registration id.</summary>
    public required string DeviceId { get; init; }
    public bool IsEnabled { get; init; } = true;

    /// <summary>Null: it has certificates.</summary>
    public WrappedKeys? Keys { get; init; }
    public OwnCertificates? Certificates { get; init; }
    public Attestation Attestation => Keys is null ? Attestation.X509 : Attestation.SymmetricKey;
    public int Version { get; init; } = 1;
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Where a device's keys come from.</summary>
/// <param name="GroupId">The group they derive from; null: the individual enrollment of the registration id.</param>
/// <param name="RegistrationId">As the device spelled it: its keys derive from this text.</param>
public sealed record CredentialSource(string? GroupId, string RegistrationId);

/// <summary>Enrollments of one application, and which one each device's keys come from.</summary>
public interface IEnrollmentStore
{
    Task<IReadOnlyList<EnrollmentGroup>> GroupsAsync(TenantId tenant, CancellationToken ct);
    Task<EnrollmentGroup?> FindGroupAsync(TenantId tenant, string id, CancellationToken ct);

    /// <summary>False: there is one with this id already.</summary>
    Task<bool> AddGroupAsync(EnrollmentGroup group, Audit.AuditEntry audit, CancellationToken ct);

    /// <exception cref="Common.StaleEditException">The stored version is another.</exception>
    Task<EnrollmentGroup> UpdateGroupAsync(EnrollmentGroup group, Audit.AuditEntry audit, CancellationToken ct);

    /// <summary>Deletes it with its certificates; its devices fall back to the default group's keys. False: was not there.</summary>
    Task<bool> DeleteGroupAsync(TenantId tenant, string id, Audit.AuditEntry audit, CancellationToken ct);

    Task<IndividualEnrollment?> FindIndividualAsync(TenantId tenant, string registrationId, CancellationToken ct);

    /// <summary>Adds or replaces it; a device of that id signs with its keys from now on.</summary>
    /// <exception cref="Common.StaleEditException">The stored version is another.</exception>
    Task<IndividualEnrollment> PutIndividualAsync(
        IndividualEnrollment enrollment,
        Audit.AuditEntry audit,
        CancellationToken ct
    );

    /// <summary>Deletes it; its device falls back to the default group's keys. False: was not there.</summary>
    Task<bool> DeleteIndividualAsync(
        TenantId tenant,
        string registrationId,
        Audit.AuditEntry audit,
        CancellationToken ct
    );

    Task<CredentialSource?> FindSourceAsync(TenantId tenant, long deviceKey, CancellationToken ct);

    /// <summary>Of each of these devices, by its key.</summary>
    Task<IReadOnlyDictionary<long, CredentialSource>> FindSourcesAsync(
        TenantId tenant,
        IReadOnlyCollection<long> deviceKeys,
        CancellationToken ct
    );

    /// <summary>How many devices each group has; one without any is not there. Costs a look at an index entry a device.</summary>
    Task<IReadOnlyDictionary<string, long>> CountDevicesAsync(TenantId tenant, CancellationToken ct);

    /// <summary>The device has registered through this enrollment, now.</summary>
    Task AssignAsync(
        TenantId tenant,
        long deviceKey,
        CredentialSource source,
        DateTimeOffset now,
        CancellationToken ct
    );
}
