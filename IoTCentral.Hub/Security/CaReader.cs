using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTCentral.Core.Common;

namespace IoTCentral.Hub.Security;

/// <summary>Reads a CA somebody brings along: PEM of one certificate and its key, in any order.</summary>
internal static class CaReader
{
    /// <exception cref="InvalidRequestException">With the sentence that says what is wrong with it.</exception>
    public static X509Certificate2 Read(string pem, DateTimeOffset now)
    {
        var ca = ReadPair(pem);
        if (FaultOf(ca, now) is { } fault)
        {
            ca.Dispose();
            throw Refusal(fault);
        }

        return ca;
    }

    private static X509Certificate2 ReadPair(string pem)
    {
        try
        {
            return X509Certificate2.CreateFromPem(pem, pem);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Refusal($"The file must hold a certificate and its unencrypted private key as PEM: {e.Message}");
        }
    }

    private static string? FaultOf(X509Certificate2 ca, DateTimeOffset now)
    {
        if (
            ca.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is not { CertificateAuthority: true }
        )
        {
            return "The certificate is not one of a certificate authority (basic constraints lack CA:TRUE).";
        }

        if (
            ca.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault() is { } usage
            && !usage.KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign)
        )
        {
            return "The certificate may not sign others (key usage lacks keyCertSign).";
        }

        if (ca.Ends() <= now || ca.Begins() > now)
        {
            return $"The certificate is valid from {ca.Begins():u} to {ca.Ends():u} only.";
        }

        using var ecdsa = ca.GetECDsaPrivateKey();
        using var rsa = ca.GetRSAPrivateKey();
        return ecdsa is null && rsa is null ? "The key must be an ECDSA or RSA one." : null;
    }

    private static InvalidRequestException Refusal(string sentence) => new("certificate-authority.unusable", sentence);
}
