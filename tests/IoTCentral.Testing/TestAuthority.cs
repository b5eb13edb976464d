using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IoTCentral.Testing;

/// <summary>An authority of a test's own, root or intermediate, which signs what it is asked to.</summary>
public sealed class TestAuthority
{
    private readonly X509Certificate2 _own;
    private readonly DateTimeOffset _now;

    private TestAuthority(X509Certificate2 own, DateTimeOffset now)
    {
        _own = own;
        _now = now;
    }

    public string Pem => _own.ExportCertificatePem();
    public X509Certificate2 Certificate => _own;

    public static TestAuthority Root(string name = "Test Root", DateTimeOffset? now = null)
    {
        var at = now ?? TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(name, key, isAuthority: true);
        return new(request.CreateSelfSigned(at.AddYears(-1), at.AddYears(10)), at);
    }

    public TestAuthority Intermediate(string name, int days = 1000) =>
        new(Sign(name, isAuthority: true, _now.AddYears(-1), _now.AddDays(days)), _now);

    /// <summary>A device's certificate with its private key.</summary>
    public X509Certificate2 Leaf(
        string commonName,
        DateTimeOffset? notBefore = null,
        DateTimeOffset? notAfter = null
    ) => Sign(commonName, isAuthority: false, notBefore ?? _now.AddDays(-1), notAfter ?? _now.AddDays(30));

    /// <summary>One that nobody but itself has signed.</summary>
    public static X509Certificate2 SelfSigned(string commonName, int days = 30)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Portable(Request(commonName, key, false).CreateSelfSigned(now.AddDays(-1), now.AddDays(days)));
    }

    /// <summary>A list of what it takes back, as PEM.</summary>
    public string RevocationList(params ReadOnlySpan<X509Certificate2> revoked) => RevocationList(_now, revoked);

    public string RevocationList(DateTimeOffset issuedAt, params ReadOnlySpan<X509Certificate2> revoked)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var certificate in revoked)
            builder.AddEntry(certificate);
        var der = builder.Build(_own, 1, issuedAt.AddDays(30), HashAlgorithmName.SHA256, thisUpdate: issuedAt);
        return PemEncoding.WriteString("X509 CRL", der);
    }

    private X509Certificate2 Sign(string name, bool isAuthority, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(name, key, isAuthority);
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_own, true, includeIssuerAndSerial: false)
        );
        using var bare = request.Create(
            _own.SubjectName,
            X509SignatureGenerator.CreateForECDsa(_own.GetECDsaPrivateKey()!),
            notBefore,
            notAfter,
            RandomNumberGenerator.GetBytes(12)
        );
        return Portable(bare.CopyWithPrivateKey(key));
    }

    private static CertificateRequest Request(string name, ECDsa key, bool isAuthority)
    {
        var request = new CertificateRequest(
            new X500DistinguishedName($"CN=\"{name}\""),
            key,
            HashAlgorithmName.SHA256
        );
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(
                isAuthority
                    ? X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign
                    : X509KeyUsageFlags.DigitalSignature,
                true
            )
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request;
    }

    // SslStream wants a key that it can open again
    private static X509Certificate2 Portable(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
}
