using IoTCentral.Core.Provisioning;
using IoTCentral.Web.Ui;

namespace IoTCentral.Web.Features.Devices.Groups;

/// <summary>How it stands with an authority, or with those of a group.</summary>
internal enum CertificateCondition
{
    /// <summary>A group without one lets nobody in.</summary>
    Missing,
    Unverified,
    Verified,
    EndsSoon,
    Ended,
}

/// <param name="At">When it ends; null: there is none.</param>
internal sealed record GroupCertificateState(CertificateCondition Condition, DateTimeOffset? At)
{
    // A new authority has to be made, verified and rolled out to devices: two months are not too many.
    private static readonly TimeSpan Soon = TimeSpan.FromDays(60);

    public Tone Tone =>
        Condition switch
        {
            CertificateCondition.Verified => Tone.Good,
            CertificateCondition.Ended => Tone.Critical,
            _ => Tone.Warning,
        };

    /// <summary>Its words need a date.</summary>
    public bool IsOfTime => Condition is CertificateCondition.EndsSoon or CertificateCondition.Ended;

    public static GroupCertificateState Of(SigningCertificate certificate, DateTimeOffset now)
    {
        var end = certificate.Certificate.NotAfter;
        var condition =
            end <= now ? CertificateCondition.Ended
            : !certificate.IsVerified ? CertificateCondition.Unverified
            : end - now < Soon ? CertificateCondition.EndsSoon
            : CertificateCondition.Verified;
        return new(condition, end);
    }

    /// <summary>Of a group: the one that lets devices in and ends first; without such, what comes nearest to it.</summary>
    public static GroupCertificateState Of(IEnumerable<SigningCertificate> certificates, DateTimeOffset now)
    {
        CertificateCondition[] byNeed =
        [
            CertificateCondition.EndsSoon,
            CertificateCondition.Verified,
            CertificateCondition.Unverified,
            CertificateCondition.Ended,
        ];
        return certificates
                .Select(c => Of(c, now))
                .OrderBy(s => Array.IndexOf(byNeed, s.Condition))
                .ThenBy(s => s.At)
                .FirstOrDefault()
            ?? new(CertificateCondition.Missing, null);
    }
}
