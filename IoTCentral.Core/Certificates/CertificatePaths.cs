using System.Collections.Concurrent;
using System.Security.Cryptography;
using Org.BouncyCastle.Pkix;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Security.Certificates;
using Org.BouncyCastle.X509;

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
    private const int Longest = 5;

    // A fleet that reconnects shows the same leaves again, whose check costs milliseconds. Only good ways are remembered, so
    // that strangers fill nothing.
    private const int MostRemembered = 200_000;

    private readonly ConcurrentDictionary<(string Leaf, string Above, string Authority), CertificatePath> _known =
        new();

    // By a resumed TLS session a client shows its leaf alone.
    private readonly ConcurrentDictionary<string, IReadOnlyList<X509Certificate>> _above = new(StringComparer.Ordinal);

    /// <summary>Null: the certificate does not lead to this authority, or something on the way has ended.</summary>
    public CertificatePath? Find(ClientCertificate client, Certificate authority)
    {
        try
        {
            var anchor = new X509Certificate(authority.Der);
            return Chain(client, anchor) is { } chain ? Find(client, chain, (authority, anchor)) : null;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return null;
        }
    }

    private CertificatePath? Find(
        ClientCertificate client,
        List<X509Certificate> chain,
        (Certificate Facts, X509Certificate Certificate) authority
    )
    {
        var id = (client.Leaf.Sha256Thumbprint, IdOf(chain), authority.Facts.Sha256Thumbprint);
        if (!_known.TryGetValue(id, out var path))
        {
            if (!IsGood(chain, authority.Certificate))
                return null;
            path = Describe(chain, authority.Facts);
            Remember(_known, id, path);
            if (chain.Count > 1)
                Remember(_above, client.Leaf.Sha256Thumbprint, chain[1..]);
        }

        var now = time.GetUtcNow();
        return path.NotBefore <= now && now < path.NotAfter ? path : null;
    }

    /// <summary>
    /// Leaf first, up to what this authority's name has issued, by names and key identifiers alone: each certificate at
    /// most once, so that a client cannot make us search. Null: the names do not lead there.
    /// </summary>
    private List<X509Certificate>? Chain(ClientCertificate client, X509Certificate authority)
    {
        IReadOnlyList<X509Certificate> given =
            client.Above.Count > 0 ? client.Parsed : _above.GetValueOrDefault(client.Leaf.Sha256Thumbprint, []);
        List<X509Certificate> left = [.. given];
        List<X509Certificate> chain = [new(client.Leaf.Der)];
        while (!IsIssuer(authority, chain[^1]))
        {
            if (chain.Count == Longest || left.Find(c => IsIssuer(c, chain[^1])) is not { } issuer)
                return null;
            left.Remove(issuer);
            chain.Add(issuer);
        }

        return chain;
    }

    private static bool IsIssuer(X509Certificate issuer, X509Certificate of)
    {
        if (!issuer.SubjectDN.Equivalent(of.IssuerDN))
            return false;
        var wanted = KeyIds.Authority(of);
        var own = KeyIds.Subject(issuer);
        return wanted is null || own is null || wanted.AsSpan().SequenceEqual(own);
    }

    /// <summary>From the authority down: a forged chain fails at the first signature, with a key that we trust.</summary>
    private bool IsGood(List<X509Certificate> chain, X509Certificate authority)
    {
        try
        {
            var parameters = new PkixParameters(new HashSet<TrustAnchor> { new(authority, null) })
            {
                IsRevocationEnabled = false, // by the lists that are uploaded
                Date = time.GetUtcNow().UtcDateTime,
            };
            new PkixCertPathValidator().Validate(new PkixCertPath(chain), parameters);
            return true;
        }
        catch (Exception e) when (e is GeneralSecurityException or PkixCertPathValidatorException)
        {
            return false;
        }
    }

    private static CertificatePath Describe(List<X509Certificate> chain, Certificate authority) =>
        new(
            chain.Count,
            Certificate.Of(chain[^1].GetEncoded()).SerialNumber,
            chain.Select(c => Utc(c.NotBefore)).Append(authority.NotBefore).Max(),
            chain.Select(c => Utc(c.NotAfter)).Append(authority.NotAfter).Min()
        );

    private static string IdOf(List<X509Certificate> chain)
    {
        if (chain.Count == 1)
            return "";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var certificate in chain.Skip(1))
            hash.AppendData(certificate.GetEncoded());
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static void Remember<TKey, TValue>(ConcurrentDictionary<TKey, TValue> memory, TKey key, TValue value)
        where TKey : notnull
    {
        if (memory.Count >= MostRemembered)
            memory.Clear();
        memory[key] = value;
    }

    /// <summary>Bytes that parse as a certificate only at first sight.</summary>
    internal static bool IsUnreadable(Exception e) =>
        e
            is GeneralSecurityException
                or IOException
                or ArgumentException
                or InvalidOperationException
                or InvalidCastException;

    private static DateTimeOffset Utc(DateTime time) => new(time.ToUniversalTime());
}
