using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using IoTCentral.Testing;

namespace IoTCentral.Journeys.Sdk;

/// <summary>Who may not come in, and the error that a program with Microsoft's SDK for Node sees.</summary>
public sealed class RefusalSdkTests(SdkServer fixture) : IClassFixture<SdkServer>
{
    [Theory]
    [MemberData(nameof(SdkServer.AllTransports), MemberType = typeof(SdkServer))]
    public async Task A_device_that_may_not_connect_is_told_so(string transport)
    {
        var host = fixture.Server.Address;
        var certificates = await CertificatesAsync(transport, "refused");
        await fixture.MakeAsync($"{transport}-blocked");
        var blocked = await fixture.CredentialAsync($"{transport}-blocked");
        await fixture.SendAsync(HttpMethod.Patch, $"devices/{transport}-blocked", """{"enabled":false}""");
        await fixture.MakeAsync($"{transport}-keyed");
        var credential = $"HostName={host};DeviceId={transport}-refused;x509=true";
        var attempts = new Dictionary<string, JsonObject>(StringComparer.Ordinal)
        {
            ["a wrong key"] = With($"HostName={host};DeviceId={transport}-keyed;SharedAccessKey={NobodysKey}"),
            ["a device that nobody knows"] = With($"HostName={host};DeviceId=nobody;SharedAccessKey={NobodysKey}"),
            ["a blocked device"] = With(blocked),
            ["an expired token"] = With(await fixture.TokenAsync($"{transport}-keyed", minutes: -10)),
        };
        foreach (var (what, certificate) in certificates)
            attempts[what] = With(credential, certificate);

        var told = await fixture.AttemptAsync(transport, [.. attempts.Values]);

        AssertTold(Compatibility.Refusals, transport, attempts.Keys.Zip(told, (w, t) => (w, (string?)t["result"], t)));
    }

    [Theory]
    [MemberData(nameof(SdkServer.AllTransports), MemberType = typeof(SdkServer))]
    public async Task A_device_that_may_not_register_is_told_so(string transport)
    {
        var certificates = await CertificatesAsync(transport, "unregistered");
        var scope = await fixture.ScopeAsync();
        await fixture.MakeAsync($"{transport}-known");
        var group = await fixture.SendAsync(HttpMethod.Put, "enrollmentGroups/disabled", Disabled);
        var key = Sign.Mac((string)group["attestation"]!["symmetricKey"]!["primaryKey"]!, $"{transport}-late");
        var attempts = new Dictionary<string, JsonObject>(StringComparer.Ordinal)
        {
            ["a wrong key"] = Of(scope, $"{transport}-known", NobodysKey),
            ["an ID scope that nobody has"] = Of("0ne00FFFFFF", $"{transport}-known", NobodysKey),
            ["a disabled enrollment"] = Of(scope, $"{transport}-late", key),
        };
        foreach (var (what, certificate) in certificates)
        {
            var registration = SdkServer.Pem(certificate);
            (registration["scope"], registration["id"]) = (scope, $"{transport}-unregistered");
            attempts[what] = registration;
        }

        var told = await fixture.RegisterAsync(transport, [.. attempts.Values]);

        AssertTold(
            Compatibility.RefusedRegistrations,
            transport,
            attempts.Keys.Zip(told, (w, t) => (w, (string?)t["error"], t))
        );
    }

    private const string Disabled = """
        {"displayName":"Disabled","type":"iot","enabled":false,"attestation":{"type":"symmetricKey"}}
        """;

    private static string NobodysKey { get; } = Convert.ToBase64String(new byte[32]);

    /// <summary>A group with a device that comes in with a certificate of its authority; those by which it does not.</summary>
    private async Task<IReadOnlyList<(string What, X509Certificate2 Certificate)>> CertificatesAsync(
        string transport,
        string what
    )
    {
        var id = $"{transport}-{what}";
        var authority = TestAuthority.Root($"Root of {id}");
        await fixture.CertificateGroupAsync(id, authority);
        var good = SdkServer.Pem(authority.Leaf(id));
        (good["scope"], good["id"]) = (await fixture.ScopeAsync(), id);
        var assigned = Assert.Single(await fixture.RegisterAsync(transport, good));
        Assert.Equal("assigned", (string?)assigned["status"]);
        var revoked = authority.Leaf(id);
        var list = SdkServer.Told(("revocationList", authority.RevocationList(revoked)));
        await fixture.SendAsync(HttpMethod.Put, $"enrollmentGroups/{id}/certificates/primary/revocationList", list);
        var now = TimeProvider.System.GetUtcNow();
        return
        [
            ("an expired certificate", authority.Leaf(id, now.AddDays(-9), now.AddDays(-2))),
            ("a certificate of an authority that nobody uploaded", TestAuthority.Root("Foreign").Leaf(id)),
            ("a certificate with another's name", authority.Leaf("another")),
            ("a revoked certificate", revoked),
        ];
    }

    private static JsonObject With(string credential, X509Certificate2? certificate = null)
    {
        var attempt = certificate is null ? [] : SdkServer.Pem(certificate);
        attempt["credential"] = credential;
        return attempt;
    }

    private static JsonObject Of(string scope, string id, string key) =>
        new()
        {
            ["scope"] = scope,
            ["id"] = id,
            ["key"] = key,
        };

    private static void AssertTold(
        IReadOnlyDictionary<string, string[]> expected,
        string transport,
        IEnumerable<(string What, string? Error, JsonObject Told)> told
    )
    {
        var column = Array.IndexOf(Compatibility.Transports, transport);
        foreach (var (what, error, all) in told)
            TestContext.Current.TestOutputHelper!.WriteLine($"{what}: {all.ToJsonString()}");
        Assert.Equal(expected.Select(e => (e.Key, e.Value[column])), told.Select(t => (t.What, t.Error ?? "let in")));
    }
}
