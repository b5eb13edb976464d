using IoTCentral.Core.Certificates;
using IoTCentral.Core.Common;
using IoTCentral.Core.Provisioning;
using IoTCentral.Web.Features.Devices;

namespace IoTCentral.Web.Features.Provisioning;

/// <summary>How a group's devices, or a single one, show who they are.</summary>
internal sealed record AttestationDto
{
    public const string SymmetricKeyType = "symmetricKey";
    public const string X509Type = "x509";

    /// <summary>symmetricKey or x509.</summary>
    public string? Type { get; init; }
    public SymmetricKeyDto? SymmetricKey { get; init; }
    public X509Dto? X509 { get; init; }

    /// <param name="keys">Null: the asker may not see them.</param>
    public static AttestationDto Of(KeyPair? keys) =>
        new() { Type = SymmetricKeyType, SymmetricKey = keys is null ? null : new(keys.Primary, keys.Secondary) };

    public static AttestationDto Of(OwnCertificates certificates) =>
        new() { Type = X509Type, X509 = X509Dto.Of(certificates) };

    public static AttestationDto Of(IReadOnlyList<SigningCertificate> certificates) =>
        new()
        {
            Type = X509Type,
            X509 = new X509Dto
            {
                SigningCertificates = new(
                    SigningCertificateDto.Of(certificates, CertificateEntry.Primary),
                    SigningCertificateDto.Of(certificates, CertificateEntry.Secondary)
                ),
            },
        };

    /// <summary>Null: the body says nothing of it.</summary>
    /// <exception cref="InvalidRequestException"><c>enrollment.invalid</c>: none that there is.</exception>
    public static Attestation? Kind(string? type, string path = "attestation.type") =>
        type switch
        {
            null => null,
            SymmetricKeyType => Attestation.SymmetricKey,
            X509Type => Attestation.X509,
            _ => throw new InvalidRequestException(
                "enrollment.invalid",
                [new Fault(path, $"Devices attest by {SymmetricKeyType} or {X509Type}.")]
            ),
        };
}

/// <summary>Certificates of a single device, or of the authorities of a group.</summary>
internal sealed record X509Dto
{
    public ClientCertificatesDto? ClientCertificates { get; init; }
    public SigningCertificatesDto? SigningCertificates { get; init; }

    public static X509Dto Of(OwnCertificates own) =>
        new()
        {
            ClientCertificates = new(
                ClientCertificateDto.Of(own.Primary, own.PrimaryDer),
                own.Secondary is null ? null : ClientCertificateDto.Of(own.Secondary, own.SecondaryDer)
            ),
        };
}

/// <summary>One certificate now and one to roll over to.</summary>
internal sealed record ClientCertificatesDto(ClientCertificateDto? Primary, ClientCertificateDto? Secondary)
{
    /// <exception cref="InvalidRequestException"><c>enrollment.invalid</c>, <c>certificate.invalid</c>.</exception>
    public OwnCertificates ToCertificates()
    {
        const string path = "x509.clientCertificates";
        var (primary, primaryDer) =
            Primary?.Read($"{path}.primary")
            ?? throw new InvalidRequestException(
                "enrollment.invalid",
                [new Fault($"{path}.primary", "Give at least the primary certificate.")]
            );
        var secondary = Secondary?.Read($"{path}.secondary");
        return new(primary, secondary?.Thumbprint, primaryDer, secondary?.Der);
    }
}

/// <summary>A device's certificate: itself, or its thumbprint alone.</summary>
internal sealed record ClientCertificateDto
{
    /// <summary>PEM, or DER in base64.</summary>
    public string? Certificate { get; init; }
    public CertificateInfoDto? Info { get; init; }

    public static ClientCertificateDto Of(string thumbprint, byte[]? der) =>
        der is null
            ? new() { Info = new() { Thumbprint = thumbprint } }
            : new() { Certificate = Convert.ToBase64String(der), Info = CertificateInfoDto.Of(der) };

