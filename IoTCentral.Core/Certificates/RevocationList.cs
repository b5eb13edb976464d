using System.Globalization;
using IoTCentral.Core.Common;
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
        try
        {
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

    /// <summary>A serial number without leading zeros, upper-case hex.</summary>
    public static string Serial(string serial)
    {
        var digits = serial.TrimStart('0').ToUpper(CultureInfo.InvariantCulture);
        return digits.Length == 0 ? "0" : digits;
    }

    private static InvalidRequestException Invalid(string message) =>
        new("certificate.invalid", [new Fault("revocationList", message)]);
}
