using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using IoTCentral.Core.Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace IoTCentral.Hub.Security;

/// <summary>
/// What clients show in TLS. Each door asks for a certificate and takes any or none: who it makes out is decided when the
/// device signs in, by its application's enrollments and never by the machine's trust store.
/// </summary>
internal static class ClientCertificates
{
    private const int MostAbove = 8;

    /// <summary>These options for one connection, whose certificate goes to <paramref name="attempt"/>.</summary>
    public static SslServerAuthenticationOptions Ask(SslServerAuthenticationOptions tls, TlsAttempt? attempt) =>
        new()
        {
            ServerCertificateContext = tls.ServerCertificateContext,
            EnabledSslProtocols = tls.EnabledSslProtocols,
            ClientCertificateRequired = true, // asks; the callback takes none as well
#pragma warning disable CA5359 // it is the device's sign-in that decides, see the summary
            RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
            {
                if (certificate is not null && attempt is not null)
                    attempt.Certificate = Read(certificate, chain);
                return true;
            },
#pragma warning restore CA5359
            CertificateChainPolicy = new X509ChainPolicy
            {
                // nothing of a stranger's certificate makes us call anybody
                DisableCertificateDownloads = true,
                RevocationMode = X509RevocationMode.NoCheck,
                TrustMode = X509ChainTrustMode.CustomRootTrust,
            },
        };

    /// <summary>Null: the client showed none, or one that cannot be read.</summary>
    public static ClientCertificate? Of(ConnectionContext connection) => TlsAttempt.Of(connection)?.Certificate;

    public static ClientCertificate? Of(HttpContext context) =>
        context.Features.Get<IConnectionItemsFeature>() is { } items ? TlsAttempt.Of(items.Items)?.Certificate : null;

    private static ClientCertificate? Read(X509Certificate shown, X509Chain? chain)
    {
        if (!Certificate.TryRead(shown.GetRawCertData(), out var leaf))
            return null;
        return new ClientCertificate(
            leaf,
            [.. (chain?.ChainPolicy.ExtraStore ?? []).Take(MostAbove).Select(c => c.RawData)]
        );
    }
}
