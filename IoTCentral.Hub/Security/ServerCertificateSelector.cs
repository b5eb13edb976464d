using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using IoTCentral.Core.Installation;

namespace IoTCentral.Hub.Security;

/// <summary>
/// Holds the certificate of the device-facing doors and replaces it while they are open: 60 days before it ends, when
/// the CA or the machine's addresses change, or when its files do. New handshakes get the new one.
/// </summary>
internal sealed class ServerCertificateSelector(
    CertificateAuthority authority,
    InstallationOptions options,
    TimeProvider clock
)
{
    private static readonly TimeSpan Margin = TimeSpan.FromDays(60);

    private volatile SslServerAuthenticationOptions? _tls;
    private ServerCertificate? _current;

    /// <summary>For each handshake; with the same certificate context until the certificate changes, so that TLS sessions resume.</summary>
    /// <exception cref="InvalidOperationException"><see cref="RefreshAsync"/> has not succeeded yet.</exception>
    public SslServerAuthenticationOptions Tls =>
        _tls
        ?? throw new InvalidOperationException("The server certificate is not ready; refresh comes before listening.");

    /// <summary>When the current one ends; for the expiry metric.</summary>
    public DateTimeOffset NotAfter => _current?.NotAfter ?? DateTimeOffset.MinValue;

    /// <summary>When our own CA ends, of which devices hold a copy.</summary>
    public DateTimeOffset CaNotAfter { get; private set; } = DateTimeOffset.MinValue;

    public string CaFile => Path.Combine(options.DataFolder, "ca.pem");

    /// <summary>Makes or reads it anew if there is reason to. True when it has changed. Not for concurrent callers.</summary>
    public async Task<bool> RefreshAsync(CancellationToken ct)
    {
        using var ca = await authority.LoadAsync(ct);
        await WriteCaFileAsync(ca, ct);
        CaNotAfter = ca.Ends();
        var next = Next(ca);
        if (ReferenceEquals(next, _current))
        {
            return false;
        }

        _current = next;
        _tls = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = next.Context,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
        return true;
    }

    private ServerCertificate Next(X509Certificate2 ca)
    {
        var now = clock.GetUtcNow();
        if (options.Hub is { CertificateFile: { } certificate, KeyFile: { } key })
        {
            var state = $"{StateOf(certificate)} {StateOf(key)}";
            return _current?.Source == state ? _current : ServerCertificate.Read(certificate, key, state);
        }

        var names = $"{ca.Thumbprint} {string.Join(' ', options.Hub.Addresses.Any(Hosts.IsAny) ? Hosts.Local() : [])}";
        var lasts = _current is not null && (_current.NotAfter - now > Margin || _current.NotAfter >= ca.Ends());
        return lasts && _current!.Source == names ? _current : ServerCertificate.Issue(ca, options.Hub, names, now);
    }

    /// <summary>Size and time of change: what tells a replaced file without reading it.</summary>
    private static string StateOf(string path)
    {
        var file = new FileInfo(path);
        return string.Create(CultureInfo.InvariantCulture, $"{file.Length}:{file.LastWriteTimeUtc.Ticks}");
    }

    private async Task WriteCaFileAsync(X509Certificate2 ca, CancellationToken ct)
    {
        var pem = ca.ExportCertificatePem() + "\n";
        if (!File.Exists(CaFile) || await File.ReadAllTextAsync(CaFile, ct) != pem)
        {
            await File.WriteAllTextAsync($"{CaFile}.new", pem, ct);
            File.Move($"{CaFile}.new", CaFile, overwrite: true);
        }
    }
}
