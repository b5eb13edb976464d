using IoTCentral.Core.Audit;
using IoTCentral.Core.Certificates;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Provisioning;

/// <summary>Which of a group's two authorities; the second is for rolling over without a gap.</summary>
public enum CertificateEntry
{
    Primary,
    Secondary,
}

/// <summary>What is known of a revocation list besides what it takes back.</summary>
/// <param name="NextDue">When its authority issues the next; null: it does not say.</param>
public sealed record RevocationFacts(DateTimeOffset IssuedAt, DateTimeOffset? NextDue, int Count);

/// <summary>An authority whose certificates a group's devices have: root or intermediate.</summary>
public sealed record SigningCertificate
{
    public required TenantId TenantId { get; init; }
    public required string GroupId { get; init; }
    public required CertificateEntry Entry { get; init; }
    public required Certificate Certificate { get; init; }

    /// <summary>Its owner has shown that it holds the private key; before that it lets nobody in.</summary>
    public bool IsVerified { get; init; }

    /// <summary>Common name that a certificate signed by it must have to verify it; null: none is asked for.</summary>
    public string? VerificationCode { get; init; }

    /// <summary>Its newest revocation list; null: none.</summary>
    public RevocationFacts? Revocations { get; init; }
    public int Version { get; init; } = 1;
    public DateTimeOffset UploadedAt { get; init; }
}

/// <summary>The authorities of groups, and what each has taken back.</summary>
public interface ISigningCertificateStore
{
    /// <summary>The group's authorities, primary first.</summary>
    Task<IReadOnlyList<SigningCertificate>> ListAsync(TenantId tenant, string groupId, CancellationToken ct);

    /// <summary>The authorities of all groups.</summary>
    Task<IReadOnlyList<SigningCertificate>> ListAsync(TenantId tenant, CancellationToken ct);

    /// <summary>Adds it or replaces the one of its entry.</summary>
    /// <exception cref="StaleEditException">The stored version is another (0: none may be there).</exception>
    Task<SigningCertificate> PutAsync(SigningCertificate certificate, AuditEntry audit, CancellationToken ct);

    /// <summary>Replaces the authority's revocation list; an empty one takes nothing back.</summary>
    Task PutRevocationsAsync(
        SigningCertificate authority,
        RevocationFacts facts,
        IReadOnlyCollection<string> serials,
        AuditEntry audit,
        CancellationToken ct
    );

    /// <summary>False: was not there.</summary>
    Task<bool> DeleteAsync(
        TenantId tenant,
        string groupId,
        CertificateEntry entry,
        AuditEntry audit,
        CancellationToken ct
    );
}
