using IoTCentral.Core.Devices;
using IoTCentral.Web.Features.Devices.Log;
using IoTCentral.Web.Tests.Ui;
using IoTCentral.Web.Ui;

namespace IoTCentral.Web.Tests.Devices;

public sealed class LogLineTests
{
    private static LogLine Line(string detail, string code = ConnectionCode.WrongKey) =>
        new("e1", DateTimeOffset.UnixEpoch, "10.1.2.3", code, detail, ConnectionEvent.Refused);

    [Fact]
    public void What_happened_and_what_to_do_are_told_apart()
    {
        var line = Line("Its token is signed for the host 'old.azure-devices.net'. Set HostName to this hub's name.");

        Assert.Equal("Its token is signed for the host 'old.azure-devices.net'.", line.Happened);
        Assert.Equal("Set HostName to this hub's name.", line.Advice);
    }

    [Fact]
    public void A_lone_sentence_is_what_happened()
    {
        var line = Line("Its application is suspended.");

        Assert.Equal("Its application is suspended.", line.Happened);
        Assert.Null(line.Advice);
    }

    [Fact]
    public void Who_waits_for_approval_has_done_nothing_wrong() =>
        Assert.Equal(Tone.Accent, Line("The device waits.", ConnectionCode.WaitingForApproval).Tone);

    [Theory]
    [InlineData(ConnectionCode.WrongCertificate)]
    [InlineData(ConnectionCode.CertificateName)]
    [InlineData(ConnectionCode.CertificateEnded)]
    [InlineData(ConnectionCode.CertificateRevoked)]
    [InlineData(ConnectionCode.NeedsKey)]
    [InlineData(ConnectionCode.TpmRefused)]
    [InlineData(ConnectionCode.WaitingForApproval)]
    public void What_is_refused_for_its_certificate_comes_with_what_to_do(string code)
    {
        var texts = System.Xml.Linq.XDocument.Load(Repository.File("IoTCentral.Web/Features/Devices/DeviceTexts.resx"));

        Assert.Contains(texts.Root!.Elements("data"), d => (string?)d.Attribute("name") == $"Do-{code}");
    }

    [Fact]
    public void Who_does_not_trust_our_certificate_is_no_intruder() =>
        Assert.Equal(Tone.Warning, Line("It broke off TLS.", ConnectionCode.TlsBrokenOff).Tone);
}
