using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using IoTCentral.Testing;

namespace IoTCentral.Hub.Tests.Files;

/// <summary>A device that uploads by HTTPS, as SDKs do on the wire.</summary>
internal sealed class FileDevice(HttpClient http, string id) : IDisposable
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public string Id => id;

    public static async Task<FileDevice> OpenAsync(TestHub hub, string id)
    {
        var device = await hub.DeviceAsync(id);
#pragma warning disable MA0039 // whom it trusts is another test's business
        var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
#pragma warning restore MA0039
        var http = new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{hub.HttpsPort}/") };
        var token = Sign.Token($"127.0.0.1/devices/{id}", device.Keys.Primary);
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", token);
        return new(http, id);
    }

    public Task<HttpResponseMessage> AskAsync(string name) =>
        http.PostAsJsonAsync(Address("files"), new { blobName = name }, Ct);

    public async Task<Target> BeginAsync(string name)
    {
        using var answer = await AskAsync(name);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.IsSuccessStatusCode, text);
        var body = JsonNode.Parse(text)!;
        return new(
            (string)body["correlationId"]!,
            $"https://{body["hostName"]}/{body["containerName"]}",
            (string)body["blobName"]!,
            (string)body["sasToken"]!
        );
    }

    public Task<HttpResponseMessage> EndAsync(object body, string? path = null) =>
        http.PostAsJsonAsync(Address($"files/notifications{(path is null ? "" : $"/{path}")}"), body, Ct);

    /// <summary>To the address of an upload, which needs nothing else: no sign-in goes with it.</summary>
    public async Task<HttpResponseMessage> BlobAsync(
        HttpMethod method,
        string address,
        byte[]? body = null,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(address));
        request.Headers.TryAddWithoutValidation("Authorization", "");
        if (body is not null)
            request.Content = new ByteArrayContent(body);
        foreach (var (name, value) in headers)
        {
            if (name.StartsWith("Content-", StringComparison.Ordinal))
                request.Content!.Headers.TryAddWithoutValidation(name, value);
            else
                request.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(request, Ct);
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => http.SendAsync(request, Ct);

    public Task<HttpResponseMessage> PutAsync(Target to, byte[] body, params (string Name, string Value)[] headers) =>
        BlobAsync(HttpMethod.Put, to.Address, body, [("x-ms-blob-type", "BlockBlob"), .. headers]);

    public Task<HttpResponseMessage> PutBlockAsync(
        Target to,
        string block,
        byte[] body,
        params (string Name, string Value)[] headers
    ) => BlobAsync(HttpMethod.Put, $"{to.Address}&comp=block&blockid={Uri.EscapeDataString(block)}", body, headers);

    public Task<HttpResponseMessage> ListAsync(
        Target to,
        IEnumerable<string> blocks,
        params (string Name, string Value)[] headers
    ) =>
        BlobAsync(
            HttpMethod.Put,
            $"{to.Address}&comp=blocklist",
            Encoding.UTF8.GetBytes(
                $"<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>{string.Concat(blocks.Select(b => $"<Latest>{b}</Latest>"))}</BlockList>"
            ),
            headers
        );

    public static async Task RefusedAsync(HttpResponseMessage answer, int status, string code)
    {
        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True((status, code) == ((int)answer.StatusCode, Header(answer, "x-ms-error-code")), $"{answer}\n{text}");
        Assert.Equal(new MediaTypeHeaderValue("application/xml"), answer.Content.Headers.ContentType);
        Assert.Equal(code, XDocument.Parse(text).Root!.Element("Code")!.Value);
    }

    public static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    public void Dispose() => http.Dispose();

    private Uri Address(string path) =>
        new($"devices/{Uri.EscapeDataString(id)}/{path}?api-version=2021-04-12", UriKind.Relative);

    internal sealed record Target(string CorrelationId, string Container, string Blob, string Token)
    {
        /// <summary>As Node puts it together.</summary>
        public string Address => $"{Container}/{Blob}{Token}";
    }
}
