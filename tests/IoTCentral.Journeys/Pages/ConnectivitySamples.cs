using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using IoTCentral.Testing;

namespace IoTCentral.Journeys.Pages;

/// <summary>What the pages of connection groups show: a certificate to verify, and a device that waits for approval.</summary>
internal static class ConnectivitySamples
{
    private const string Group = $"enrollmentGroups/{PageSamples.CertificateGroup}";

    public static async Task AddAsync(ServerProcess server, CancellationToken ct)
    {
        var token = await server.CommandAsync(["token", "--app", "demo", "--role", "Administrator"], ct);
        using var http = new HttpClient { BaseAddress = new Uri($"{server.Ready.Web}/api/") };
        http.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(token);
        await SendAsync(
            http,
            HttpMethod.Put,
            Group,
            """
            {
              "displayName": "Stores 2027", "attestation": { "type": "x509" },
              "initialTwin": { "tags": { "hall": "B" }, "properties": { "desired": { "interval": 60 } } }
            }
            """,
            ct
        );
        var authority = new JsonObject { ["certificate"] = TestAuthority.Root().Pem }.ToJsonString();
        await SendAsync(http, HttpMethod.Put, $"{Group}/certificates/primary", authority, ct);
        await SendAsync(http, HttpMethod.Post, $"{Group}/certificates/primary/generateVerificationCode", "{}", ct);
        const string certified = $"devices/{PageSamples.CertifiedDevice}";
        await SendAsync(http, HttpMethod.Put, certified, """{"displayName":"Till 3"}""", ct);
        using var own = TestAuthority.SelfSigned(PageSamples.CertifiedDevice);
        var attestation = new JsonObject
        {
            ["type"] = "x509",
            ["x509"] = new JsonObject
            {
                ["clientCertificates"] = new JsonObject
                {
                    ["primary"] = new JsonObject { ["certificate"] = own.ExportCertificatePem() },
                },
            },
        };
        await SendAsync(http, HttpMethod.Put, $"{certified}/attestation", attestation.ToJsonString(), ct);
        var asksFirst = """{"autoApprove":false,"attestation":{"type":"symmetricKey"}}""";
        var group = await SendAsync(http, HttpMethod.Put, "enrollmentGroups/asks-first", asksFirst, ct);
        var key = (string)group["attestation"]!["symmetricKey"]!["primaryKey"]!;
        await RegisterAsync(server, (string)group["idScope"]!, key, ct);
    }

    /// <summary>As a device does by HTTPS; it is told to wait.</summary>
    private static async Task RegisterAsync(ServerProcess server, string idScope, string key, CancellationToken ct)
    {
        const string id = PageSamples.WaitingDevice;
        var trust = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        trust.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(server.Ready.Ca));
        using var trusting = new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trust } };
        using var device = new HttpClient(trusting) { BaseAddress = new Uri($"https://{server.Ready.Https}") };
        var place = $"{idScope}/registrations/{id}";
        using var ask = new HttpRequestMessage(HttpMethod.Put, $"/{place}/register?api-version=2019-03-31")
        {
            Content = JsonContent.Create(new { registrationId = id }),
        };
        var token = Sign.Token(place, Sign.Mac(key, id)) + "&skn=registration";
        ask.Headers.TryAddWithoutValidation("Authorization", token);
        using var answer = await device.SendAsync(ask, ct);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    private static async Task<JsonNode> SendAsync(
        HttpClient http,
        HttpMethod method,
        string path,
        string json,
        CancellationToken ct
    )
    {
        using var request = new HttpRequestMessage(method, $"{path}?api-version=2022-07-31")
        {
            Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json"),
        };
        using var answer = await http.SendAsync(request, ct);
        var said = await answer.Content.ReadAsStringAsync(ct);
        Assert.True(answer.IsSuccessStatusCode, said);
        return JsonNode.Parse(said)!;
    }
}
