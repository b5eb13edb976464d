using System.Net;
using IoTCentral.Core.Access;
using IoTCentral.Core.Provisioning;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Api;

public sealed class AttestationApiTests(TestSite site) : IClassFixture<TestSite>
{
    private const string Path = "devices/Pump-1/attestation";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_device_registers_with_keys_of_its_own_and_no_longer_with_its_groups()
    {
        using var api = await WithPumpAsync();
        var groups = await KeyAsync(api);
        var keys = KeyPair.New();

        var put = await api.PutAsync(Path, Body(keys));

        Assert.Equal(HttpStatusCode.OK, put.Status);
        Assert.Equal("symmetricKey", (string?)put["type"]);
        Assert.Equal(keys.Primary, await KeyAsync(api));
        Assert.Equal(put.Body!.ToJsonString(), (await api.GetAsync(Path)).Body!.ToJsonString());
        Assert.Null((await CheckAsync(api, groups)).Registrant);
        foreach (var key in new[] { keys.Primary, keys.Secondary })
        {
            var registrant = (await CheckAsync(api, key)).Registrant!;
            var registration = await site
                .Services.GetRequiredService<Provisioner>()
                .RegisterAsync(registrant, new(), Ct);
            Assert.Equal("Pump-1", registration.Registration!.DeviceId);
        }

        Assert.Equal(keys.Primary, await KeyAsync(api)); // registering in lower case changed nothing
    }

    [Fact]
    public async Task Without_an_enrollment_the_keys_are_the_groups_again()
    {
        using var api = await WithPumpAsync();
        var groups = await KeyAsync(api);
        await api.PutAsync(Path, Body(KeyPair.New()));

        var deleted = await api.DeleteAsync(Path);

        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
        Assert.Equal(groups, await KeyAsync(api));
        Assert.Equal("enrollment.not-found", (await api.GetAsync(Path)).Reason);
        Assert.Equal("enrollment.not-found", (await api.DeleteAsync(Path)).Reason);
        Assert.Equal("enrollment.not-found", (await api.PatchAsync(Path, "{}")).Reason);
    }

    [Fact]
    public async Task A_patch_changes_the_key_it_names()
    {
        using var api = await WithPumpAsync();
        var (keys, other) = (KeyPair.New(), DeviceKey.New());
        await api.PutAsync(Path, Body(keys));

        var patched = await api.PatchAsync(Path, $$$"""{"symmetricKey":{"secondaryKey":"{{{other}}}"}}""");

        Assert.Equal(keys.Primary, (string?)patched["symmetricKey"]["primaryKey"]);
        Assert.Equal(other, (string?)patched["symmetricKey"]["secondaryKey"]);
        Assert.NotNull((await CheckAsync(api, other)).Registrant);
        Assert.Null((await CheckAsync(api, keys.Secondary)).Registrant);
    }

    [Fact]
    public async Task Keys_that_are_not_given_are_made()
    {
        using var api = await WithPumpAsync();

        var put = await api.PutAsync(Path, """{"type":"symmetricKey"}""");

        Assert.True(DeviceKey.IsLegal((string)put["symmetricKey"]["primaryKey"]!));
        Assert.NotEqual((string?)put["symmetricKey"]["primaryKey"], (string?)put["symmetricKey"]["secondaryKey"]);
    }

