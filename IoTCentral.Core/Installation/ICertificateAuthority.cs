using IoTCentral.Core.Audit;

namespace IoTCentral.Core.Installation;

/// <summary>The certificate devices trust, so that they believe our hub is our hub.</summary>
/// <param name="Pem">For devices; holds no secret.</param>
/// <param name="Thumbprint">SHA-256, lower-case hex: tells one CA from another.</param>
public sealed record CaCertificate(string Pem, string Subject, string Thumbprint, DateTimeOffset NotAfter);

/// <summary>The installation's own certificate authority, which signs the certificates of the device-facing doors.</summary>
public interface ICertificateAuthority
{
    /// <summary>Made at the first call in the life of the installation, for 20 years.</summary>
    Task<CaCertificate> GetAsync(CancellationToken ct);

    /// <summary>Certificate and private key as PEM, to be kept safe.</summary>
    Task<string> ExportAsync(AuditActor actor, CancellationToken ct);

    /// <summary>Takes over a CA, so that devices that trust it go on doing so; running servers follow within half a minute.</summary>
    /// <exception cref="Common.InvalidRequestException">It is no CA, has ended, or certificate and key do not fit.</exception>
    Task<CaCertificate> ImportAsync(string pem, AuditActor actor, CancellationToken ct);
}
