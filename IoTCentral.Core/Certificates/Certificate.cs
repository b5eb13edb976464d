using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using IoTCentral.Core.Common;

namespace IoTCentral.Core.Certificates;

/// <summary>An X.509 certificate and what we read of it; without its private key.</summary>
public sealed class Certificate
{
    private const string CommonNameOid = "2.5.4.3";
    private const int MostBytes = 64 * 1024;

    private Certificate(X509Certificate2 certificate)
    {
        Der = certificate.RawData;
        CommonName = NameOf(certificate.SubjectName);
        Subject = certificate.Subject;
        Issuer = certificate.Issuer;
        Sha1Thumbprint = certificate.GetCertHashString(HashAlgorithmName.SHA1);
        Sha256Thumbprint = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        SerialNumber = certificate.SerialNumber;
        NotBefore = new DateTimeOffset(certificate.NotBefore.ToUniversalTime());
        NotAfter = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        IsAuthority = certificate
            .Extensions.OfType<X509BasicConstraintsExtension>()
            .Any(constraints => constraints.CertificateAuthority);
    }

    public byte[] Der { get; }

    /// <summary>CN of the subject; null: it has none.</summary>
    public string? CommonName { get; }
    public string Subject { get; }
    public string Issuer { get; }

    /// <summary>SHA-1 of the DER, 40 upper-case hex digits: the name by which IoT Hub knows certificates.</summary>
    public string Sha1Thumbprint { get; }

    /// <summary>SHA-256 of the DER, 64 upper-case hex digits.</summary>
    public string Sha256Thumbprint { get; }

    /// <summary>Upper-case hex.</summary>
    public string SerialNumber { get; }
    public DateTimeOffset NotBefore { get; }
    public DateTimeOffset NotAfter { get; }

    /// <summary>It may sign others (basic constraints).</summary>
    public bool IsAuthority { get; }

    /// <summary>False: these bytes are no certificate.</summary>
    public static bool TryRead(ReadOnlySpan<byte> der, [NotNullWhen(true)] out Certificate? certificate)
    {
        certificate = null;
        if (der.Length > MostBytes)
            return false;
        try
        {
            using var read = X509CertificateLoader.LoadCertificate(der);
            certificate = new Certificate(read);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>From what is stored, which was read before.</summary>
    public static Certificate Of(byte[] der) =>
        TryRead(der, out var certificate) ? certificate : throw new CryptographicException("No certificate.");

    /// <summary>From what people paste or upload: PEM, DER in base64, or PEM in base64 once more, as the CLI sends it.</summary>
    /// <exception cref="InvalidRequestException"><c>certificate.invalid</c>.</exception>
    public static Certificate Parse(string text, string field = "certificate")
    {
        if (text.Length <= 2 * MostBytes && TryRead(Bytes(text, "CERTIFICATE"), out var certificate))
            return certificate;
        throw new InvalidRequestException(
            "certificate.invalid",
            [new Fault(field, "This is no X.509 certificate. Give one certificate as PEM, or its DER as base64.")]
        );
    }

    /// <summary>The DER of the first block with this label; of text without one, what its base64 says.</summary>
    internal static byte[] Bytes(string text, string label)
    {
        var decoded = Unarmoured(text.Trim(), label);
        // base64 of a PEM file is base64 of text
        return decoded.AsSpan().StartsWith("-----BEGIN"u8)
            ? Unarmoured(Encoding.ASCII.GetString(decoded), label)
            : decoded;
    }

    private static byte[] Unarmoured(string text, string label)
    {
        var base64 = text.AsSpan();
        while (PemEncoding.TryFind(text, out var fields))
        {
            if (text.AsSpan()[fields.Label].SequenceEqual(label))
                return Decoded(text.AsSpan()[fields.Base64Data]);
            text = text[fields.Location.End..];
        }

        return Decoded(base64);
    }

    private static byte[] Decoded(ReadOnlySpan<char> base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64Chars(base64, bytes, out var length) ? bytes[..length] : [];
    }

    private static string? NameOf(X500DistinguishedName name)
    {
        try
        {
            return name.EnumerateRelativeDistinguishedNames(reversed: false)
                .Where(part => !part.HasMultipleElements && part.GetSingleElementType().Value == CommonNameOid)
                .Select(part => part.GetSingleElementValue())
                .LastOrDefault();
        }
        catch (CryptographicException)
        {
            return null; // a name that cannot be read names nobody
        }
    }
}
