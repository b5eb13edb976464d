using System.Security.Cryptography.X509Certificates;
using IoTCentral.Core.Certificates;
using IoTCentral.Core.Common;
using IoTCentral.Testing;
using Microsoft.Extensions.Time.Testing;

namespace IoTCentral.Core.Tests.Certificates;

public sealed class CertificatePathsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Now);
    private readonly CertificatePaths _paths;

    public CertificatePathsTests() => _paths = new(_time);

    [Fact]
    public void A_way_goes_by_what_the_client_sent_in_any_order()
    {
        var root = TestAuthority.Root(now: Now);
        var upper = root.Intermediate("Upper");
        var lower = upper.Intermediate("Lower");
        var leaf = lower.Leaf("device");

        var path = Find(leaf, root, upper.Certificate, lower.Certificate);

        Assert.Equal((3, upper.Certificate.SerialNumber), (path!.Length, path.SerialBelow));
        Assert.Equal(1, Find(leaf, lower)!.Length);
        Assert.Null(Find(leaf, TestAuthority.Root(now: Now), upper.Certificate, lower.Certificate));
    }

    [Fact]
    public void A_client_that_shows_its_leaf_alone_again_is_known()
    {
        var root = TestAuthority.Root(now: Now);
        var middle = root.Intermediate("Middle");
        var leaf = middle.Leaf("device");
        Assert.Null(Find(leaf, root));

        Assert.NotNull(Find(leaf, root, middle.Certificate));

        Assert.NotNull(Find(leaf, root));
    }

    [Fact]
    public void A_way_ends_with_the_first_of_its_certificates()
    {
        var root = TestAuthority.Root(now: Now);
        var middle = root.Intermediate("Short", days: 10);
        var leaf = middle.Leaf("device");

        Assert.Equal(Now.AddDays(10), Find(leaf, root, middle.Certificate)!.NotAfter);
        _time.Advance(TimeSpan.FromDays(11));

        Assert.Null(Find(leaf, root, middle.Certificate));
    }

    [Fact]
    public void Certificates_that_name_each_other_are_not_searched_through()
    {
        var root = TestAuthority.Root("Same", Now);
        // eight authorities of one name, each signed by all: a search would try them in every order
        var ring = Enumerable.Range(0, 8).Select(_ => TestAuthority.Root("Same", Now)).ToList();
        var leaf = ring[0].Leaf("device");

        Assert.Null(Find(leaf, root, [.. ring.Select(r => r.Certificate)]));
    }

    [Fact]
    public void Bytes_that_are_no_certificates_lead_nowhere()
    {
        var root = TestAuthority.Root(now: Now);
        var leaf = Certificate.Of(root.Leaf("device").RawData);

        var client = new ClientCertificate(
            leaf,
            [
                [],
                [0x30],
                [0x30, 0x80, 0, 0],
                new byte[5_000],
            ]
        );

        Assert.Equal(1, _paths.Find(client, Certificate.Of(root.Certificate.RawData))!.Length);
    }

    [Fact]
    public void A_revocation_list_is_of_its_authority_and_complete()
    {
        var root = TestAuthority.Root(now: Now);
        var lost = root.Leaf("lost");
        var authority = Certificate.Of(root.Certificate.RawData);

        var list = RevocationList.Parse(root.RevocationList(Now, lost), authority);

        Assert.Equal([RevocationList.Serial(lost.SerialNumber)], list.Revoked);
        Assert.Equal(Now, list.IssuedAt);
        foreach (var text in new[] { "", "hello", root.Pem, TestAuthority.Root("Other", Now).RevocationList(Now) })
            Assert.Throws<InvalidRequestException>(() => RevocationList.Parse(text, authority));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----")]
    public void What_is_no_certificate_is_told(string text) =>
        Assert.Equal("certificate.invalid", Assert.Throws<InvalidRequestException>(() => Certificate.Parse(text)).Code);

    [Fact]
    public void A_certificate_is_read_as_PEM_as_base64_and_as_base64_of_PEM()
    {
        var root = TestAuthority.Root("Me & You", Now);
        var der = Convert.ToBase64String(root.Certificate.RawData);
        var armoured = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(root.Pem));

        foreach (var text in new[] { root.Pem, $"some words\n{root.Pem}", der, armoured })
            Assert.Equal("Me & You", Certificate.Parse(text).CommonName);
    }

    private CertificatePath? Find(X509Certificate2 leaf, TestAuthority authority, params X509Certificate2[] above) =>
        _paths.Find(
            new ClientCertificate(Certificate.Of(leaf.RawData), [.. above.Select(c => c.RawData)]),
            Certificate.Of(authority.Certificate.RawData)
        );
}
