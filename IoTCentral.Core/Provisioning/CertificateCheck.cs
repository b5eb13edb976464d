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

    /// <summary>Those of these authorities that the certificate leads to, the nearest first.</summary>
    public IReadOnlyList<LedBy> FindAuthorities(
        ClientCertificate client,
        IEnumerable<SigningCertificate> authorities
    ) =>
        [
            .. authorities
                .Select(authority =>
                    paths.Find(client, authority.Certificate) is { } path ? new LedBy(authority, path) : null
                )
                .OfType<LedBy>()
                .OrderBy(found => found.Path.Length)
                .ThenBy(found => found.Authority.UploadedAt),
        ];

    /// <summary>Null: no authority that waits for its verification is above it, or the certificate is out of its time.</summary>
    public Refusal? FindUnverified(ClientCertificate client, IEnumerable<SigningCertificate> unverified)
    {
        if (FindAuthorities(client, unverified) is not [{ Authority: var authority }, ..])
            return null;
        return new Refusal(
            ConnectionCode.WrongCertificate,
            $"Its authority '{authority.Certificate.Subject}' is in the device connection group '{authority.GroupId}', but not verified yet. Verify it on the group's page, and the device comes in."
        )
        {
            GroupId = authority.GroupId,
        };
    }

    /// <summary>Null: none of the authorities above it has taken it back.</summary>
    public async Task<Refusal?> CheckRevocationAsync(IReadOnlyList<LedBy> led, CancellationToken ct)
    {
        foreach (var (authority, path) in led.Where(l => l.Authority.Revocations is not null))
        {
            if (!await store.IsRevokedAsync(authority, RevocationList.Serial(path.SerialBelow), ct))
                continue;
            var whose = path.Length == 1 ? "Its certificate" : "An authority above its certificate";
            return new Refusal(
                ConnectionCode.CertificateRevoked,
                $"{whose} (serial number {path.SerialBelow}) is on the revocation list of '{authority.Certificate.Subject}'."
            );
        }

        return null;
    }

    /// <summary>Says nothing of the certificate: the device may be another application's namesake.</summary>
    public static Refusal Unknown { get; } =
        new(
            ConnectionCode.WrongCertificate,
            "It showed a certificate that is neither enrolled for this device nor signed by a verified authority of its device connection group. A device whose issuer is an intermediate authority must send that one's certificate along. Let it register by its ID scope, and the log says which certificate it was."
        );

    /// <summary>The same for the application that the device has named.</summary>
    public static Refusal UnknownOf(ClientCertificate client) =>
        new(
            ConnectionCode.WrongCertificate,
            $"Its certificate '{client.Leaf.Subject}', issued by '{client.Leaf.Issuer}', thumbprint {client.Leaf.Sha1Thumbprint}, is neither enrolled for this device nor signed by a verified authority of a device connection group. A device whose issuer is an intermediate authority must send that one's certificate along."
        );
}
