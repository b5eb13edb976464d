using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using IoTCentral.Core.Access;
using IoTCentral.Core.Tenants;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Api;

/// <summary>An answer of the API.</summary>
internal sealed record ApiAnswer(HttpStatusCode Status, JsonNode? Body, HttpResponseHeaders Headers)
{
    public JsonNode this[string name] => Body?[name] ?? throw new InvalidOperationException($"No {name} in {Body}");

    /// <summary>IoT Central's word for the error, which must stand in body and header alike.</summary>
    public string? Code
    {
        get
        {
            var code = (string?)Body?["error"]?["code"];
            Assert.Equal(code is null ? null : [code], Headers.TryGetValues("x-ms-error-code", out var h) ? h : null);
            return code;
        }
    }

    /// <summary>Members of the body that are at fault.</summary>
    public IEnumerable<string?> Targets =>
        Body?["error"]?["details"] is JsonArray details ? details.Select(d => (string?)d!["target"]) : [];

    /// <summary>Our stable code of the reason.</summary>
    public string? Reason => (string?)Body?["error"]?["innererror"]?["code"];
}

/// <summary>A program with an API token of one application.</summary>
internal sealed class ApiClient(HttpClient http, string token, Application application) : IDisposable
{
    public const string Version = "api-version=2022-07-31";

    public Application Application => application;
    public string Token => token;

    public static async Task<ApiClient> OfAsync(TestSite site, Application application, Role? role = null)
    {
        var tokens = site.Services.GetRequiredService<ApiTokens>();
        var caller = Caller.System(application.TenantId);
        var issued = await tokens.IssueAsync(caller, application, role ?? Role.Administrator, null, null, default);
        return new(site.Server.CreateClient(), issued.Text, application);
    }

    /// <summary>With an application of its own.</summary>
    public static async Task<ApiClient> OfAsync(TestSite site, Role? role = null) =>
        await OfAsync(site, await site.ApplicationAsync(), role);

    public Task<ApiAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<ApiAnswer> PutAsync(string path, string json, string? ifMatch = null) =>
        SendAsync(HttpMethod.Put, path, json, ifMatch);

    public Task<ApiAnswer> PatchAsync(string path, string json, string type = "application/merge-patch+json") =>
        SendAsync(HttpMethod.Patch, path, json, type: type);

    public Task<ApiAnswer> PostAsync(string path, string json) => SendAsync(HttpMethod.Post, path, json);

    public Task<ApiAnswer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public Task<ApiAnswer> SendAsync(
        HttpMethod method,
        string path,
        string? json = null,
        string? ifMatch = null,
        string type = "application/json"
    ) => SendAsync(method, path, json is null ? null : Encoding.UTF8.GetBytes(json), ifMatch, type);

    /// <summary>With a body that need not be text.</summary>
    public async Task<ApiAnswer> SendAsync(
        HttpMethod method,
        string path,
        byte[]? body,
        string? ifMatch = null,
        string type = "application/json"
    )
    {
        using var request = new HttpRequestMessage(method, Address(path));
        request.Headers.TryAddWithoutValidation("Authorization", token);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (body is not null)
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new(type, "utf-8") } };
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new(response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), response.Headers);
    }

    public void Dispose() => http.Dispose();

    /// <summary>Relative to <c>/api/</c> and in a known version, unless it says otherwise itself.</summary>
    private static Uri Address(string path)
    {
        if (Uri.TryCreate(path, UriKind.Absolute, out var absolute) && absolute.Scheme == "http")
            return absolute;
        var full = path.StartsWith('/') ? path : $"/api/{path}";
        return new(
            full.Contains("api-version", StringComparison.Ordinal)
                ? full
                : $"{full}{(full.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{Version}",
            UriKind.Relative
        );
    }
}
