using System.Text;
using IoTCentral.Core.Provisioning;
using IoTCentral.Testing;
using IoTCentral.Web.Features.Devices.Groups;

namespace IoTCentral.Web.Tests.Devices.Groups;

public sealed class GroupCertificateStateTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private static SigningCertificate Certificate(int days, bool isVerified = true) =>
        new()
        {
            TenantId = new(1),
            GroupId = "g",
            Entry = CertificateEntry.Primary,
            Certificate = Core.Certificates.Certificate.Of(
                TestAuthority.Root(now: Now.AddYears(-20)).Intermediate("Ours", 7305 + days).Certificate.RawData
            ),
            IsVerified = isVerified,
        };

    private static CertificateCondition Of(params SigningCertificate[] certificates) =>
        GroupCertificateState.Of(certificates, Now).Condition;

    [Fact]
    public void A_group_without_an_authority_says_so() => Assert.Equal(CertificateCondition.Missing, Of());

    [Fact]
    public void An_authority_that_ends_within_sixty_days_is_warned_of()
    {
        var soon = GroupCertificateState.Of([Certificate(59)], Now);

        Assert.Equal(CertificateCondition.EndsSoon, soon.Condition);
        Assert.InRange(soon.At!.Value - Now, TimeSpan.FromDays(58), TimeSpan.FromDays(60));
        Assert.Equal(CertificateCondition.Verified, Of(Certificate(63)));
    }

    [Fact]
    public void What_is_not_verified_counts_only_when_nothing_else_lets_devices_in()
    {
        Assert.Equal(CertificateCondition.Verified, Of(Certificate(900, isVerified: false), Certificate(900)));
        Assert.Equal(CertificateCondition.Unverified, Of(Certificate(900, isVerified: false), Certificate(-1)));
        Assert.Equal(CertificateCondition.Ended, Of(Certificate(-2)));
    }

    [Fact]
    public void Of_two_that_let_devices_in_the_one_that_ends_soon_is_told() =>
        Assert.Equal(CertificateCondition.EndsSoon, Of(Certificate(900), Certificate(10)));

    [Fact]
    public void A_file_in_DER_becomes_text_that_services_read()
    {
        var root = TestAuthority.Root();

        var der = PemText.Of(root.Certificate.RawData);
        var pem = PemText.Of(Encoding.ASCII.GetBytes(root.Pem));

        Assert.Equal(Core.Certificates.Certificate.Parse(pem).Der, Core.Certificates.Certificate.Parse(der).Der);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("""{"tags":{"hall":"B"},"properties":{"desired":{"interval":60}}}""", null)]
    [InlineData("{\n  \"tags\": {,}\n}", "2:12")]
    [InlineData("""{"tags":5}""", "An initial twin is JSON")]
    [InlineData("""{"tags":{},"tags":{}}""", "An initial twin names something twice")]
    [InlineData("""{"properties":{"desired":{"a":1,"a":2}}}""", "An initial twin names something twice")]
    public void A_twin_that_cannot_be_one_is_told_with_its_place(string text, string? fault)
    {
        var found = InitialTwinText.FindFault(text);

        Assert.StartsWith(
            fault ?? "",
            found?.Message ?? $"{found?.Where?.Line}:{found?.Where?.Column}",
            StringComparison.Ordinal
        );
        Assert.Equal(fault is null, found is null);
    }
}
