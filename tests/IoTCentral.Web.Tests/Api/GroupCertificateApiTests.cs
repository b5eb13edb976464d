using System.Net;
using System.Text.Json.Nodes;
using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;
using IoTCentral.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Api;

/// <summary>Authorities of groups, certificates of single devices, and approval, by the REST API.</summary>
public sealed class GroupCertificateApiTests(TestSite site) : IClassFixture<TestSite>
{
    private const string Group = "enrollmentGroups/certified";
    private const string Primary = $"{Group}/certificates/primary";

    [Fact]
    public async Task An_authority_is_verified_by_a_certificate_with_the_code()
    {
        using var api = await OfGroupAsync();
        var root = TestAuthority.Root();
        var uploaded = await api.PutAsync(Primary, Body(root.Pem));

        var code = (string)(await api.PostAsync($"{Primary}/generateVerificationCode", "{}"))["verificationCode"]!;
        var verified = await api.PostAsync($"{Primary}/verify", Body(root.Leaf(code).ExportCertificatePem()));

        Assert.False((bool)uploaded["verified"]);
        Assert.Equal(root.Certificate.GetCertHashString(), (string?)uploaded["info"]["sha1Thumbprint"]);
        Assert.Equal(HttpStatusCode.NoContent, verified.Status);
        Assert.True((bool)(await api.GetAsync(Primary))["verified"]);
        var group = await api.GetAsync(Group);
        Assert.Equal("x509", (string?)group["attestation"]["type"]);
        Assert.True((bool)group["attestation"]["x509"]!["signingCertificates"]!["primary"]!["verified"]!);
    }

    [Fact]
    public async Task Nobody_is_believed_without_proof()
    {
        using var api = await OfGroupAsync();
        var (root, other) = (TestAuthority.Root(), TestAuthority.Root());
        var claimed = await api.PutAsync(
            Primary,
            new JsonObject { ["verified"] = true, ["certificate"] = root.Pem }.ToJsonString()
        );
        var early = await api.PostAsync($"{Primary}/verify", Body(root.Leaf("x").ExportCertificatePem()));
        var code = (string)(await api.PostAsync($"{Primary}/generateVerificationCode", "{}"))["verificationCode"]!;
        var wrongName = await api.PostAsync($"{Primary}/verify", Body(root.Leaf("x").ExportCertificatePem()));
        var wrongKey = await api.PostAsync($"{Primary}/verify", Body(other.Leaf(code).ExportCertificatePem()));

        Assert.All(
            [claimed, early, wrongName, wrongKey],
            answer =>
                Assert.Equal(
                    (HttpStatusCode.UnprocessableEntity, "certificate.not-verified"),
                    (answer.Status, answer.Reason)
                )
        );
        Assert.False((bool)(await api.GetAsync(Primary))["verified"]);
    }