    public (string Thumbprint, byte[]? Der) Read(string path)
    {
        if (Certificate is { Length: > 0 } text)
        {
            var read = Core.Certificates.Certificate.Parse(text, $"{path}.certificate");
            return (read.Sha256Thumbprint, read.Der);
        }

        var thumbprint = (Info?.Thumbprint ?? Info?.Sha1Thumbprint ?? "").Replace(":", "", StringComparison.Ordinal);
        if (thumbprint.Length is 40 or 64 && thumbprint.All(char.IsAsciiHexDigit))
            return (thumbprint.ToUpperInvariant(), null);
        throw new InvalidRequestException(
            "enrollment.invalid",
            [new Fault($"{path}.certificate", "Give the certificate, or its SHA-1 or SHA-256 thumbprint as info.")]
        );
    }
}

/// <summary>What a certificate says.</summary>
internal sealed record CertificateInfoDto
{
    /// <summary>SHA-1 of the DER in hex.</summary>
    public string? Sha1Thumbprint { get; init; }

    /// <summary>SHA-256 of the DER in hex; of a device of which nothing else is known, whichever was given.</summary>
    public string? Thumbprint { get; init; }
    public string? Subject { get; init; }
    public string? Issuer { get; init; }
    public DateTimeOffset? NotBefore { get; init; }
    public DateTimeOffset? NotAfter { get; init; }

    public static CertificateInfoDto Of(byte[] der) => Of(Certificate.Of(der));

    public static CertificateInfoDto Of(Certificate certificate) =>
        new()
        {
            Sha1Thumbprint = certificate.Sha1Thumbprint,
            Thumbprint = certificate.Sha256Thumbprint,
            Subject = certificate.Subject,
            Issuer = certificate.Issuer,
            NotBefore = certificate.NotBefore,
            NotAfter = certificate.NotAfter,
        };
}

/// <summary>The authorities of a group.</summary>
internal sealed record SigningCertificatesDto(SigningCertificateDto? Primary, SigningCertificateDto? Secondary);

/// <summary>An authority whose certificates a group's devices have.</summary>
internal sealed record SigningCertificateDto
{
    /// <summary>Whether its possession was shown; only the verification sets it.</summary>
    public bool? Verified { get; init; }

    /// <summary>PEM, or DER in base64.</summary>
    public string? Certificate { get; init; }
    public CertificateInfoDto? Info { get; init; }

    /// <summary>Of its newest revocation list; ignored in a body.</summary>
    public RevocationsDto? Revocations { get; init; }
    public string? Etag { get; init; }

    public static SigningCertificateDto? Of(IReadOnlyList<SigningCertificate> all, CertificateEntry entry) =>
        all.FirstOrDefault(c => c.Entry == entry) is { } found ? Of(found) : null;

    public static SigningCertificateDto Of(SigningCertificate certificate) =>
        new()
        {
            Verified = certificate.IsVerified,
            Certificate = Convert.ToBase64String(certificate.Certificate.Der),
            Info = CertificateInfoDto.Of(certificate.Certificate),
            Revocations = certificate.Revocations is { } list ? new(list.Count, list.IssuedAt, list.NextDue) : null,
            Etag = EtagOf(certificate),
        };

    public static string EtagOf(SigningCertificate certificate) =>
        Api.Etag.Of(certificate.UploadedAt.ToUnixTimeMilliseconds(), certificate.Version);
}

/// <summary>A revocation list: how many certificates it takes back, of when it is, when the next one is due.</summary>
internal sealed record RevocationsDto(int Count, DateTimeOffset IssuedAt, DateTimeOffset? NextDue);

/// <summary>What a certificate signed by the authority must have as its common name.</summary>
internal sealed record VerificationCodeDto(string VerificationCode);

/// <summary>The certificate that shows possession of an authority's private key.</summary>
internal sealed record ProofDto(string? Certificate);

/// <summary>A revocation list to upload: PEM, or DER in base64.</summary>
internal sealed record RevocationListDto(string? RevocationList);
