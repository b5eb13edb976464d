using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using IoTCentral.Testing;

namespace IoTCentral.Journeys.Sdk;

/// <summary>Devices with certificates, with Microsoft's SDK for Node over each of its transports.</summary>
public sealed class CertificateSdkTests(SdkServer fixture) : IClassFixture<SdkServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(SdkServer.AllTransports), MemberType = typeof(SdkServer))]
    public async Task A_device_of_a_certificate_group_registers_and_connects(string transport)
    {
        var (id, authority) = ($"{transport}-certified", TestAuthority.Root($"Root of {transport}"));
        await fixture.CertificateGroupAsync($"{transport}-group", authority);
        using var certificate = authority.Leaf(id);

        var registration = SdkServer.Pem(certificate);
        (registration["scope"], registration["id"]) = (await fixture.ScopeAsync(), id);
        var assigned = Assert.Single(await fixture.RegisterAsync(transport, registration));
        Assert.Equal("assigned", (string?)assigned["status"]);

        await SendsAsync(transport, id, certificate);
    }

    [Theory]
    [MemberData(nameof(SdkServer.AllTransports), MemberType = typeof(SdkServer))]
    public async Task A_device_whose_thumbprint_is_known_registers_and_connects(string transport)
    {
        var id = $"{transport}-thumbprint";
        using var certificate = TestAuthority.SelfSigned(id);
        await fixture.MakeAsync(id);
        var info = new JsonObject { ["info"] = new JsonObject { ["sha1Thumbprint"] = certificate.Thumbprint } };
        var x509 = new JsonObject { ["clientCertificates"] = new JsonObject { ["primary"] = info } };
        var attestation = new JsonObject { ["type"] = "x509", ["x509"] = x509 };
        await fixture.SendAsync(HttpMethod.Put, $"devices/{id}/attestation", attestation.ToJsonString());

        var registration = SdkServer.Pem(certificate);
        (registration["scope"], registration["id"]) = (await fixture.ScopeAsync(), id);
        var assigned = Assert.Single(await fixture.RegisterAsync(transport, registration));
        Assert.Equal("assigned", (string?)assigned["status"]);

        await SendsAsync(transport, id, certificate);
    }

    private async Task SendsAsync(string transport, string id, X509Certificate2 certificate)
    {
        var credential = $"HostName={fixture.Server.Address};DeviceId={id};x509=true";
        await using var device = await fixture.StartAsync(transport, credential);
        await device.DoAsync("certify", Ct, SdkServer.Pem(certificate));
        await device.DoAsync("open", Ct);

        await device.DoAsync("sendEvent", Ct, new JsonObject { ["body"] = new JsonObject { ["t"] = 1 } });
        if (transport != "http")
            Assert.Equal(1, (int)(await device.DoAsync("getTwin", Ct))["result"]!["desired"]!["$version"]!);

        Assert.Equal(1, (int)(await fixture.GetAsync($"devices/{id}/telemetry/t"))["value"]!);
    }
}
