using System.Collections.Concurrent;
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
internal sealed class ClientCertificates
{
    private const int MostAbove = 8;

    // A resumed TLS session brings the leaf back, but not what was sent along with it.
    private const int MostRemembered = 20_000;
    private readonly ConcurrentDictionary<string, IReadOnlyList<byte[]>> _sentAlong = new(StringComparer.Ordinal);

    /// <summary>These options for one connection, whose certificate goes to <paramref name="attempt"/>.</summary>
    public SslServerAuthenticationOptions Ask(SslServerAuthenticationOptions tls, TlsAttempt? attempt) =>
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

    private ClientCertificate? Read(X509Certificate shown, X509Chain? chain)
    {
        if (!Certificate.TryRead(shown.GetRawCertData(), out var leaf))
            return null;
        List<byte[]> above = [.. (chain?.ChainPolicy.ExtraStore ?? []).Take(MostAbove).Select(c => c.RawData)];
        if (above.Count > 0)
        {
            if (_sentAlong.Count >= MostRemembered)
                _sentAlong.Clear();
            _sentAlong[leaf.Sha256Thumbprint] = above;
            return new ClientCertificate(leaf, above);
        }

        return new ClientCertificate(leaf, _sentAlong.GetValueOrDefault(leaf.Sha256Thumbprint) ?? []);
    }
}
