using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Tenants;
using IoTCentral.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Tests.Provisioning;

/// <summary>Devices that show a certificate (contract §1.2, §3.4): who is let in, and what the others are told.</summary>
public sealed class CertificateTests(HubFixture fixture) : CertificateContext(fixture)
{
    [Fact]
    public async Task A_device_of_a_certificate_group_registers_and_connects()
    {
        var root = TestAuthority.Root();
        await GroupAsync("leaf-of-root", root);
        var leaf = root.Leaf("cert-1");

        Assert.Equal("cert-1", await RegisterAsync("cert-1", leaf));

        await using var device = await _hub.OpenAsync(leaf);
        Assert.Equal(0, await device.ConnectAsync(Sign.Certified("cert-1")));
        await device.PublishAsync("devices/cert-1/messages/events/", """{"t":1}""", packetId: 2);
        Assert.Equal(2, (await device.ReadAsync(MqttClient.PubAck)).Id);
        Assert.Equal("""{"t":1}""", Encoding.UTF8.GetString(Assert.Single(await _hub.StoredAsync("cert-1")).Body));
    }

    [Fact]
    public async Task A_device_below_an_intermediate_sends_it_along()
    {
        var root = TestAuthority.Root();
        var factory = root.Intermediate("Factory");
        await GroupAsync("below-intermediate", root);
        var leaf = factory.Leaf("cert-2");

        Assert.Equal("cert-2", await RegisterAsync("cert-2", leaf, factory.Certificate));

        await using var device = await _hub.OpenAsync(leaf, factory.Certificate);
        Assert.Equal(0, await device.ConnectAsync(Sign.Certified("cert-2")));
    }

    [Fact]
    public async Task The_group_of_the_nearest_authority_takes_the_device()
    {
        var root = TestAuthority.Root();
        var factory = root.Intermediate("Near");
        await GroupAsync("far-root", root);
        await GroupAsync("near-factory", factory);

        await RegisterAsync("cert-3", factory.Leaf("cert-3"), factory.Certificate);

        Assert.Equal("near-factory", await GroupOfAsync("cert-3"));
    }

    [Fact]
    public async Task A_certificate_made_out_to_another_device_is_refused()
    {
        var root = TestAuthority.Root();
        await GroupAsync("wrong-name", root);
        await RegisterAsync("cert-4", root.Leaf("cert-4"));
        await using var other = await _hub.OpenAsync(root.Leaf("cert-5"));

        Assert.Equal(5, await other.ConnectAsync(Sign.Certified("cert-4")));

        var line = await _hub.LineAsync("cert-4", ConnectionCode.CertificateName);
        Assert.Contains("'cert-5'", line.Detail, StringComparison.Ordinal);
        await using var registering = await _hub.OpenAsync(root.Leaf("cert-5"));
        Assert.Equal(5, await registering.ConnectAsync(Dps("cert-4")));
    }

