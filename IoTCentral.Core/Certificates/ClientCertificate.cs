using Org.BouncyCastle.X509;

namespace IoTCentral.Core.Certificates;

/// <summary>What a client showed in its TLS handshake; that it holds the leaf's private key TLS has proven.</summary>
/// <param name="leaf">Its own.</param>
/// <param name="above">Certificates it sent along, DER, in any order; whether they lead anywhere is not known yet.</param>
public sealed class ClientCertificate(Certificate leaf, IReadOnlyList<byte[]> above)
{
    // weakly: a connected device keeps what it showed, and read it is many times as large
    private readonly WeakReference<IReadOnlyList<X509Certificate>?> _parsed = new(null);

    public Certificate Leaf => leaf;
    public IReadOnlyList<byte[]> Above => above;

    /// <summary>The same, read; without those that cannot be.</summary>
    internal IReadOnlyList<X509Certificate> Parsed
    {
        get
        {
            if (_parsed.TryGetTarget(out var known))
                return known;
            IReadOnlyList<X509Certificate> parsed = [.. above.Select(Read).OfType<X509Certificate>()];
            _parsed.SetTarget(parsed);
            return parsed;
        }
    }

    private static X509Certificate? Read(byte[] der)
    {
        try
        {
            return new X509Certificate(der);
        }
        catch (Exception e) when (CertificatePaths.IsUnreadable(e))
        {
            return null;
        }
    }
}
