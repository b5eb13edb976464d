using System.Net;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Security;

public sealed class SetupTests(TestSite site) : IClassFixture<TestSite>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private SetupLinks Links => site.Services.GetRequiredService<SetupLinks>();

    [Fact]
    public async Task A_link_makes_an_administrator_who_is_signed_in_and_owns_what_nobody_owned()
    {
        // Of its own: where there is an administrator already, a new application has an owner from the start.
        await using var fresh = new TestSite();
        await fresh.InitializeAsync();
        var links = fresh.Services.GetRequiredService<SetupLinks>();
        var application = await fresh.ApplicationAsync();
        using var browser = fresh.Browser();

        var response = await RedeemAsync(
            browser,
            await links.CreateAsync(AuditActor.CommandLine, Ct),
            "first@example.com"
        );

        Assert.Equal("/apps", Browser.PathOf(response));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"/apps/{application.Slug}/settings", Ct)).StatusCode);
        Assert.False(await links.IsNeededAsync(Ct));
    }

    [Fact]
    public async Task A_link_works_once()
    {
        var link = await Links.CreateAsync(AuditActor.CommandLine, Ct);
        using var first = site.Browser();
        using var second = site.Browser();
        var form = await second.PrepareAsync($"/setup/{link}", "setup", Form("second@example.com"), Ct);

        await RedeemAsync(first, link, "once@example.com");
        var late = await second.SendAsync(form, Ct);

        Assert.Equal(HttpStatusCode.OK, late.StatusCode);
        Assert.Contains("does not work any more", await late.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        using var third = site.Browser();
        Assert.Contains("does not work any more", await TextAsync(third, $"/setup/{link}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_link_that_is_used_voids_all_others()
    {
        var (used, other) = (
            await Links.CreateAsync(AuditActor.CommandLine, Ct),
            await Links.CreateAsync(AuditActor.CommandLine, Ct)
        );
        using var browser = site.Browser();

        await RedeemAsync(browser, used, "one@example.com");

        Assert.False(await Links.IsOpenAsync(other, Ct));
    }

    [Fact]
    public async Task A_link_is_dead_after_a_day()
    {
        var link = await Links.CreateAsync(AuditActor.CommandLine, Ct);
        using var browser = site.Browser();
        Assert.DoesNotContain(
            "does not work any more",
            await TextAsync(browser, $"/setup/{link}"),
            StringComparison.Ordinal
        );

        site.Time.Advance(TimeSpan.FromHours(24));

        Assert.Contains("does not work any more", await TextAsync(browser, $"/setup/{link}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_made_up_link_is_dead()
    {
        using var browser = site.Browser();

        Assert.Contains("does not work any more", await TextAsync(browser, "/setup/made-up"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("short", "12 characters")]
    [InlineData("aaaaaaaaaaaaaaaa", "different characters")]
    [InlineData("weakness weakness", "e-mail address")]
    public async Task A_weak_password_is_explained_and_uses_no_link_up(string password, string why)
    {
        var link = await Links.CreateAsync(AuditActor.CommandLine, Ct);
        using var browser = site.Browser();

        var refused = await browser.SubmitAsync($"/setup/{link}", "setup", Form("weakness@example.com", password), Ct);

        Assert.Contains(
            why,
            WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync(Ct)),
            StringComparison.Ordinal
        );
        Assert.True(await Links.IsOpenAsync(link, Ct));
    }

    [Fact]
    public async Task The_landing_page_says_what_to_do_while_nobody_is_set_up()
    {
        await using var fresh = new TestSite();
        await fresh.InitializeAsync();
        using var browser = fresh.Browser();

        Assert.Contains("./run setup-link", await TextAsync(browser, "/"), StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> RedeemAsync(Browser browser, string link, string email) =>
        browser.SubmitAsync($"/setup/{link}", "setup", Form(email), Ct);

    private static Dictionary<string, string> Form(string email, string password = People.Password) =>
        new()
        {
            ["Input.Name"] = "Anna",
            ["Input.Email"] = email,
            ["Input.Password"] = password,
        };

    private static async Task<string> TextAsync(Browser browser, string path) =>
        await (await browser.GetAsync(path, Ct)).Content.ReadAsStringAsync(Ct);
}
