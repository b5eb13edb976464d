using System.Net;

namespace IoTCentral.Web.Tests.Security;

public sealed class HeadersTests(TestSite site) : IClassFixture<TestSite>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/")]
    [InlineData("/apps")]
    [InlineData("/no/such/page")]
    [InlineData("/api/devices")]
    [InlineData("/favicon.svg")]
    public async Task Every_answer_forbids_inline_scripts_frames_and_guessing(string path)
    {
        using var browser = site.Browser();

        var headers = (await browser.GetAsync(path, Ct)).Headers;

        var policy = Assert.Single(headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("same-origin", Assert.Single(headers.GetValues("Referrer-Policy")));
    }

    [Fact]
    public async Task No_page_has_an_inline_script()
    {
        using var browser = await site.SignedInAsync(await site.PersonAsync(), Ct);

        var page = await browser.ReadAsync("/apps", Ct);

        Assert.All(
            page.QuerySelectorAll("script"),
            s =>
                Assert.True(
                    s.HasAttribute("src") || s.GetAttribute("type") is "importmap" or "application/json",
                    s.OuterHtml
                )
        );
        Assert.Empty(page.QuerySelectorAll("[onclick],[onload],[onerror]"));
    }

    [Theory]
    [InlineData("http://localhost", HttpStatusCode.OK)]
    [InlineData("http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("http://localhost:8081", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    public async Task A_live_connection_is_opened_from_our_own_pages_only(string origin, HttpStatusCode answer)
    {
        using var browser = await site.SignedInAsync(await site.PersonAsync(), Ct);
        var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri("/_blazor/negotiate?negotiateVersion=1", UriKind.Relative)
        );
        request.Headers.Add("Origin", origin);

        Assert.Equal(answer, (await browser.SendAsync(request, Ct)).StatusCode);
    }

    [Fact]
    public async Task A_stranger_gets_no_live_connection()
    {
        using var browser = site.Browser();
        var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri("/_blazor/negotiate?negotiateVersion=1", UriKind.Relative)
        );

        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.SendAsync(request, Ct)).StatusCode);
    }

    [Fact]
    public async Task A_foreign_form_is_refused()
    {
        using var browser = site.Browser();
        var form = await browser.PrepareAsync("/sign-in", "sign-in", [], Ct);
        form.Content = new FormUrlEncodedContent([new("_handler", "sign-in"), new("Input.Email", "a@b.c")]);

        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SendAsync(form, Ct)).StatusCode);
    }
}
