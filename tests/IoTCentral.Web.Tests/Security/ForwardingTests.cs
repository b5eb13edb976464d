using System.Net;
using System.Text.Json.Nodes;
using IoTCentral.Web.Tests.Api;
using Microsoft.AspNetCore.Http;

namespace IoTCentral.Web.Tests.Security;

/// <summary>Behind a proxy that ends TLS.</summary>
public sealed class ForwardingTests(TestSite site) : IClassFixture<TestSite>
{
    private const string Proxy = "127.0.0.1";
    private const string Stranger = "198.51.100.7";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Proxy, true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData(Stranger, false)]
    public async Task Only_a_trusted_proxy_is_believed_that_the_request_was_https(string from, bool isBelieved)
    {
        var answer = await ThroughAsync(site, from, "/sign-in");

        Assert.All(CookiesOf(answer), c => Assert.Equal(isBelieved, IsSecure(c)));
        Assert.NotEmpty(CookiesOf(answer));
        Assert.Equal(isBelieved, answer.Response.Headers.StrictTransportSecurity.Count > 0);
    }

    [Fact]
    public async Task Behind_a_proxy_the_clients_own_address_is_known_and_what_it_made_up_is_not()
    {
        var answer = await ThroughAsync(site, Proxy, "/sign-in", forwardedFor: "10.9.9.9, 203.0.113.5");

        Assert.Equal("203.0.113.5", answer.Connection.RemoteIpAddress?.ToString());
    }

    [Fact]
    public async Task Cookies_are_secure_where_the_public_address_is_https_though_the_proxy_does_not_say_so()
    {
        await using var @public = new TestSite { PublicUrl = "https://iot.example.com" };
        await @public.InitializeAsync();
        using var browser = @public.Browser();

        using var form = await browser.GetAsync("/sign-in", Ct);

        Assert.All(form.Headers.GetValues("Set-Cookie"), c => Assert.True(IsSecure(c), c));
    }

    [Fact]
    public async Task Links_of_the_api_lead_to_the_public_address()
    {
        using var api = await ApiClient.OfAsync(site);
        foreach (var id in (string[])["a", "b"])
            await api.PutAsync($"devices/{id}", "{}");

        var answer = await ThroughAsync(site, Proxy, "/api/devices", $"?{ApiClient.Version}&$top=1", api.Token);
        var document = await ThroughAsync(site, Proxy, "/openapi/v1.json");

        Assert.StartsWith(
            "https://iot.example.com/api/devices?",
            (string?)(await BodyAsync(answer))["nextLink"],
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "https://iot.example.com",
            (string?)(await BodyAsync(document))["servers"]![0]!["url"],
            StringComparison.Ordinal
        );
    }

    private static Task<HttpContext> ThroughAsync(
        TestSite site,
        string from,
        string path,
        string query = "",
        string? token = null,
        string forwardedFor = "203.0.113.5"
    ) =>
        site.Server.SendAsync(
            context =>
            {
                context.Connection.RemoteIpAddress = IPAddress.Parse(from);
                context.Request.Method = HttpMethods.Get;
                context.Request.Path = path;
                context.Request.QueryString = new QueryString(query);
                context.Request.Host = new("iot.internal", 8080);
                context.Request.Headers["X-Forwarded-For"] = forwardedFor;
                context.Request.Headers["X-Forwarded-Proto"] = "https";
                context.Request.Headers["X-Forwarded-Host"] = "iot.example.com";
                if (token is not null)
                    context.Request.Headers.Authorization = token;
            },
            Ct
        );

    private static List<string> CookiesOf(HttpContext answer) =>
        [.. answer.Response.Headers.SetCookie.OfType<string>()];

    private static bool IsSecure(string cookie) => cookie.Contains("; secure", StringComparison.OrdinalIgnoreCase);

    private static async Task<JsonNode> BodyAsync(HttpContext answer) =>
        (await JsonNode.ParseAsync(answer.Response.Body, cancellationToken: Ct))!;
}
