using IoTCentral.Web.Features.Devices.Connect;

namespace IoTCentral.Web.Tests.Devices;

public sealed class ConnectSamplesTests
{
    private const string Ca = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

    private static ConnectFacts Facts(string id = "dairy-1", string? key = "a2V5", int port = 8883) =>
        new("iot.example", port, "0ne00A1B2C3", id, key, Ca, SampleBody.Of(Fridge.Template));

    public static TheoryData<string> Languages => [.. ConnectSamples.Of(Facts()).Select(s => s.Name)];

    private static string Code(string language, ConnectFacts facts) =>
        ConnectSamples.Of(facts).Single(s => s.Name == language).Code;

    [Theory]
    [MemberData(nameof(Languages))]
    public void Each_language_brings_our_certificate_the_host_the_id_and_the_key(string language)
    {
        var code = Code(language, Facts());

        Assert.Contains(Ca.Trim(), code, StringComparison.Ordinal);
        Assert.Contains("iot.example", code, StringComparison.Ordinal);
        Assert.Contains("dairy-1", code, StringComparison.Ordinal);
        Assert.Contains("a2V5", code, StringComparison.Ordinal);
        Assert.Contains("temperature", code, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", code, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void A_key_that_was_not_asked_for_is_not_in_the_code(string language) =>
        Assert.Contains(ConnectSamples.NoKey, Code(language, Facts(key: null)), StringComparison.Ordinal);

    [Theory]
    [InlineData("Node")]
    [InlineData("Python")]
    [InlineData("C#")]
    [InlineData("C")]
    [InlineData("mosquitto_pub")]
    public void A_device_with_a_certificate_uses_its_files_and_no_key(string language)
    {
        var code = Code(language, Facts(key: null) with { Certificate = CertificateOrigin.Group });

        Assert.Contains(Ca.Trim(), code, StringComparison.Ordinal);
        Assert.Contains("device.pem", code, StringComparison.Ordinal);
        Assert.Contains("device.key", code, StringComparison.Ordinal);
        Assert.Contains("dairy-1", code, StringComparison.Ordinal);
        Assert.DoesNotContain(ConnectSamples.NoKey, code, StringComparison.Ordinal);
        Assert.DoesNotContain("SharedAccess", code, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", code, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_is_made_by_the_groups_authority_or_signs_itself()
    {
        var facts = Facts(id: "a+'b");

        Assert.Contains(
            "-CA authority.pem",
            Code("openssl", facts with { Certificate = CertificateOrigin.Group }),
            StringComparison.Ordinal
        );
        Assert.Contains(
            @"-subj '/CN=a\+'\''b'",
            Code("openssl", facts with { Certificate = CertificateOrigin.Own }),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Another_port_is_told_to_those_that_can_be_told()
    {
        Assert.Contains("iot.example:9883", Code("Node", Facts(port: 9883)), StringComparison.Ordinal);
        Assert.Contains("-p 9883", Code("mosquitto_pub", Facts(port: 9883)), StringComparison.Ordinal);
        Assert.False(ConnectSamples.SdksReach(9883));
    }

    [Fact]
    public void An_id_with_quotes_stays_one_word_in_the_shell()
    {
        var code = Code("mosquitto_pub", Facts(id: "it's#1"));

        Assert.Contains(@"-i 'it'\''s#1'", code, StringComparison.Ordinal);
        Assert.Contains("%2Fdevices%2Fit%27s%231", code, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_message_has_values_the_template_asks_for() =>
        Assert.Equal("""{"temperature":21.5,"door":true}""", SampleBody.Of(Fridge.Template));

    [Fact]
    public void A_qr_code_has_its_quiet_zone_and_something_in_it()
    {
        var code = QrSvg.Of("""{"scope":"0ne00A1B2C3","id":"dairy-1","key":"a2V5"}""");

        Assert.StartsWith("M4 4h7v1h-7z", code.Path, StringComparison.Ordinal);
        Assert.True(code.Size > 29);
    }
}
