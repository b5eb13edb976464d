using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTCentral.Core.Installation;
using IoTCentral.Hub.Security;
using IoTCentral.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace IoTCentral.Hub.Tests.Security;

public sealed class CertificateExpiryTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2027, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly TestMeters _meters = new();
    private readonly KeptLog _log = new();
    private readonly string _folder = TestRun.NewFolder("expiry");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_days_until_server_certificate_and_CA_end_are_figures()
    {
        var expiry = await OfAsync(new HubOptions { Addresses = ["127.0.0.9"] });

        _clock.Advance(TimeSpan.FromDays(1));
        expiry.Look();

        Assert.Equal(364, Days("server"));
        Assert.InRange(Days("ca"), 19 * 365, 20 * 366);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task A_certificate_file_that_ends_within_30_days_is_warned_of_once_a_day()
    {
        var hub = await FilesAsync(days: 31);
        var expiry = await OfAsync(hub);

        expiry.Look();
        Assert.Empty(_log.Lines);
        _clock.Advance(TimeSpan.FromDays(2));
        expiry.Look();
        expiry.Look();

        Assert.Contains("c.pem ends at 2027-02-01 12:00:00Z", Assert.Single(_log.Lines), StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromDays(1));
        expiry.Look();
        Assert.Equal(2, _log.Lines.Count);
    }

    public void Dispose() => _meters.Dispose();

    private async Task<CertificateExpiry> OfAsync(HubOptions hub)
    {
        var options = new InstallationOptions { DataFolder = _folder, Hub = hub };
        var authority = new CertificateAuthority(new MemorySettings(), new SecretBox(MasterKey.New()), _clock);
        var selector = new ServerCertificateSelector(authority, options, _clock);
        await selector.RefreshAsync(Ct);
        return new(selector, options, _clock, _meters, _log);
    }

    private async Task<HubOptions> FilesAsync(int days)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=hub", key, HashAlgorithmName.SHA256);
        using var leaf = request.CreateSelfSigned(_clock.GetUtcNow().AddDays(-2), _clock.GetUtcNow().AddDays(days));
        var (certificate, keyFile) = (Path.Combine(_folder, "c.pem"), Path.Combine(_folder, "k.pem"));
        await File.WriteAllTextAsync(certificate, leaf.ExportCertificatePem(), Ct);
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem(), Ct);
        return new() { CertificateFile = certificate, KeyFile = keyFile };
    }

    private double Days(string certificate) =>
        _meters[$"iotc.certificate.expires {certificate}"] / TimeSpan.SecondsPerDay;

    private sealed class KeptLog : ILogger<CertificateExpiry>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (logLevel == LogLevel.Warning)
                Lines.Add(formatter(state, exception));
        }
    }
}