    [Theory]
    [InlineData("""{"type":"x509"}""", "x509.clientCertificates.primary", "primary")]
    [InlineData("""{"type":"tpm","tpm":{"endorsementKey":"AAAA"}}""", "type", "tpm")]
    [InlineData("""{"type":"smile"}""", "type", "symmetricKey")]
    [InlineData("""{"type":null}""", "type", "symmetricKey")]
    [InlineData(
        """{"type":"symmetricKey","symmetricKey":{"primaryKey":"short"}}""",
        "symmetricKey.primaryKey",
        "base64"
    )]
    public async Task What_cannot_be_had_is_refused_with_its_place(string json, string target, string words)
    {
        using var api = await WithPumpAsync();
        await api.PutAsync(Path, Body(KeyPair.New()));

        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Patch })
        {
            var answer = await api.SendAsync(method, Path, json);

            Assert.Equal((HttpStatusCode.UnprocessableEntity, "enrollment.invalid"), (answer.Status, answer.Reason));
            Assert.Equal([target], answer.Targets);
            Assert.Contains(words, (string?)answer["error"]["message"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_device_whose_id_differs_in_case_only_keeps_its_enrollment()
    {
        using var api = await WithPumpAsync();
        await api.PutAsync("devices/pump-1", "{}");
        var keys = KeyPair.New();
        await api.PutAsync(Path, Body(keys));

        var taken = await api.PutAsync("devices/pump-1/attestation", Body(KeyPair.New()));

        Assert.Equal((HttpStatusCode.Conflict, "enrollment.id-taken"), (taken.Status, taken.Reason));
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync("devices/pump-1/attestation")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.DeleteAsync("devices/pump-1/attestation")).Status);
        Assert.Equal(keys.Primary, await KeyAsync(api));
    }

    [Fact]
    public async Task A_device_made_again_has_the_keys_that_it_registers_with()
    {
        using var api = await WithPumpAsync();
        var keys = KeyPair.New();
        await api.PutAsync(Path, Body(keys));

        await api.DeleteAsync("devices/Pump-1");
        await api.PutAsync("devices/Pump-1", "{}");

        Assert.Equal(keys.Primary, await KeyAsync(api));
    }

    [Fact]
    public async Task The_enrollment_of_a_deleted_device_can_be_taken_away()
    {
        using var api = await WithPumpAsync();
        var keys = KeyPair.New();
        await api.PutAsync(Path, Body(keys));
        await api.DeleteAsync("devices/Pump-1");

        Assert.Equal(HttpStatusCode.NoContent, (await api.DeleteAsync(Path)).Status);

        Assert.Null((await CheckAsync(api, keys.Primary)).Registrant);
        Assert.Equal("device.not-found", (await api.PutAsync(Path, Body(keys))).Reason);
    }

    [Fact]
    public async Task Who_may_only_look_cannot_give_keys_and_each_act_is_audited()
    {
        using var api = await WithPumpAsync();
        using var reader = await ApiClient.OfAsync(site, api.Application, Role.Operator);
        await api.PutAsync(Path, Body(KeyPair.New()));
        await api.PutAsync(Path, Body(KeyPair.New()));
        await api.DeleteAsync(Path);

        var refused = await reader.PutAsync(Path, Body(KeyPair.New()));

        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        var audits = await site.AuditsAsync(api.Application.TenantId, "Pump-1", Ct);
        Assert.Equal(
            ["enrollment.create", "enrollment.update", "enrollment.delete"],
            audits.Select(a => a.Action).Where(a => a.StartsWith("enrollment", StringComparison.Ordinal)).Except(Shown)
        );
    }

    private static readonly string[] Shown = ["enrollment.show-keys"];

    private static string Body(KeyPair keys) =>
        $$$"""
            {"type":"symmetricKey","symmetricKey":{"primaryKey":"{{{keys.Primary}}}","secondaryKey":"{{{keys.Secondary}}}"}}
            """;

    private async Task<ApiClient> WithPumpAsync()
    {
        var api = await ApiClient.OfAsync(site);
        await api.PutAsync("devices/Pump-1", "{}");
        return api;
    }

    /// <summary>The primary key that the device's credentials show.</summary>
    private static async Task<string?> KeyAsync(ApiClient api) =>
        (string?)(await api.GetAsync("devices/Pump-1/credentials"))["symmetricKey"]["primaryKey"];

    /// <summary>As DPS asks, in lower case as many devices register.</summary>
    private Task<RegistrantResult> CheckAsync(ApiClient api, string? key)
    {
        const string Id = "pump-1";
        var scope = api.Application.IdScope;
        var request = new RegistrantRequest
        {
            IdScope = scope,
            RegistrationId = Id,
            Password = SasOf($"{scope}/registrations/{Id}", key!),
            Address = IPAddress.Loopback,
        };
        return site.Services.GetRequiredService<RegistrantCheck>().CheckAsync(request, Ct);
    }

    private string SasOf(string resource, string key)
    {
        var (escaped, expiry) = (Uri.EscapeDataString(resource), site.Time.GetUtcNow().ToUnixTimeSeconds() + 600);
        var text = System.Text.Encoding.UTF8.GetBytes($"{escaped}\n{expiry}");
        var hash = System.Security.Cryptography.HMACSHA256.HashData(Convert.FromBase64String(key), text);
        var signature = Uri.EscapeDataString(Convert.ToBase64String(hash));
        return $"SharedAccessSignature sr={escaped}&sig={signature}&se={expiry}&skn=registration";
    }
}
