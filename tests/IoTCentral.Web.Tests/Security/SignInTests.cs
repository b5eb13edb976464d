using System.Net;

namespace IoTCentral.Web.Tests.Security;

public sealed class SignInTests(TestSite site) : IClassFixture<TestSite>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_right_password_signs_in_and_leads_back_to_where_somebody_came_from()
    {
        var anna = await site.PersonAsync();
        using var browser = site.Browser();

        var response = await browser.SubmitAsync(
            "/sign-in?returnUrl=%2Faccount",
            "sign-in",
            new() { ["Input.Email"] = anna.Email, ["Input.Password"] = People.Password },
            Ct
        );

        Assert.Equal("/account", Browser.PathOf(response));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/account", Ct)).StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    public async Task Nobody_is_led_to_another_site(string address)
    {
        var anna = await site.PersonAsync();
        using var browser = site.Browser();

        var response = await browser.SubmitAsync(
            $"/sign-in?returnUrl={Uri.EscapeDataString(address)}",
            "sign-in",
            new() { ["Input.Email"] = anna.Email, ["Input.Password"] = People.Password },
            Ct
        );

        Assert.Equal("/apps", Browser.PathOf(response));
    }

    [Fact]
    public async Task Wrong_password_and_unknown_person_look_alike()
    {
        var anna = await site.PersonAsync();
        using var browser = site.Browser();

        var wrong = await RefusalAsync(browser, anna.Email);
        var unknown = await RefusalAsync(browser, "nobody@example.com");

        Assert.Equal(
            wrong.Replace(anna.Email, "?", StringComparison.Ordinal),
            unknown.Replace("nobody@example.com", "?", StringComparison.Ordinal)
        );
        Assert.Contains("do not match", wrong, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_longer_than_any_address_or_password_is_refused_unseen()
    {
        var anna = await site.PersonAsync();
        using var browser = site.Browser();

        var address = await browser.SignInAsync(anna.Email.PadRight(255), People.Password, Ct);
        var password = await browser.SignInAsync(anna.Email, new string('x', 257), Ct);

        foreach (var answer in (HttpResponseMessage[])[address, password])
            Assert.Contains("do not match", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_wrong_passwords_lock_out_even_with_the_right_one()
    {
        var anna = await site.PersonAsync();
        using var browser = site.Browser();
        for (var i = 0; i < 10; i++)
            await browser.SignInAsync(anna.Email, "not the password", Ct);

        var locked = await browser.SignInAsync(anna.Email, People.Password, Ct);
        site.Time.Advance(TimeSpan.FromMinutes(16)); // the tries in memory are back; the row knows better
        var stillLocked = await browser.SignInAsync(anna.Email, People.Password, Ct);

        Assert.Equal(HttpStatusCode.OK, locked.StatusCode);
        Assert.Equal(HttpStatusCode.OK, stillLocked.StatusCode);
        Assert.Contains("do not match", await locked.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lock_out_lasts_15_minutes()
    {
        var anna = await site.PersonAsync();
        using var browser = site.Browser();
        for (var i = 0; i < 10; i++)
            await browser.SignInAsync(anna.Email, "not the password", Ct);

        var end = await site.MoveLockoutAsync(anna.Id, TimeSpan.FromMinutes(-15));
        site.Time.Advance(TimeSpan.FromMinutes(16));
        var after = await browser.SignInAsync(anna.Email, People.Password, Ct);

        Assert.InRange(
            end!.Value - TimeProvider.System.GetUtcNow(),
            TimeSpan.FromMinutes(13),
            TimeSpan.FromMinutes(15)
        );
        Assert.Equal(HttpStatusCode.Redirect, after.StatusCode);
    }

    [Fact]
    public async Task An_address_that_guesses_many_accounts_is_slowed()
    {
        await using var own = new TestSite();
        await own.InitializeAsync();
        using var browser = own.Browser();
        for (var i = 0; i < 20; i++)
            await browser.SignInAsync($"guess{i}@example.com", "not the password", Ct);

        var slowed = await browser.SignInAsync("guess20@example.com", "not the password", Ct);
        own.Time.Advance(TimeSpan.FromSeconds(15));
        var later = await browser.SignInAsync("guess21@example.com", "not the password", Ct);

        Assert.Equal(HttpStatusCode.TooManyRequests, slowed.StatusCode);
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
    }

    [Fact]
    public async Task Signing_out_ends_the_cookie_on_the_server_too()
    {
        var anna = await site.PersonAsync();
        using var browser = await site.SignedInAsync(anna, Ct);
        var stolen = string.Join("; ", browser.Cookies.Select(c => $"{c.Name}={c.Value}"));

        await SignOutAsync(browser);

        using var thief = site.Browser();
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/account", UriKind.Relative));
        request.Headers.Add("Cookie", stolen);
        Assert.Equal(HttpStatusCode.Redirect, (await thief.SendAsync(request, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/account", Ct)).StatusCode);
    }

    [Fact]
    public async Task Signing_out_by_a_foreign_form_is_refused()
    {
        using var browser = await site.SignedInAsync(await site.PersonAsync(), Ct);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/sign-out", UriKind.Relative))
        {
            Content = new FormUrlEncodedContent([]),
        };

        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SendAsync(request, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/account", Ct)).StatusCode);
    }

    [Fact]
    public async Task The_cookie_is_kept_from_scripts_and_foreign_forms()
    {
        var anna = await site.PersonAsync();
        using var browser = site.Browser();

        var response = await browser.SignInAsync(anna.Email, People.Password, Ct);

        var cookie = response
            .Headers.GetValues("Set-Cookie")
            .Single(c => c.StartsWith("iotcentral=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_new_password_ends_the_other_browsers()
    {
        var anna = await site.PersonAsync();
        using var here = await site.SignedInAsync(anna, Ct);
        using var elsewhere = await site.SignedInAsync(anna, Ct);

        var fields = new Dictionary<string, string>
        {
            ["Password.Old"] = People.Password,
            ["Password.New"] = "another long secret",
        };
        var response = await here.SubmitAsync("/account", "password", fields, Ct);

        Assert.Equal("/account?done=password", Browser.PathOf(response));
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/account", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await elsewhere.GetAsync("/account", Ct)).StatusCode);
    }

    [Fact]
    public async Task Sign_ins_and_refusals_are_audited()
    {
        var anna = await site.PersonAsync();
        using var browser = site.Browser();

        await browser.SignInAsync(anna.Email, "not the password", Ct);
        await browser.SignInAsync(anna.Email, People.Password, Ct);

        Assert.Equal(["sign-in.refused", "sign-in"], await site.AuditOfAsync(anna.Email, Ct));
    }

    private static async Task<string> RefusalAsync(Browser browser, string email)
    {
        var response = await browser.SignInAsync(email, "not the password", Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var page = await Browser.ReadAsync(response, Ct);
        foreach (var token in page.QuerySelectorAll("input[name=__RequestVerificationToken]"))
            token.Remove();
        return page.QuerySelector("main")!.InnerHtml;
    }

    private static async Task SignOutAsync(Browser browser)
    {
        var page = await browser.ReadAsync("/account", Ct);
        var token = page.QuerySelector("form[action='/sign-out'] input[name=__RequestVerificationToken]")!;
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/sign-out", UriKind.Relative))
        {
            Content = new FormUrlEncodedContent([new("__RequestVerificationToken", token.GetAttribute("value"))]),
        };
        Assert.Equal(HttpStatusCode.Redirect, (await browser.SendAsync(request, Ct)).StatusCode);
    }
}
