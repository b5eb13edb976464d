using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using IoTCentral.Testing;

namespace IoTCentral.Journeys.Sdk;

/// <summary>A server with an application, its REST API, and programs with Microsoft's SDK that talk to it.</summary>
public sealed class SdkServer : IAsyncLifetime
{
    public ServerProcess Server { get; private set; } = null!;
    public HttpClient Http { get; private set; } = null!;

    /// <summary>As on the command line.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Those that have twins and methods.</summary>
    public static TheoryData<string> Transports => ["mqtt", "mqtt-ws", "amqp", "amqp-ws"];

    /// <summary>Those by which a message can be refused or put back.</summary>
    public static TheoryData<string> SettlingTransports => ["amqp", "amqp-ws", "http"];

    public static TheoryData<string> AllTransports => ["mqtt", "mqtt-ws", "amqp", "amqp-ws", "http"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Server = await ServerProcess.StartAsync(Settings, CancellationToken.None);
        await Server.CommandAsync(["app", "create", "--name", "Sdk", "--id", "sdk"], CancellationToken.None);
        var token = await Server.CommandAsync(
            ["token", "--app", "sdk", "--role", "Administrator"],
            CancellationToken.None
        );
        Http = new HttpClient { BaseAddress = new Uri($"{Server.Ready.Web}/api/") };
        Http.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(token);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>Makes the device, unless it is there.</summary>
    /// <param name="sleeper">Of a template with a command that waits offline.</param>
    public async Task MakeAsync(string id, bool sleeper = false)
    {
        if (sleeper)
            await MakeTemplateAsync();
        using var known = await Http.GetAsync(Address($"devices/{id}"), Ct);
        if (known.StatusCode == HttpStatusCode.NotFound)
            await SendAsync(HttpMethod.Put, $"devices/{id}", sleeper ? $$"""{"template":"{{TemplateId}}"}""" : "{}");
    }

    /// <summary>The template of sleepers.</summary>
    public Task MakeTemplateAsync() => SendAsync(HttpMethod.Put, $"deviceTemplates/{TemplateId}", Template);

    /// <summary>A device that is connected with its key.</summary>
    internal async Task<SdkDevice> ConnectAsync(string transport, string what)
    {
        var id = $"{transport}-{what}";
        await MakeAsync(id);
        var device = await StartAsync(transport, await CredentialAsync(id));
        await device.DoAsync("open", Ct);
        return device;
    }

    /// <param name="credential">A connection string or a token.</param>
    /// <param name="how">A connection string may come by a <c>provider</c>, or by the <c>environment</c>.</param>
    internal Task<SdkDevice> StartAsync(string transport, string credential, string how = "")
    {
        SkipWhereItIsOutOfReach(transport);
        return SdkDevice.StartAsync(Server, transport, credential, Ct, how);
    }

    /// <summary>The connection string of a device.</summary>
    public async Task<string> CredentialAsync(string id) =>
        $"HostName={Server.Address};DeviceId={id};SharedAccessKey={await KeyAsync($"devices/{id}/credentials")}";

    /// <summary>A token of a device as a back end may make it.</summary>
    public async Task<string> TokenAsync(string id, int minutes) =>
        Sign.Token(
            $"{Server.Address}/devices/{id}",
            await KeyAsync($"devices/{id}/credentials"),
            TimeProvider.System.GetUtcNow().AddMinutes(minutes)
        );

    /// <param name="credentials">Address of what shows them.</param>
    public async Task<string> KeyAsync(string credentials) =>
        (string)(await GetAsync(credentials))["symmetricKey"]!["primaryKey"]!;

    /// <summary>The ID scope of the application.</summary>
    public async Task<string> ScopeAsync()
    {
        await MakeAsync("of-the-scope");
        return (string)(await GetAsync("devices/of-the-scope/credentials"))["idScope"]!;
    }

    /// <summary>What devices that register one after the other are told.</summary>
    internal Task<IReadOnlyList<JsonObject>> RegisterAsync(string transport, params JsonObject[] registrations) =>
        RunAsync("register.mjs", transport, [Server.Address], registrations);

    /// <summary>What devices that connect and send, one after the other, are told.</summary>
    internal Task<IReadOnlyList<JsonObject>> AttemptAsync(string transport, params JsonObject[] attempts) =>
        RunAsync("attempts.mjs", transport, [], attempts);

    private async Task<IReadOnlyList<JsonObject>> RunAsync(
        string script,
        string transport,
        string[] arguments,
        JsonObject[] told
    )
    {
        SkipWhereItIsOutOfReach(transport);
        var input = new JsonArray([.. told]).ToJsonString();
        var output = await SdkDevice.RunAsync(Server, [script, transport, .. arguments], input, Ct);
        return [.. output.Select(line => JsonNode.Parse(line)!.AsObject())];
    }

    /// <summary>A group whose devices have certificates of this authority, which is verified.</summary>
    internal async Task CertificateGroupAsync(string id, TestAuthority authority)
    {
        const string attestation = """{"type":"x509"}""";
        var body = $$"""{"displayName":"{{id}}","type":"iot","attestation":{{attestation}}}""";
        await SendAsync(HttpMethod.Put, $"enrollmentGroups/{id}", body);
        var entry = $"enrollmentGroups/{id}/certificates/primary";
        await SendAsync(HttpMethod.Put, entry, Told(("certificate", authority.Pem)));
        var code = (string)
            (await SendAsync(HttpMethod.Post, $"{entry}/generateVerificationCode", "{}"))["verificationCode"]!;
        using var proof = authority.Leaf(code);
        await SendAsync(HttpMethod.Post, $"{entry}/verify", Told(("certificate", proof.ExportCertificatePem())));
    }

    /// <summary>A certificate as SDKs want it: it and its private key as PEM.</summary>
    internal static JsonObject Pem(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return new() { ["cert"] = certificate.ExportCertificatePem(), ["key"] = key.ExportPkcs8PrivateKeyPem() };
    }

    public void SkipWhereItIsOutOfReach(string transport)
    {
        var isPort443 = Server.Ready.Https?.EndsWith(":443", StringComparison.Ordinal) == true;
        Assert.SkipWhen(transport is not ("mqtt" or "amqp") && !isPort443, "Port 443 may not be opened by this user.");
    }

    public async Task<JsonNode> GetAsync(string path) => (await Http.GetFromJsonAsync<JsonNode>(Address(path), Ct))!;

    public async Task<JsonNode> SendAsync(HttpMethod method, string path, string json)
    {
        using var request = new HttpRequestMessage(method, Address(path))
        {
            Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json"),
        };
        using var answer = await Http.SendAsync(request, Ct);
        var body = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.IsSuccessStatusCode, body);
        return body.Length == 0 ? new JsonObject() : JsonNode.Parse(body)!;
    }

    public static Uri Address(string path) => new($"{path}?api-version=2022-07-31", UriKind.Relative);

    internal static string Told(params (string Name, string Value)[] members) =>
        new JsonObject(
            members.Select(m => KeyValuePair.Create<string, JsonNode?>(m.Name, JsonValue.Create(m.Value)))
        ).ToJsonString();

    public const string TemplateId = "dtmi:sdk:templates:sleeper;1";
    public const string ModelId = "dtmi:sdk:Sleeper;1";

    private const string Template = """
        {
          "@type": ["ModelDefinition", "DeviceModel"],
          "@context": ["dtmi:iotcentral:context;2", "dtmi:dtdl:context;2"],
          "displayName": "Sleeper",
          "capabilityModel": {
            "@id": "dtmi:sdk:Sleeper;1",
            "@type": "Interface",
            "contents": [
              { "@type": "Property", "name": "interval", "schema": "integer", "writable": true },
              { "@type": "Command", "name": "wake", "durable": true, "request": { "name": "when", "schema": "string" } }
            ]
          }
        }
        """;
}
