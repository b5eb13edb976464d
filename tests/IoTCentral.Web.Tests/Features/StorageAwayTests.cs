using System.Net;
using IoTCentral.Core.Access;
using IoTCentral.Web.Tests.Api;

namespace IoTCentral.Web.Tests.Features;

/// <summary>What people and programs are told while the database is away.</summary>
public sealed class StorageAwayTests : IAsyncLifetime
{
    private readonly TestSite _site = new() { HasProxy = true };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _site.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        _site.Proxy?.GoOn();
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task Pages_and_the_api_say_so_and_nobody_is_signed_out()
    {
        var (application, person) = (await _site.ApplicationAsync("away"), await _site.PersonAsync());
        await _site.JoinAsync(person, application, Role.Administrator);
        using var browser = await _site.SignedInAsync(person, Ct);
        using var api = await ApiClient.OfAsync(_site, application);

        _site.Proxy!.Refuse();

        var page = await browser.GetAsync("/apps/away/devices", Ct);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.StatusCode);
        Assert.Contains(
            "storage is unavailable",
            await page.Content.ReadAsStringAsync(Ct),
            StringComparison.OrdinalIgnoreCase
        );
        var answer = await api.GetAsync("devices");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "ServiceUnavailable"), (answer.Status, answer.Code));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/health/live", Ct)).StatusCode);

        _site.Proxy.GoOn();

        await UntilItAnswersAsync(api);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/apps/away/devices", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("devices")).Status);
    }

    /// <summary>Connections that lay in a pool fail once each; the program's listener, which is not here, clears them out.</summary>
    private static async Task UntilItAnswersAsync(ApiClient api)
    {
        for (var good = 0; good < 3; )
            good = (await api.GetAsync("devices")).Status == HttpStatusCode.OK ? good + 1 : 0;
    }
}
