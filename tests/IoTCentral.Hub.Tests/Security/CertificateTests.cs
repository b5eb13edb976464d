using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Installation;
using IoTCentral.Hub.Security;
using IoTCentral.Testing;
using Microsoft.Extensions.Time.Testing;

namespace IoTCentral.Hub.Tests.Security;

public sealed class CertificateTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2027, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly MemorySettings _settings = new();
    private readonly InstallationOptions _options = new()
    {
        DataFolder = TestRun.NewFolder("certificates"),
        Hub = new() { Addresses = ["127.0.0.9"], HostNames = ["hub.example.com"] },
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private CertificateAuthority Authority { get; }

    private ServerCertificateSelector Selector { get; }

    public CertificateTests()
    {
        Authority = new CertificateAuthority(_settings, new SecretBox(MasterKey.New()), _clock);
        Selector = new ServerCertificateSelector(Authority, _options, _clock);
    }

    [Fact]
    public async Task The_CA_is_made_once_and_lasts_20_years()
    {
        var first = await Authority.GetAsync(Ct);
        var second = await Authority.GetAsync(Ct);

        Assert.Equal(first, second);
        Assert.Equal(_clock.GetUtcNow().AddYears(20), first.NotAfter);
    }

    [Theory]
    [InlineData("hub.example.com", SslProtocols.Tls12)]
    [InlineData("hub.example.com", SslProtocols.Tls13)]
    [InlineData("127.0.0.9", SslProtocols.Tls12)]
    [InlineData("localhost", SslProtocols.Tls13)]
    public async Task A_device_that_trusts_the_CA_file_accepts_each_of_the_hubs_names(
        string name,
        SslProtocols protocol
    )
    {
        await Selector.RefreshAsync(Ct);

        await ShakeHandsAsync(name, protocol);
    }

    [Fact]
    public async Task A_name_that_is_not_the_hubs_is_not_accepted()
    {
        await Selector.RefreshAsync(Ct);

        await Assert.ThrowsAsync<AuthenticationException>(() =>
            ShakeHandsAsync("evil.example.com", SslProtocols.Tls13)
        );
    }

    [Fact]
    public async Task The_server_certificate_is_remade_60_days_before_it_ends()
    {
        await Selector.RefreshAsync(Ct);
        var first = Selector.Tls;

        _clock.Advance(TimeSpan.FromDays(365 - 61));
        Assert.False(await Selector.RefreshAsync(Ct));
        Assert.Same(first, Selector.Tls);
        _clock.Advance(TimeSpan.FromDays(2));
        Assert.True(await Selector.RefreshAsync(Ct));

        Assert.Equal(_clock.GetUtcNow().AddDays(365), Selector.NotAfter);
    }

    [Fact]
    public async Task An_imported_CA_signs_from_then_on_and_its_file_follows()
    {
        await Selector.RefreshAsync(Ct);
        var elsewhere = new CertificateAuthority(new MemorySettings(), new SecretBox(MasterKey.New()), _clock);
        var exported = await elsewhere.ExportAsync(AuditActor.CommandLine, Ct);

        await Authority.ImportAsync(exported, AuditActor.CommandLine, Ct);
        Assert.True(await Selector.RefreshAsync(Ct));

        Assert.Equal((await elsewhere.GetAsync(Ct)).Pem, await File.ReadAllTextAsync(Selector.CaFile, Ct));
        await ShakeHandsAsync("hub.example.com", SslProtocols.Tls13);
        Assert.Equal("certificate-authority.import", _settings.Entries[^1].Action);
    }

    [Fact]
    public async Task A_CA_with_an_RSA_key_can_be_imported()
    {
        using var key = RSA.Create(2048);
        await Authority.ImportAsync(
            Pem(Request(new("CN=Old CA", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))),
            AuditActor.CommandLine,
            Ct
        );

        await Selector.RefreshAsync(Ct);

        await ShakeHandsAsync("127.0.0.9", SslProtocols.Tls12);
    }

    [Fact]
    public async Task What_is_no_CA_is_refused_and_the_old_one_stays()
    {
        var before = await Authority.GetAsync(Ct);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = Request(new("CN=leaf", key, HashAlgorithmName.SHA256), isCa: false);
        using var ended = Request(new("CN=ended", key, HashAlgorithmName.SHA256), days: -1);

        foreach (var pem in (string[])["nonsense", leaf.ExportCertificatePem(), Pem(leaf), Pem(ended)])
        {
            var refusal = await Assert.ThrowsAsync<InvalidRequestException>(() =>
                Authority.ImportAsync(pem, AuditActor.CommandLine, Ct)
            );
            Assert.Equal("certificate-authority.unusable", refusal.Code);
        }

        Assert.Equal(before, await Authority.GetAsync(Ct));
    }

    [Fact]
    public async Task Certificate_files_are_read_again_when_they_change()
    {
        var (certificate, key) = (
            Path.Combine(_options.DataFolder, "c.pem"),
            Path.Combine(_options.DataFolder, "k.pem")
        );
        var options = _options with { Hub = _options.Hub with { CertificateFile = certificate, KeyFile = key } };
        var selector = new ServerCertificateSelector(Authority, options, _clock);
        await WriteAsync("CN=first");
        await selector.RefreshAsync(Ct);
        Assert.Equal("CN=first", selector.Tls.ServerCertificateContext!.TargetCertificate.Subject);

        await WriteAsync("CN=the second");
        Assert.True(await selector.RefreshAsync(Ct));
        Assert.False(await selector.RefreshAsync(Ct));

        Assert.Equal("CN=the second", selector.Tls.ServerCertificateContext!.TargetCertificate.Subject);

        async Task WriteAsync(string subject)
        {
            using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var leaf = Request(new(subject, ecdsa, HashAlgorithmName.SHA256), isCa: false);
            await File.WriteAllTextAsync(certificate, leaf.ExportCertificatePem(), Ct);
            await File.WriteAllTextAsync(key, ecdsa.ExportPkcs8PrivateKeyPem(), Ct);
        }
    }

    private X509Certificate2 Request(CertificateRequest request, bool isCa = true, int days = 1000)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isCa, false, 0, true));
        return request.CreateSelfSigned(_clock.GetUtcNow().AddDays(-2), _clock.GetUtcNow().AddDays(days));
    }

    private static string Pem(X509Certificate2 certificate)
    {
        AsymmetricAlgorithm key =
            (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey() ?? certificate.GetRSAPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem() + "\n" + certificate.ExportCertificatePem();
    }

    /// <summary>A handshake over a real socket by a client that trusts nothing but ca.pem.</summary>
    private async Task ShakeHandsAsync(string name, SslProtocols protocol)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        var accepting = listener.AcceptTcpClientAsync(Ct).AsTask();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Ct);
        using var served = await accepting;
        await using var server = new SslStream(served.GetStream());
        var serving = server.AuthenticateAsServerAsync(Selector.Tls, Ct);
        await using var device = new SslStream(client.GetStream());

        try
        {
            await device.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = name,
                    EnabledSslProtocols = protocol,
                    CertificateChainPolicy = PolicyOf(X509CertificateLoader.LoadCertificateFromFile(Selector.CaFile)),
                },
                Ct
            );
        }
        finally
        {
            client.Close();
            await Task.WhenAny(serving);
        }
    }

    private X509ChainPolicy PolicyOf(X509Certificate2 root) =>
        new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { root },
            RevocationMode = X509RevocationMode.NoCheck,
            VerificationTime = _clock.GetUtcNow().UtcDateTime,
        };
}
