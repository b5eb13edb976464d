using System.Security.Cryptography.X509Certificates;

namespace IoTCentral.Hub.Security;

/// <summary>A certificate's life as instants: the framework hands local times.</summary>
internal static class CertificateTimes
{
    public static DateTimeOffset Begins(this X509Certificate2 certificate) =>
        new(certificate.NotBefore.ToUniversalTime());

    public static DateTimeOffset Ends(this X509Certificate2 certificate) => new(certificate.NotAfter.ToUniversalTime());
}
