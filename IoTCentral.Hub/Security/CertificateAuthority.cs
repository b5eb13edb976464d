using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Installation;

namespace IoTCentral.Hub.Security;

/// <summary>The installation's CA: certificate and wrapped key are one row of the settings, so all nodes share it.</summary>
internal sealed class CertificateAuthority(ISettingStore settings, ISecretBox secrets, TimeProvider clock)
    : ICertificateAuthority
{
    private const string Key = "certificate-authority";
    private const int Years = 20; // devices in the field cannot be given another root by hand

    public async Task<CaCertificate> GetAsync(CancellationToken ct)
    {
        using var ca = await LoadAsync(ct);
        return Describe(ca);
    }

    public async Task<string> ExportAsync(AuditActor actor, CancellationToken ct)
    {
        using var ca = await LoadAsync(ct);
        await settings.AuditAsync(Entry(actor, "certificate-authority.export", null, ca), ct);
        return $"{ca.ExportCertificatePem()}\n{PrivateKeyPem(ca)}\n";
    }

    public async Task<CaCertificate> ImportAsync(string pem, AuditActor actor, CancellationToken ct)
    {
        using var old = await LoadAsync(ct);
        using var ca = CaReader.Read(pem, clock.GetUtcNow());
        await settings.SaveAsync(Wrapped(ca), Entry(actor, "certificate-authority.import", old, ca), ct);
        return Describe(ca);
    }

    /// <summary>With its private key; made if there is none. The caller disposes it.</summary>
    /// <exception cref="SecretUnreadableException">The master key is another installation's.</exception>
    internal async Task<X509Certificate2> LoadAsync(CancellationToken ct)
    {
        var setting = await settings.FindAsync(Key, ct);
        if (setting is null)
        {
            using var made = Make(clock.GetUtcNow());
            setting = await settings.AddAsync(Wrapped(made), ct);
        }

        var certificate = JsonSerializer.Deserialize<string>(setting.Value!)!;
        return X509Certificate2.CreateFromPem(certificate, secrets.UnwrapText(setting.Secret, Key));
    }

    private static X509Certificate2 Make(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = $"CN=IoTCentral CA {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(Years));
    }

    private Setting Wrapped(X509Certificate2 ca) =>
        new(Key, JsonSerializer.Serialize(ca.ExportCertificatePem()), secrets.WrapText(PrivateKeyPem(ca), Key));

    private static string PrivateKeyPem(X509Certificate2 ca)
    {
        using AsymmetricAlgorithm? key = (AsymmetricAlgorithm?)ca.GetECDsaPrivateKey() ?? ca.GetRSAPrivateKey();
        return key!.ExportPkcs8PrivateKeyPem();
    }

    private static CaCertificate Describe(X509Certificate2 ca) =>
        new(ca.ExportCertificatePem() + "\n", ca.Subject, Thumbprint(ca), ca.Ends());

    private static string Thumbprint(X509Certificate2 ca) =>
        ca.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    private static AuditEntry Entry(
        AuditActor actor,
        string action,
        X509Certificate2? before,
        X509Certificate2 after
    ) =>
        new()
        {
            Actor = actor,
            Action = action,
            TargetId = Thumbprint(after),
            TargetName = after.Subject,
            Before = before is null ? null : JsonSerializer.Serialize(new { thumbprint = Thumbprint(before) }),
            After = JsonSerializer.Serialize(new { thumbprint = Thumbprint(after), notAfter = after.Ends() }),
        };
}
