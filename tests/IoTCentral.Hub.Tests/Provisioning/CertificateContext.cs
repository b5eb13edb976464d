using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using IoTCentral.Core.Provisioning;
using IoTCentral.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Tests.Provisioning;

/// <summary>A hub with groups of certificates, and devices that come with them.</summary>
public abstract class CertificateContext(HubFixture fixture) : IClassFixture<HubFixture>
{
    private protected readonly TestHub _hub = fixture.Hub;

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected GroupCertificates Certificates => _hub.Services.GetRequiredService<GroupCertificates>();

    private protected async Task<string> NewGroupAsync(string id)
    {
        var wish = new EnrollmentGroupWish { Attestation = Attestation.X509 };
        await _hub.Services.GetRequiredService<EnrollmentGroups>().PutAsync(_hub.Caller, id, wish, Ct);
        return id;
    }

    private protected async Task<string> GroupAsync(string id, TestAuthority authority)
    {
        await NewGroupAsync(id);
        await VerifiedAsync(id, CertificateEntry.Primary, authority);
        return id;
    }

    private protected async Task VerifiedAsync(string group, CertificateEntry entry, TestAuthority authority)
    {
        await Certificates.PutAsync(_hub.Caller, group, entry, authority.Pem, null, Ct);
        var code = await Certificates.GenerateCodeAsync(_hub.Caller, group, entry, Ct);
        var proof = authority.Leaf(code).ExportCertificatePem();
        await Certificates.VerifyAsync(_hub.Caller, group, entry, proof, Ct);
    }

    private protected Login Dps(string id) => Sign.CertifiedDps(_hub.Application.IdScope, id);

    /// <summary>Registers by MQTT; the id it was given.</summary>
    private protected async Task<string?> RegisterAsync(
        string id,
        X509Certificate2 leaf,
        params X509Certificate2[] above
    )
    {
        await using var client = await _hub.OpenAsync(leaf, above);
        Assert.Equal(0, await client.ConnectAsync(Dps(id)));
        await client.SubscribeAsync(1, ("$dps/registrations/res/#", 1));
        await client.PublishAsync("$dps/registrations/PUT/iotdps-register/?$rid=1", "{}");
        var answer = await client.ReadAsync(MqttClient.Publish);
        Assert.Equal("$dps/registrations/res/200/?$rid=1", answer.Topic);
        return JsonDocument
            .Parse(answer.Payload)
            .RootElement.GetProperty("registrationState")
            .GetProperty("deviceId")
            .GetString();
    }

    private protected async Task<int> CodeAsync(string id, X509Certificate2 leaf)
    {
        await using var client = await _hub.OpenAsync(leaf);
        return await client.ConnectAsync(Sign.Certified(id));
    }
}
