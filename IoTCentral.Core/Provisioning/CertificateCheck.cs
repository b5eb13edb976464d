using IoTCentral.Core.Certificates;
using IoTCentral.Core.Devices;

namespace IoTCentral.Core.Provisioning;

/// <summary>The authority that a certificate leads to, and the way.</summary>
public sealed record LedBy(SigningCertificate Authority, CertificatePath Path);

/// <summary>
/// Whether a client's certificate is good for a registration id: its own by thumbprint, or led by a group's verified
/// authorities, not revoked, in its time, and with that id as its common name (contract §1.2, §3.4).
/// </summary>
public sealed class CertificateCheck(ISignInStore store, CertificatePaths paths, TimeProvider time)
{
    /// <summary>Null: it is in its time.</summary>
    public Refusal? CheckTime(Certificate certificate)
    {
        var now = time.GetUtcNow();
        if (now < certificate.NotBefore)
            return new Refusal(
                ConnectionCode.CertificateEnded,
                $"Its certificate is good only from {certificate.NotBefore.UtcDateTime:u} on. Check the clock of whoever issued it."
            );
        return now < certificate.NotAfter
            ? null
            : new Refusal(
                ConnectionCode.CertificateEnded,
                $"Its certificate ended at {certificate.NotAfter.UtcDateTime:u}. Give the device a new one."
            );
    }

    /// <summary>Null: it names this id.</summary>
    public static Refusal? CheckName(Certificate certificate, string id, StringComparison comparison) =>
        string.Equals(certificate.CommonName, id, comparison)
            ? null
            : new Refusal(
                ConnectionCode.CertificateName,
                $"Its certificate is made out to '{certificate.CommonName}', not to '{id}': the common name must be the device id."
            );

    /// <summary>The nearest of these authorities above the certificate; null: it leads to none of them.</summary>
    public LedBy? FindAuthority(ClientCertificate client, IEnumerable<SigningCertificate> authorities) =>
        authorities
            .Select(authority =>
                paths.Find(client, authority.Certificate) is { } path ? new LedBy(authority, path) : null
            )
            .OfType<LedBy>()
            .OrderBy(found => found.Path.Length)
            .ThenBy(found => found.Authority.UploadedAt)
            .FirstOrDefault();

    /// <summary>Null: the authority has not taken it back.</summary>
    public async Task<Refusal?> CheckRevocationAsync(LedBy led, CancellationToken ct)
    {
        var (authority, path) = led;
        if (authority.Revocations is null)
            return null;
        if (!await store.IsRevokedAsync(authority, RevocationList.Serial(path.SerialBelow), ct))
            return null;
        var whose = path.Length == 1 ? "Its certificate" : "An authority above its certificate";
        return new Refusal(
            ConnectionCode.CertificateRevoked,
            $"{whose} (serial number {path.SerialBelow}) is on the revocation list of '{authority.Certificate.Subject}'."
        );
    }

    public static Refusal Unknown(ClientCertificate client) =>
        new(
            ConnectionCode.WrongCertificate,
            $"Its certificate '{client.Leaf.Subject}', issued by '{client.Leaf.Issuer}', thumbprint {client.Leaf.Sha1Thumbprint}, is neither enrolled for this device nor signed by a verified authority of a device connection group. A device whose issuer is an intermediate authority must send that one's certificate along."
        );
}