    [Fact]
    public async Task What_is_no_authoritys_certificate_is_refused()
    {
        using var api = await OfGroupAsync();
        var root = TestAuthority.Root();

        foreach (var text in new[] { "", "hello", root.Leaf("device").ExportCertificatePem() })
        {
            var answer = await api.PutAsync(Primary, Body(text));
            Assert.Equal((HttpStatusCode.UnprocessableEntity, "certificate.invalid"), (answer.Status, answer.Reason));
        }

        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync(Primary)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync($"{Group}/certificates/third")).Status);
        var byKey = await api.PutAsync("enrollmentGroups/SAS-IoT-Devices/certificates/primary", Body(root.Pem));
        Assert.Equal("enrollment-group.no-certificates", byKey.Reason);
    }

    [Fact]
    public async Task Another_certificate_in_its_place_has_to_be_verified_anew()
    {
        using var api = await OfGroupAsync();
        await VerifiedAsync(api, TestAuthority.Root());

        var replaced = await api.PutAsync(Primary, Body(TestAuthority.Root().Pem));

        Assert.False((bool)replaced["verified"]);
        Assert.Equal(HttpStatusCode.NoContent, (await api.DeleteAsync(Primary)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.DeleteAsync(Primary)).Status);
    }

    [Fact]
    public async Task A_revocation_list_must_be_the_authoritys_own_and_no_older_one()
    {
        using var api = await OfGroupAsync();
        var root = TestAuthority.Root();
        await VerifiedAsync(api, root);
        var path = $"{Primary}/revocationList";
        var earlier = TimeProvider.System.GetUtcNow().AddDays(-2);

        var foreign = await api.PutAsync(path, ListOf(TestAuthority.Root().RevocationList()));
        var saved = await api.PutAsync(path, ListOf(root.RevocationList(root.Leaf("lost"))));
        var older = await api.PutAsync(path, ListOf(root.RevocationList(earlier)));

        Assert.Equal("certificate.invalid", foreign.Reason);
        Assert.Equal(1, (int)saved["revocations"]["count"]!);
        Assert.Equal((HttpStatusCode.Conflict, "certificate.older-list"), (older.Status, older.Reason));
        Assert.Equal(1, (int)(await api.GetAsync(Primary))["revocations"]["count"]!);
    }

    [Fact]
    public async Task A_group_is_made_with_its_authority_in_one_call_and_deleted_again()
    {
        using var api = await ApiClient.OfAsync(site);
        var root = TestAuthority.Root();
        var attestation = """{"type":"x509","x509":{"signingCertificates":{"primary":PEM}}}""";
        var body = """{"displayName":"C","type":"iot","autoApprove":false,"attestation":""" + attestation + "}";

        var made = await api.PutAsync(Group, body.Replace("PEM", Body(root.Pem), StringComparison.Ordinal));

        Assert.False((bool)made["autoApprove"]);
        Assert.False((bool)made["attestation"]["x509"]!["signingCertificates"]!["primary"]!["verified"]!);
        Assert.Equal(
            "enrollment.invalid",
            (await api.PatchAsync(Group, """{"attestation":{"type":"symmetricKey"}}""")).Reason
        );
        Assert.Equal(HttpStatusCode.NoContent, (await api.DeleteAsync(Group)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync(Group)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await api.DeleteAsync("enrollmentGroups/SAS-IoT-Devices")).Status);
    }

    [Fact]
    public async Task A_device_is_given_a_certificate_of_its_own()
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync("devices/pump", "{}");
        var own = TestAuthority.SelfSigned("pump");
        var body = """{"type":"x509","x509":{"clientCertificates":{"primary":PEM}}}""";
        var pem = Body(own.ExportCertificatePem());

        var put = await api.PutAsync("devices/pump/attestation", body.Replace("PEM", pem, StringComparison.Ordinal));
        var sha1 = new string('A', 40);
        var next = """{"x509":{"clientCertificates":{"secondary":{"info":{"sha1Thumbprint":"SHA"}}}}}""";
        var patched = await api.PatchAsync(
            "devices/pump/attestation",
            next.Replace("SHA", sha1, StringComparison.Ordinal)
        );
        var sha256 = new string('B', 64);
        var other = next.Replace("sha1Thumbprint", "thumbprint", StringComparison.Ordinal);
        var changed = await api.PatchAsync(
            "devices/pump/attestation",
            other.Replace("SHA", sha256, StringComparison.Ordinal)
        );
        var credentials = await api.GetAsync("devices/pump/credentials");

        Assert.Equal("x509", (string?)put["type"]);
        var certificates = patched["x509"]["clientCertificates"]!;
        Assert.Equal(own.GetCertHashString(), (string?)certificates["primary"]!["info"]!["sha1Thumbprint"]);
        Assert.Equal(sha1, (string?)certificates["secondary"]!["info"]!["thumbprint"]);
        var second = changed["x509"]["clientCertificates"]!["secondary"]!;
        Assert.Equal(sha256, (string?)second["info"]!["thumbprint"]);
        Assert.Null(credentials.Body!["symmetricKey"]);
        Assert.NotNull(credentials["x509"]["clientCertificates"]);
    }

    [Fact]
    public async Task A_device_that_waits_is_approved_by_enabling_it()
    {
        using var api = await ApiClient.OfAsync(site);
        var waiting = new Device
        {
            TenantId = api.Application.TenantId,
            Id = "late",
            Name = "late",
            Status = ProvisioningStatus.Waiting,
            CreatedAt = TimeProvider.System.GetUtcNow(),
        };
        await site
            .Services.GetRequiredService<IDeviceStore>()
            .AddAsync(
                waiting,
                Caller.System(api.Application.TenantId).Audit("device.register", "late"),
                TestContext.Current.CancellationToken
            );
        var before = await api.GetAsync("devices/late");

        var renamed = await api.PatchAsync("devices/late", """{"displayName":"Later"}""");
        var approved = await api.PatchAsync("devices/late", """{"enabled":true}""");

        Assert.Equal((false, false), ((bool)before["enabled"], (bool)before["provisioned"]));
        Assert.False((bool)renamed["enabled"]);
        Assert.True((bool)approved["enabled"]);
    }

    private async Task<ApiClient> OfGroupAsync()
    {
        var api = await ApiClient.OfAsync(site);
        await api.PutAsync(Group, """{"displayName":"Certified","type":"iot","attestation":{"type":"x509"}}""");
        return api;
    }

    private static async Task VerifiedAsync(ApiClient api, TestAuthority authority)
    {
        await api.PutAsync(Primary, Body(authority.Pem));
        var code = (string)(await api.PostAsync($"{Primary}/generateVerificationCode", "{}"))["verificationCode"]!;
        await api.PostAsync($"{Primary}/verify", Body(authority.Leaf(code).ExportCertificatePem()));
    }

    private static string Body(string certificate) => new JsonObject { ["certificate"] = certificate }.ToJsonString();

    private static string ListOf(string list) => new JsonObject { ["revocationList"] = list }.ToJsonString();
}
