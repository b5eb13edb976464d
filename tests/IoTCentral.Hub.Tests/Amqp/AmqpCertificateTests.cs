using System.Security.Cryptography.X509Certificates;
using Amqp;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Tests.Amqp;

/// <summary>Devices that show a certificate instead of a token, over AMQP (contract §1.2, §3.3, §5).</summary>
public sealed class AmqpCertificateTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private readonly TestHub _hub = fixture.Hub;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_device_of_a_certificate_group_registers_and_sends_without_a_token()
    {
        var root = TestAuthority.Root();
        await GroupAsync("amqp-certified", root);
        var leaf = root.Leaf("x509-1");

        Assert.Equal("x509-1", await RegisterAsync("x509-1", leaf));

        await using var device = await AmqpClient.OpenAsync(_hub, certificate: leaf);
        await AmqpClient.SendAsync(await device.SenderAsync("/devices/x509-1/messages/events"), """{"t":1}""");
        Assert.Single(await _hub.StoredAsync("x509-1"));
    }

    [Fact]
    public async Task A_certificate_opens_its_own_devices_links_only()
    {
        var root = TestAuthority.Root();
        await GroupAsync("amqp-own", root);
        await RegisterAsync("x509-2", root.Leaf("x509-2"));
        await RegisterAsync("x509-3", root.Leaf("x509-3"));

        await using var device = await AmqpClient.OpenAsync(_hub, certificate: root.Leaf("x509-2"));
        var refused = await Assert.ThrowsAsync<AmqpException>(() => device.ReceiverAsync("/devices/x509-3/twin"));

        Assert.Equal("amqp:unauthorized-access", refused.Error.Condition.ToString());
        await _hub.LineAsync("x509-3", ConnectionCode.CertificateName);
        await AmqpClient.SendAsync(await device.SenderAsync("/devices/x509-2/messages/events"), "{}");
    }

    [Fact]
    public async Task A_strangers_certificate_registers_nobody()
    {
        await GroupAsync("amqp-foreign", TestAuthority.Root());

        await Assert.ThrowsAsync<AmqpException>(() => RegisterAsync("x509-4", TestAuthority.Root().Leaf("x509-4")));

        await _hub.LineAsync("x509-4", ConnectionCode.WrongCertificate);
    }

    private async Task<string?> RegisterAsync(string id, X509Certificate2 leaf)
    {
        await using var client = await AmqpClient.OpenAsync(_hub, certificate: leaf);
        var address = $"{_hub.Application.IdScope}/registrations/{id}";
        var answers = await client.ReceiverAsync(address);
        var asks = await client.SenderAsync(address);
        var answer = await AmqpRegistrationTests.AskAsync(asks, answers, "iotdps-register", "{}");
        return (string?)answer["registrationState"]!["deviceId"];
    }

    private async Task GroupAsync(string id, TestAuthority authority)
    {
        var wish = new EnrollmentGroupWish { Attestation = Attestation.X509 };
        await _hub.Services.GetRequiredService<EnrollmentGroups>().PutAsync(_hub.Caller, id, wish, Ct);
        var certificates = _hub.Services.GetRequiredService<GroupCertificates>();
        await certificates.PutAsync(_hub.Caller, id, CertificateEntry.Primary, authority.Pem, null, Ct);
        var code = await certificates.GenerateCodeAsync(_hub.Caller, id, CertificateEntry.Primary, Ct);
        var proof = authority.Leaf(code).ExportCertificatePem();
        await certificates.VerifyAsync(_hub.Caller, id, CertificateEntry.Primary, proof, Ct);
    }
}
