using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Api;

public sealed class ApiDocumentTests(TestSite site) : IClassFixture<TestSite>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_describes_every_call_of_the_API_and_nothing_else()
    {
        var document = await ReadAsync();

        var described =
            from path in document["paths"]!.AsObject()
            from verb in path.Value!.AsObject()
            select $"{verb.Key.ToUpperInvariant()} {path.Key.TrimEnd('/')}";
        var mapped =
            from endpoint in site.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            let path = $"/{endpoint.RoutePattern.RawText?.Trim('/')}"
            where path.StartsWith("/api/", StringComparison.Ordinal)
            from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods
            select $"{method} {path}";
        Assert.Equal(mapped.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task It_says_how_to_sign_a_call_and_which_version_to_name()
    {
        var document = await ReadAsync();

        var scheme = document["components"]!["securitySchemes"]!["token"]!;
        Assert.Equal(("apiKey", "Authorization"), ((string?)scheme["type"], (string?)scheme["name"]));
        var list = document["paths"]!["/api/devices"]!["get"]!["parameters"]!.AsArray();
        Assert.Equal(
            ["api-version", "maxpagesize", "$skiptoken", "filter", "orderby"],
            list.Select(p => (string?)p!["name"])
        );
    }

    private async Task<JsonNode> ReadAsync()
    {
        using var browser = site.Browser();
        var response = await browser.GetAsync("/openapi/v1.json", Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!;
    }
}
