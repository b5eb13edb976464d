using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Data.Provisioning;

internal sealed record GroupRow
{
    public const string Columns = """
        tenant_id, id, display_name, is_enabled, type, primary_key, secondary_key, needs_approval, reprovisioning,
        initial_twin::text as initial_twin, version, created_at
        """;

    public TenantId TenantId { get; init; }
    public required string Id { get; init; }
    public required string DisplayName { get; init; }
    public bool IsEnabled { get; init; }
    public required string Type { get; init; }
    public byte[]? PrimaryKey { get; init; }
    public byte[]? SecondaryKey { get; init; }
    public bool NeedsApproval { get; init; }
    public Reprovisioning Reprovisioning { get; init; }
    public string? InitialTwin { get; init; }
    public int Version { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    public EnrollmentGroup ToGroup() =>
        new()
        {
            TenantId = TenantId,
            Id = Id,
            DisplayName = DisplayName,
            IsEnabled = IsEnabled,
            Type = Type,
            Keys = PrimaryKey is null || SecondaryKey is null ? null : new WrappedKeys(PrimaryKey, SecondaryKey),
            Terms = new EnrollmentTerms
            {
                NeedsApproval = NeedsApproval,
                Reprovisioning = Reprovisioning,
                InitialTwin = InitialTwin,
            },
            Version = Version,
            CreatedAt = CreatedAt,
        };
}

internal sealed record IndividualRow
{
    public const string Columns = """
        tenant_id, registration_id, device_id, is_enabled, primary_key, secondary_key, primary_thumbprint,
        secondary_thumbprint, primary_certificate, secondary_certificate, version, created_at
        """;

    public TenantId TenantId { get; init; }
    public required string RegistrationId { get; init; }
    public required string DeviceId { get; init; }
    public bool IsEnabled { get; init; }
    public byte[]? PrimaryKey { get; init; }
    public byte[]? SecondaryKey { get; init; }
    public string? PrimaryThumbprint { get; init; }
    public string? SecondaryThumbprint { get; init; }
    public byte[]? PrimaryCertificate { get; init; }
    public byte[]? SecondaryCertificate { get; init; }
    public int Version { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    public IndividualEnrollment ToEnrollment() =>
        new()
        {
            TenantId = TenantId,
            RegistrationId = RegistrationId,
            DeviceId = DeviceId,
            IsEnabled = IsEnabled,
            Keys = PrimaryKey is null || SecondaryKey is null ? null : new WrappedKeys(PrimaryKey, SecondaryKey),
            Certificates = PrimaryThumbprint is null
                ? null
                : new(PrimaryThumbprint, SecondaryThumbprint, PrimaryCertificate, SecondaryCertificate),
            Version = Version,
            CreatedAt = CreatedAt,
        };
}

internal sealed record CertificateRow
{
    public const string Columns = """
        tenant_id, group_id, entry, certificate, is_verified, verification_code, revoked_count, list_issued_at,
        list_next_due, version, uploaded_at
        """;

    public TenantId TenantId { get; init; }
    public required string GroupId { get; init; }
    public CertificateEntry Entry { get; init; }
    public required byte[] Certificate { get; init; }
    public bool IsVerified { get; init; }
    public string? VerificationCode { get; init; }
    public int? RevokedCount { get; init; }
    public DateTimeOffset? ListIssuedAt { get; init; }
    public DateTimeOffset? ListNextDue { get; init; }
    public int Version { get; init; }
    public DateTimeOffset UploadedAt { get; init; }

    public SigningCertificate ToCertificate() =>
        new()
        {
            TenantId = TenantId,
            GroupId = GroupId,
            Entry = Entry,
            Certificate = Core.Certificates.Certificate.Of(Certificate),
            IsVerified = IsVerified,
            VerificationCode = VerificationCode,
            Revocations =
                RevokedCount is { } count && ListIssuedAt is { } issued ? new(issued, ListNextDue, count) : null,
            Version = Version,
            UploadedAt = UploadedAt,
        };
}
