using System.Net;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Tenants;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Api;

/// <summary>What every address of the API has in common.</summary>
public sealed class ApiFrameTests(TestSite site) : IClassFixture<TestSite>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_opens_its_application()
    {
        using var api = await ApiClient.OfAsync(site);

        var answer = await api.GetAsync("roles");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(3, answer["value"].AsArray().Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer abc")]
    [InlineData("SharedAccessSignature sr=x&sig=AAAA&skn=y&se=4102444800000")]
    public async Task Without_a_good_token_the_answer_is_401_in_IoT_Centrals_shape(string header)
    {
        using var api = new ApiClient(site.Server.CreateClient(), header, await site.ApplicationAsync());

        var answer = await api.GetAsync("devices");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        Assert.Equal("Unauthorized", answer.Code);
        Assert.NotEmpty((string)answer["error"]["requestId"]!);
        Assert.Matches("^[A-Z][a-z]{2}, .* GMT$", (string)answer["error"]["time"]!);
    }

    [Fact]
    public async Task A_signed_in_browser_is_no_token()
    {
        using var browser = await site.SignedInAsync(await site.PersonAsync(), Ct);

        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await browser.GetAsync($"/api/devices?{ApiClient.Version}", Ct)).StatusCode
        );
    }

    [Fact]
    public async Task A_role_that_does_not_reach_gets_403()
    {
        using var api = await ApiClient.OfAsync(site, Role.Operator);

        var answer = await api.PutAsync("enrollmentGroups/mine", """{"displayName":"Mine"}""");

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Equal("Forbidden", answer.Code);
    }

    [Theory]
    [InlineData("", "MissingApiVersionParameter")]
    [InlineData("2015-01-01", "UnsupportedApiVersionValue")]
    public async Task Every_call_names_a_known_version(string version, string code)
    {
        using var api = await ApiClient.OfAsync(site);

        var answer = await api.GetAsync($"roles?api-version={version}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(code, answer.Code);
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("2022-05-31")]
    [InlineData("2022-10-31-preview")]
    public async Task IoT_Centrals_versions_are_known(string version)
    {
        using var api = await ApiClient.OfAsync(site);

        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync($"roles?api-version={version}")).Status);
    }

    [Fact]
    public async Task An_application_has_an_address_of_its_own_and_no_others_token_opens_it()
    {
        using var mine = await ApiClient.OfAsync(site);
        var yours = await site.ApplicationAsync();

        var own = await mine.GetAsync($"/apps/{mine.Application.Slug}/api/roles");
        var foreign = await mine.GetAsync($"/apps/{yours.Slug}/api/roles");
        var unknown = await mine.GetAsync("/apps/no-such-application/api/roles");

        Assert.Equal(HttpStatusCode.OK, own.Status);
        Assert.Equal((HttpStatusCode.NotFound, "NotFound"), (foreign.Status, foreign.Code));
        Assert.Equal((HttpStatusCode.NotFound, "NotFound"), (unknown.Status, unknown.Code));
    }

    [Fact]
    public async Task A_host_name_opens_to_its_own_application_only()
    {
        var tenants = site.Services.GetRequiredService<ITenantStore>();
        using var mine = await ApiClient.OfAsync(site);
        using var yours = await ApiClient.OfAsync(site);
        await tenants.UpdateAsync(mine.Application with { HostName = "mine.example.com" }, AuditActor.CommandLine, Ct);

        Assert.Equal(
            HttpStatusCode.OK,
            (await mine.GetAsync($"http://mine.example.com/api/roles?{ApiClient.Version}")).Status
        );
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await yours.GetAsync($"http://mine.example.com/api/roles?{ApiClient.Version}")).Status
        );
    }

    [Fact]
    public async Task An_unknown_address_and_a_wrong_verb_are_told_in_the_same_shape()
    {
        using var api = await ApiClient.OfAsync(site);

        Assert.Equal("NotFound", (await api.GetAsync("no-such-thing")).Code);
        Assert.Equal("MethodNotAllowed", (await api.DeleteAsync("roles")).Code);
    }

    [Theory]
    [InlineData("{", "BadRequest")]
    [InlineData("[]", "BadRequest")]
    [InlineData("""{"displayName":5}""", "BadRequest")]
    public async Task A_body_that_is_no_such_JSON_is_told_so(string json, string code)
    {
        using var api = await ApiClient.OfAsync(site);

        var answer = await api.PutAsync("devices/pump-1", json);

        Assert.Equal((HttpStatusCode.BadRequest, code), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_body_that_is_too_deep_is_refused()
    {
        using var api = await ApiClient.OfAsync(site);
        var deep = $$"""{"displayName":"x","x":{{new string('[', 100_000)}}{{new string(']', 100_000)}}}""";

        Assert.Equal(HttpStatusCode.BadRequest, (await api.PutAsync("devices/pump-1", deep)).Status);
    }

    [Fact]
    public async Task More_calls_than_allowed_are_told_how_long_to_wait()
    {
        await using var busy = new TestSite { ApiRequestsPerSecond = 2 };
        await busy.InitializeAsync();
        using var api = await ApiClient.OfAsync(busy);
        using var neighbour = await ApiClient.OfAsync(busy);

        var answers = new List<ApiAnswer>();
        for (var i = 0; i < 10; i++)
            answers.Add(await api.GetAsync("roles"));

        var refused = answers.First(a => a.Status == HttpStatusCode.TooManyRequests);
        Assert.Equal("TooManyRequests", refused.Code);
        Assert.Equal("1", Assert.Single(refused.Headers.GetValues("Retry-After")));
        Assert.Equal(HttpStatusCode.OK, (await neighbour.GetAsync("roles")).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer abc")]
    public async Task Calls_without_a_good_token_are_limited_and_good_ones_do_not_count(string header)
    {
        await using var busy = new TestSite { ApiRequestsPerSecond = 2 };
        await busy.InitializeAsync();
        using var good = await ApiClient.OfAsync(busy);
        using var bad = new ApiClient(busy.Server.CreateClient(), header, good.Application);

        var answers = new List<ApiAnswer> { await good.GetAsync("roles"), await good.GetAsync("roles") };
        for (var i = 0; i < 3; i++)
            answers.Add(await bad.GetAsync("roles"));
        busy.Time.Advance(TimeSpan.FromSeconds(1));
        answers.Add(await bad.GetAsync("roles"));

        Assert.Equal([200, 200, 401, 401, 429, 401], answers.Select(a => (int)a.Status));
        Assert.Equal("TooManyRequests", answers[4].Code);
        Assert.Equal("1", Assert.Single(answers[4].Headers.GetValues("Retry-After")));
    }
}
