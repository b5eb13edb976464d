using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTCentral.Core.Installation;

namespace IoTCentral.Hub.Security;

/// <summary>The certificate the device-facing doors show, ready for handshakes.</summary>
/// <param name="Source">What it was made from; another source means it has to be made or read again.</param>
internal sealed record ServerCertificate(SslStreamCertificateContext Context, string Source, DateTimeOffset NotAfter)
{
    private const int Days = 365; // the public web's CAs give no more than 398 either
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Signed by our CA for the hub's names and addresses, for a year or as long as the CA lives.</summary>
    public static ServerCertificate Issue(X509Certificate2 ca, HubOptions hub, string source, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={hub.PublicHost}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], false));
        request.CertificateExtensions.Add(Names(hub));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        if (ca.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Any()) // old CAs may lack it
        {
            request.CertificateExtensions.Add(
                X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
                    ca,
                    includeKeyIdentifier: true,
                    includeIssuerAndSerial: false
                )
            );
        }

        var notAfter = now.AddDays(Days) < ca.Ends() ? now.AddDays(Days) : ca.Ends();
        var notBefore = now.AddDays(-1) > ca.Begins() ? now.AddDays(-1) : ca.Begins(); // devices' clocks lag
        using var bare = request.Create(
            ca.SubjectName,
            SignerOf(ca),
            notBefore,
            notAfter,
            RandomNumberGenerator.GetBytes(16)
        );
        var own = X509CertificateLoader.LoadCertificate(ca.RawData);
        return new ServerCertificate(
            SslStreamCertificateContext.Create(bare.CopyWithPrivateKey(key), [own], offline: true),
            source,
            notAfter
        );
    }

    /// <summary>From PEM files: the certificate first, then those between it and its root.</summary>
    /// <exception cref="CryptographicException">They hold no certificate, or no key that fits it.</exception>
    public static ServerCertificate Read(string certificateFile, string keyFile, string source)
    {
        var leaf = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificateFile);
        chain.RemoveAt(0);
        return new ServerCertificate(
            SslStreamCertificateContext.Create(leaf, chain, offline: true),
            source,
            leaf.Ends()
        );
    }

    private static X509Extension Names(HubOptions hub)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hub.HostNames.Append("localhost").Distinct(StringComparer.OrdinalIgnoreCase))
        {
            names.AddDnsName(host);
        }

        var addresses = hub.Addresses.SelectMany(a =>
            Hosts.IsAny(a) ? [.. Hosts.Local(), "127.0.0.1", "::1"] : (string[])[a]
        );
        foreach (var address in addresses.Distinct())
        {
            names.AddIpAddress(IPAddress.Parse(address));
        }

        return names.Build();
    }

    private static X509SignatureGenerator SignerOf(X509Certificate2 ca) =>
        ca.GetECDsaPrivateKey() is { } ecdsa
            ? X509SignatureGenerator.CreateForECDsa(ecdsa)
            : X509SignatureGenerator.CreateForRSA(ca.GetRSAPrivateKey()!, RSASignaturePadding.Pkcs1);
}
