using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;

namespace IoTCentral.Core.Certificates;

/// <summary>Which key signed a certificate and which one it is of, where it says so (RFC 5280 §4.2.1.1 and 4.2.1.2).</summary>
internal static class KeyIds
{
    public static byte[]? Authority(X509Certificate certificate) =>
        Read(certificate, X509Extensions.AuthorityKeyIdentifier) is { } value
            ? AuthorityKeyIdentifier.GetInstance(value).KeyIdentifier?.GetOctets()
            : null;

    public static byte[]? Subject(X509Certificate certificate) =>
        Read(certificate, X509Extensions.SubjectKeyIdentifier) is { } value
            ? SubjectKeyIdentifier.GetInstance(value).GetKeyIdentifier()
            : null;

    private static Asn1Object? Read(X509Certificate certificate, DerObjectIdentifier extension) =>
        certificate.GetExtensionValue(extension) is { } wrapped ? Asn1Object.FromByteArray(wrapped.GetOctets()) : null;
}
