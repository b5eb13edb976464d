using System.Globalization;
using IoTCentral.Core.Common;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Security.Certificates;
using Org.BouncyCastle.X509;

namespace IoTCentral.Core.Certificates;

/// <summary>A certificate revocation list (RFC 5280 §5) of one authority.</summary>
public sealed class RevocationList
{
    private const int MostBytes = 4 * 1024 * 1024;

    private readonly X509Crl _crl;

    private RevocationList(X509Crl crl)
    {
        _crl = crl;
        Revoked = (crl.GetRevokedCertificates() ?? new HashSet<X509CrlEntry>())
            .Select(entry => Serial(entry.SerialNumber.ToString(16)))
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Serial numbers of what is taken back, as <see cref="Serial"/> writes them.</summary>
    public IReadOnlySet<string> Revoked { get; }
    public DateTimeOffset IssuedAt => new(_crl.ThisUpdate.ToUniversalTime());

    /// <summary>When its authority issues the next; null: it does not say.</summary>
    public DateTimeOffset? NextDue => _crl.NextUpdate is { } next ? new DateTimeOffset(next.ToUniversalTime()) : null;

    /// <summary>From what people upload: PEM or base64 of DER.</summary>
    /// <exception cref="InvalidRequestException"><c>certificate.invalid</c>: no such list, or signed by somebody else.</exception>
    public static RevocationList Parse(string text, Certificate authority)
    {
        var list = text.Length > 2 * MostBytes ? null : TryRead(Certificate.Bytes(text, "X509 CRL"));
        if (list is null)
            throw Invalid("This is no certificate revocation list. Give it as PEM, or its DER as base64.");
        if (list.FindOddity() is { } oddity)
            throw Invalid(oddity);
        try
        {
            if (!list._crl.IssuerDN.Equivalent(new X509Certificate(authority.Der).SubjectDN))
                throw Invalid($"This list is of '{list._crl.IssuerDN}', not of '{authority.Subject}'.");
            list._crl.Verify(new X509Certificate(authority.Der).GetPublicKey());
        }
        catch (GeneralSecurityException)
        {
            throw Invalid($"This list is not signed by '{authority.Subject}'.");
        }

        return list;
    }

    private static RevocationList? TryRead(byte[] der)
    {
        try
        {
            return new X509CrlParser().ReadCrl(der) is { } crl ? new RevocationList(crl) : null;
        }
        catch (Exception e) when (e is GeneralSecurityException or IOException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Null: it says of all that its authority has signed what is taken back.</summary>
    private string? FindOddity()
    {
        if (_crl.GetExtensionValue(X509Extensions.DeltaCrlIndicator) is not null)
            return "This is a delta list, which tells changes only. Upload the complete one.";
        if (_crl.GetExtensionValue(X509Extensions.IssuingDistributionPoint) is not null)
            return "This list is about a part of what its authority has signed. Upload the complete one.";
        var known = new[] { X509Extensions.AuthorityKeyIdentifier.Id, X509Extensions.CrlNumber.Id };
        return _crl.GetCriticalExtensionOids()?.Except(known).FirstOrDefault() is { } odd
            ? $"This list has the critical extension {odd}, which is not understood here."
            : null;
    }

    /// <summary>A serial number without leading zeros, upper-case hex.</summary>
    public static string Serial(string serial)
    {
        var digits = serial.TrimStart('0').ToUpper(CultureInfo.InvariantCulture);
        return digits.Length == 0 ? "0" : digits;
    }

    private static InvalidRequestException Invalid(string message) =>
        new("certificate.invalid", [new Fault("revocationList", message)]);
}
