using System.Collections.Concurrent;
using Org.BouncyCastle.Pkix;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Security.Certificates;
using Org.BouncyCastle.Utilities.Collections;
using Org.BouncyCastle.X509;
using Org.BouncyCastle.X509.Store;

namespace IoTCentral.Core.Certificates;

/// <summary>The way from a client's certificate up to an authority.</summary>
/// <param name="Length">Certificates below the authority; 1: it signed the leaf itself.</param>
/// <param name="SerialBelow">Serial number of the certificate that the authority signed, upper-case hex.</param>
/// <param name="NotAfter">When the first certificate on the way ends, the authority's included.</param>
public sealed record CertificatePath(int Length, string SerialBelow, DateTimeOffset NotBefore, DateTimeOffset NotAfter);

/// <summary>
/// Finds and checks ways from leaf to authority by the rules of RFC 5280 (signatures, times, basic constraints, key
/// usage, names). Nothing is fetched from anywhere: what the client sent and what is uploaded must do.
/// </summary>
public sealed class CertificatePaths(TimeProvider time)
{
    // A fleet that reconnects shows the same leaves again, whose check costs milliseconds; and by a resumed TLS session it
    // shows the leaf alone. Only good ones are remembered, so that strangers fill nothing.
    private const int MostRemembered = 200_000;

    private readonly ConcurrentDictionary<(string Leaf, string Authority), CertificatePath> _known = new();

    /// <summary>Null: the certificate does not lead to this authority, or something on the way has ended.</summary>
    public CertificatePath? Find(ClientCertificate client, Certificate authority)
    {
        var id = (client.Leaf.Sha256Thumbprint, authority.Sha256Thumbprint);
        if (!_known.TryGetValue(id, out var path))
        {
            path = Build(client, authority);
            if (path is null)
                return null;
            if (_known.Count >= MostRemembered)
                _known.Clear();
            _known[id] = path;
        }

        var now = time.GetUtcNow();
        return path.NotBefore <= now && now < path.NotAfter ? path : null;
    }

    private CertificatePath? Build(ClientCertificate client, Certificate authority)
    {
        try
        {
            var leaf = new X509Certificate(client.Leaf.Der);
            var anchor = new TrustAnchor(new X509Certificate(authority.Der), null);
            var parameters = new PkixBuilderParameters(
                new HashSet<TrustAnchor> { anchor },
                new X509CertStoreSelector { Certificate = leaf }
            )
            {
                IsRevocationEnabled = false, // by the lists that are uploaded
                Date = time.GetUtcNow().UtcDateTime,
                MaxPathLength = 5,
            };
            var given = client.Above.Select(der => new X509Certificate(der)).Append(leaf);
            parameters.AddStoreCert(CollectionUtilities.CreateStore(given));
            var certificates = new PkixCertPathBuilder().Build(parameters).CertPath.Certificates;
            var below = certificates[^1];
            return new CertificatePath(
                certificates.Count,
                Certificate.Of(below.GetEncoded()).SerialNumber,
                certificates.Select(c => Utc(c.NotBefore)).Append(authority.NotBefore).Max(),
                certificates.Select(c => Utc(c.NotAfter)).Append(authority.NotAfter).Min()
            );
        }
        catch (Exception e) when (e is GeneralSecurityException or PkixCertPathBuilderException or IOException)
        {
            return null; // whatever is wrong with them: they do not lead there
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or InvalidCastException)
        {
            return null; // bytes that parse as a certificate only at first sight
        }
    }

    private static DateTimeOffset Utc(DateTime time) => new(time.ToUniversalTime());
}