    [Fact]
    public async Task An_expired_certificate_is_refused_and_the_log_says_when_it_ended()
    {
        var root = TestAuthority.Root();
        await GroupAsync("expired", root);
        await RegisterAsync("cert-6", root.Leaf("cert-6"));
        var now = TimeProvider.System.GetUtcNow();
        await using var late = await _hub.OpenAsync(root.Leaf("cert-6", now.AddDays(-3), now.AddDays(-2)));

        Assert.Equal(5, await late.ConnectAsync(Sign.Certified("cert-6")));

        var line = await _hub.LineAsync("cert-6", ConnectionCode.CertificateEnded);
        Assert.Contains("ended at", line.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_strangers_certificate_is_refused()
    {
        var root = TestAuthority.Root();
        await GroupAsync("foreign", root);
        await RegisterAsync("cert-7", root.Leaf("cert-7"));
        var stranger = TestAuthority.Root(); // of the same name
        await using var device = await _hub.OpenAsync(stranger.Leaf("cert-7"));
        await using var registering = await _hub.OpenAsync(stranger.Leaf("cert-7"));

        Assert.Equal(5, await device.ConnectAsync(Sign.Certified("cert-7")));
        Assert.Equal(5, await registering.ConnectAsync(Dps("cert-7")));

        await _hub.LineAsync("cert-7", ConnectionCode.WrongCertificate);
    }

    [Fact]
    public async Task An_intermediate_that_may_not_sign_leads_nowhere()
    {
        var root = TestAuthority.Root();
        await GroupAsync("no-authority", root);
        var device = root.Leaf("cert-8");
        var forged = Forge("cert-9", device);

        await using var client = await _hub.OpenAsync(forged, device);

        Assert.Equal(5, await client.ConnectAsync(Dps("cert-9")));
    }

    [Fact]
    public async Task An_authority_that_nobody_has_verified_lets_nobody_in()
    {
        var root = TestAuthority.Root();
        await NewGroupAsync("unverified");
        await Certificates.PutAsync(_hub.Caller, "unverified", CertificateEntry.Primary, root.Pem, null, Ct);

        await using var device = await _hub.OpenAsync(root.Leaf("cert-13"));

        Assert.Equal(5, await device.ConnectAsync(Dps("cert-13")));

        await SaysToVerifyAsync("cert-13", "unverified");
    }

    [Fact]
    public async Task A_device_that_people_made_is_told_to_have_its_authority_verified_too()
    {
        var root = TestAuthority.Root();
        await NewGroupAsync("unverified-2");
        await Certificates.PutAsync(_hub.Caller, "unverified-2", CertificateEntry.Primary, root.Pem, null, Ct);
        await _hub.DeviceAsync("cert-14");

        Assert.Equal(5, await CodeAsync("cert-14", root.Leaf("cert-14")));

        await SaysToVerifyAsync("cert-14", "unverified-2");
    }

    [Fact]
    public async Task A_refused_registration_of_no_device_is_found_by_its_group_and_the_line_says_which_certificate()
    {
        var root = TestAuthority.Root();
        await GroupAsync("lost-group", root);
        var leaf = root.Leaf("another-name");
        await using var device = await _hub.OpenAsync(leaf);

        Assert.Equal(5, await device.ConnectAsync(Dps("cert-lost")));

        var line = await _hub.LineAsync("cert-lost", ConnectionCode.CertificateName);
        Assert.StartsWith(
            $"certificate {leaf.GetCertHashString()[..8]}… by the authority '",
            line.Proof,
            StringComparison.Ordinal
        );
        var log = _hub.Services.GetRequiredService<ConnectionLogReader>();
        Assert.Contains(await UnknownAsync("lost-group"), l => l.DeviceId == "cert-lost");
        Assert.DoesNotContain(await UnknownAsync("another-group"), l => l.DeviceId == "cert-lost");

        Task<IReadOnlyList<ConnectionLogEntry>> UnknownAsync(string group) =>
            log.OfUnknownAsync(_hub.Caller, group, DateTimeOffset.UnixEpoch, Ct);
    }

    private async Task SaysToVerifyAsync(string id, string group)
    {
        var line = await _hub.LineAsync(id, ConnectionCode.WrongCertificate);
        Assert.Contains($"group '{group}', but not verified yet. Verify it", line.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("intermediate", line.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_enrolled_thumbprint_opens_the_hub_and_no_other_certificate_does()
    {
        await _hub.DeviceAsync("cert-15");
        var own = TestAuthority.SelfSigned("cert-15");
        var sha1 = own.GetCertHashString();
        var attestation = _hub.Services.GetRequiredService<DeviceAttestation>();
        await attestation.PutAsync(_hub.Caller, "cert-15", new OwnCertificates(sha1, null, null, null), Ct);

        Assert.Equal(0, await CodeAsync("cert-15", own));
        Assert.Equal(5, await CodeAsync("cert-15", TestAuthority.SelfSigned("cert-15")));
        await _hub.LineAsync("cert-15", ConnectionCode.WrongCertificate);
        Assert.Equal("cert-15", await RegisterAsync("cert-15", own));
    }

    [Fact]
    public async Task A_device_with_keys_cannot_come_with_a_certificate_and_is_told()
    {
        await _hub.DeviceAsync("cert-16");

        Assert.Equal(5, await CodeAsync("cert-16", TestAuthority.SelfSigned("cert-16")));

        await _hub.LineAsync("cert-16", ConnectionCode.NeedsKey);
    }

    [Fact]
    public async Task Who_enrols_another_applications_certificate_does_not_get_its_device()
    {
        var root = TestAuthority.Root();
        await GroupAsync("victim", root);
        var leaf = root.Leaf("cert-17");
        await RegisterAsync("cert-17", leaf);
        var thief = await _hub.NewApplicationAsync("Thief");
        var caller = Caller.System(thief.TenantId);
        await _hub.DeviceAsync("cert-17", thief);
        await _hub
            .Services.GetRequiredService<DeviceAttestation>()
            .PutAsync(caller, "cert-17", new OwnCertificates(leaf.GetCertHashString(), null, null, null), Ct);

        await using var device = await _hub.OpenAsync(leaf);
        Assert.Equal(0, await device.ConnectAsync(Sign.Certified("cert-17")));
        await device.PublishAsync("devices/cert-17/messages/events/", "{}", packetId: 2);
        await device.ReadAsync(MqttClient.PubAck);

        Assert.Single(await _hub.StoredAsync("cert-17"));
    }

    [Fact]
    public async Task A_certificate_is_good_on_the_websocket_and_by_https_too()
    {
        var root = TestAuthority.Root();
        await GroupAsync("other-doors", root);
        var leaf = root.Leaf("cert-18");
        using var http = Https(leaf);

        var registered = await http.PutAsJsonAsync(
            $"/{_hub.Application.IdScope}/registrations/cert-18/register?api-version=2021-06-01",
            new { registrationId = "cert-18", tpm = new { endorsementKey = "AA==" } }, // its certificate counts
            Ct
        );
        var sent = await http.PostAsJsonAsync(
            "/devices/cert-18/messages/events?api-version=2020-03-13",
            new { t = 1 },
            Ct
        );
        await using var socket = await MqttClient.OpenWebSocketAsync(_hub.HttpsPort, leaf);

        Assert.Equal(HttpStatusCode.OK, registered.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, sent.StatusCode);
        Assert.Equal(0, await socket.ConnectAsync(Sign.Certified("cert-18")));
    }

    [Fact]
    public async Task A_device_whose_id_has_another_case_than_its_certificate_connects()
    {
        var root = TestAuthority.Root();
        await GroupAsync("other-case", root);
        await _hub.Devices.AddAsync(_hub.Caller, new NewDevice { Id = "CERT-19" }, Ct);
        var leaf = root.Leaf("cert-19");

        Assert.Equal("CERT-19", await RegisterAsync("cert-19", leaf));

        Assert.Equal(0, await CodeAsync("CERT-19", leaf));
        Assert.Equal(5, await CodeAsync("CERT-19", root.Leaf("CERT-19")));
    }

    [Fact]
    public async Task A_thumbprint_that_a_stranger_has_copied_does_not_bring_him_the_device()
    {
        var own = TestAuthority.SelfSigned("cert-20");
        var copied = new OwnCertificates(own.GetCertHashString(), null, null, null);
        var attestation = _hub.Services.GetRequiredService<DeviceAttestation>();
        var thief = await _hub.NewApplicationAsync("Thief by thumbprint");
        await _hub.DeviceAsync("cert-20", thief);
        await attestation.PutAsync(Caller.System(thief.TenantId), "cert-20", copied, Ct);
        await _hub.DeviceAsync("cert-20");
        await attestation.PutAsync(_hub.Caller, "cert-20", copied, Ct);

        Assert.Equal(5, await CodeAsync("cert-20", own));
        Assert.Equal("cert-20", await RegisterAsync("cert-20", own));
        await attestation.PutAsync(_hub.Caller, "cert-20", copied, Ct);

        await using var device = await _hub.OpenAsync(own);
        Assert.Equal(0, await device.ConnectAsync(Sign.Certified("cert-20")));
        await device.PublishAsync("devices/cert-20/messages/events/", "{}", packetId: 2);
        await device.ReadAsync(MqttClient.PubAck);
        Assert.Single(await _hub.StoredAsync("cert-20"));
    }

    [Fact]
    public async Task A_refusal_tells_namesakes_nothing_of_the_certificate()
    {
        var root = TestAuthority.Root();
        await GroupAsync("namesake", root);
        await RegisterAsync("cert-21", root.Leaf("cert-21"));
        var stranger = TestAuthority.SelfSigned("cert-21");

        Assert.Equal(5, await CodeAsync("cert-21", stranger));

        var line = await _hub.LineAsync("cert-21", ConnectionCode.WrongCertificate);
        Assert.DoesNotContain(stranger.GetCertHashString(), line.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_people_made_connects_by_a_groups_certificate_without_registering()
    {
        var root = TestAuthority.Root();
        await GroupAsync("straight", root);
        await _hub.DeviceAsync("cert-24");

        Assert.Equal(0, await CodeAsync("cert-24", root.Leaf("cert-24")));

        Assert.Equal("straight", await GroupOfAsync("cert-24"));
        await using var byKey = await _hub.ConnectAsync("cert-25");
        Assert.Equal(5, await CodeAsync("cert-25", root.Leaf("cert-25"))); // it has come by its key
    }

    [Fact]
    public async Task A_device_that_wants_its_tpm_is_refused_in_words()
    {
        using var http = Https(null);

        var answer = await http.PutAsJsonAsync(
            $"/{_hub.Application.IdScope}/registrations/tpm-1/register?api-version=2021-06-01",
            new { registrationId = "tpm-1", tpm = new { endorsementKey = "AA==", storageRootKey = "AA==" } },
            Ct
        );

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("TPM", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal("tpm-1", (await _hub.AttemptAsync(ConnectionCode.TpmRefused)).DeviceId);
    }

    [Fact]
    public async Task A_body_whose_tpm_is_null_wants_none()
    {
        using var http = Https(null);

        var answer = await http.PutAsJsonAsync(
            $"/{_hub.Application.IdScope}/registrations/tpm-2/register?api-version=2021-06-01",
            new { registrationId = "tpm-2", tpm = (object?)null },
            Ct
        );

        Assert.DoesNotContain("TPM", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    private async Task<string?> GroupOfAsync(string id)
    {
        var credentials = _hub.Services.GetRequiredService<DeviceCredentials>();
        return (await credentials.DescribeAsync(_hub.Caller, id, Ct)).GroupId;
    }

    private HttpClient Https(X509Certificate2? certificate)
    {
        var handler = new SocketsHttpHandler();
#pragma warning disable CA5359 // whom it trusts is another test's business
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        if (certificate is not null)
            handler.SslOptions.ClientCertificates = [certificate];
        return new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{_hub.HttpsPort}") };
    }

    /// <summary>Signed with the key of a certificate that is no authority's.</summary>
    private static X509Certificate2 Forge(string name, X509Certificate2 signer)
    {
        using var key = System.Security.Cryptography.ECDsa.Create(
            System.Security.Cryptography.ECCurve.NamedCurves.nistP256
        );
        var request = new CertificateRequest($"CN={name}", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var bare = request.Create(
            signer.SubjectName,
            X509SignatureGenerator.CreateForECDsa(signer.GetECDsaPrivateKey()!),
            now.AddDays(-1),
            now.AddDays(10),
            [1, 2, 3]
        );
        return X509CertificateLoader.LoadPkcs12(bare.CopyWithPrivateKey(key).Export(X509ContentType.Pfx), null);
    }
}
