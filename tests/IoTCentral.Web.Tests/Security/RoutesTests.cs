using System.Net;
using System.Text.RegularExpressions;
using IoTCentral.Core.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Security;

/// <summary>Routes are closed by default; these tests walk all there are.</summary>
public sealed partial class RoutesTests(TestSite site) : IClassFixture<TestSite>
{
    /// <summary>Open to anybody. A new one needs a reason.</summary>
    private static readonly string[] Anonymous =
    [
        "/", // landing
        "/health/live", // for load balancers and supervisors; they say next to nothing
        "/health/ready",
        "/not-found",
        "/openapi/{documentName}.json", // what the API is like, nothing of what is in it
        "/setup/{Link}", // the one-time link is the credential
        "/sign-in",
        "/sign-out", // does nothing for strangers
        "/status/{Code:int}", // draws what went wrong
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IEnumerable<RouteEndpoint> Endpoints =>
        site.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    [Fact]
    public void Only_the_listed_routes_are_open()
    {
        var open = Endpoints
            .Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is not null && !IsFile(e))
            .Select(Pattern)
            .Distinct()
            .Order(StringComparer.Ordinal);

        Assert.Equal(Anonymous.Order(StringComparer.Ordinal), open);
    }

    [Fact]
    public void Every_page_says_who_may_open_it()
    {
        var silent = typeof(Site)
            .Assembly.GetTypes()
            .Where(t => t.IsDefined(typeof(RouteAttribute), inherit: false))
            .Where(t =>
                !t.IsDefined(typeof(AuthorizeAttribute), true) && !t.IsDefined(typeof(AllowAnonymousAttribute), true)
            );

        Assert.Empty(silent);
    }

    [Fact]
    public void Every_route_of_an_application_asks_for_a_permission()
    {
        var permissions = Enum.GetNames<Permission>();

        var without = Endpoints
            .Where(e =>
                Pattern(e).StartsWith("/apps/{app}", StringComparison.OrdinalIgnoreCase)
                || Pattern(e).StartsWith("/api/", StringComparison.Ordinal)
            )
            .Where(e => !e.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(a => permissions.Contains(a.Policy)))
            .Select(Pattern);

        Assert.Empty(without);
    }

    [Fact]
    public async Task A_stranger_is_sent_to_the_sign_in_by_every_page()
    {
        using var browser = site.Browser();

        foreach (var path in Pages().Select(p => Fill(p, "any-app")))
        {
            var response = await browser.GetAsync(path, Ct);
            Assert.True(
                Browser.PathOf(response)?.StartsWith("/sign-in?returnUrl=", StringComparison.Ordinal) is true,
                $"{path} answers {response.StatusCode}"
            );
        }
    }

    [Fact]
    public async Task A_foreign_application_answers_as_an_unknown_one_on_every_page()
    {
        var foreign = await site.ApplicationAsync();
        var anna = await site.PersonAsync();
        using var browser = await site.SignedInAsync(anna, Ct);

        foreach (var page in Pages().Where(p => p.StartsWith("/apps/{app}", StringComparison.OrdinalIgnoreCase)))
        {
            var of = await browser.GetAsync(Fill(page, foreign.Slug), Ct);
            var none = await browser.GetAsync(Fill(page, "no-such-application"), Ct);
            Assert.Equal(HttpStatusCode.NotFound, of.StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
            Assert.Equal(await WordsAsync(none), await WordsAsync(of));
        }
    }

    [Fact]
    public async Task A_role_that_does_not_reach_is_told_so()
    {
        var application = await site.ApplicationAsync();
        var bert = await site.PersonAsync();
        await site.JoinAsync(bert, application, Role.Operator);
        using var browser = await site.SignedInAsync(bert, Ct);

        var response = await browser.GetAsync($"/apps/{application.Slug}/settings", Ct);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("Not allowed", await WordsAsync(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_none_is_not_found()
    {
        using var browser = await site.SignedInAsync(await site.PersonAsync(), Ct);

        var response = await browser.GetAsync("/no/such/page", Ct);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("Not found", await WordsAsync(response), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("devices/none", "devices")]
    [InlineData("templates/none", "templates")]
    [InlineData("rules/none", "rules")]
    [InlineData("dashboards/none", "dashboards")]
    [InlineData("alerts/01994e6a-0000-7000-8000-000000000000", "alerts")]
    [InlineData("alerts/none", "alerts")]
    [InlineData("no/such/page", "")]
    public async Task What_an_application_does_not_have_is_said_inside_it_with_a_way_back(string path, string list)
    {
        var application = await site.ApplicationAsync();
        var anna = await site.PersonAsync();
        await site.JoinAsync(anna, application, Role.Operator);
        using var browser = await site.SignedInAsync(anna, Ct);

        var response = await browser.GetAsync($"/apps/{application.Slug}/{path}", Ct);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        var page = await Browser.ReadAsync(response, Ct);
        Assert.NotNull(page.QuerySelector("#site-nav"));
        Assert.Equal("Not found", page.QuerySelector("main h1")?.TextContent);
        Assert.Equal(
            $"/apps/{application.Slug}/{list}".TrimEnd('/'),
            page.QuerySelector("main a")?.GetAttribute("href")
        );
    }

    private IEnumerable<string> Pages() =>
        Endpoints
            .Where(e =>
                e.Metadata.GetMetadata<Microsoft.AspNetCore.Components.Endpoints.ComponentTypeMetadata>() is not null
            )
            .Select(Pattern)
            .Except(Anonymous)
            .Distinct();

    private static bool IsFile(RouteEndpoint endpoint) =>
        endpoint.Metadata.Any(m => m.GetType().Name == "StaticAssetDescriptor");

    private static string Pattern(RouteEndpoint endpoint) => $"/{endpoint.RoutePattern.RawText?.TrimStart('/')}";

    private static string Fill(string pattern, string app) =>
        Parameter().Replace(pattern.Replace("{app}", app, StringComparison.OrdinalIgnoreCase), "1");

    private static async Task<string> WordsAsync(HttpResponseMessage response) =>
        (await Browser.ReadAsync(response, Ct)).QuerySelector("main")!.TextContent.Trim();

    [GeneratedRegex("{[^}]*}", RegexOptions.NonBacktracking)]
    private static partial Regex Parameter();
}
