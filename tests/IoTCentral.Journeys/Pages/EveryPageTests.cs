using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using IoTCentral.Core.Simulation.Demo;
using IoTCentral.Journeys.MainJob;
using IoTCentral.Testing;
using Microsoft.Playwright;

namespace IoTCentral.Journeys.Pages;

/// <summary>Every page of the product and its main dialogs, light and dark, on a screen and on a phone.</summary>
public sealed class EveryPageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void No_page_is_forgotten_here() => Assert.Empty(PageSamples.Forgotten());

    [Fact]
    public async Task Every_page_and_dialog_can_be_used_by_everyone_on_every_screen()
    {
        Assert.SkipWhen(Chromium.Path is null, "Chromium is missing.");
        var axe = await Axe.LoadAsync(Ct);
        await using var server = await ServerProcess.StartAsync(["--Demo=true"], Ct);
        await server.CommandAsync(["app", "create", "--name", "Nothing yet", "--id", "empty"], Ct);
        await AddSilentDeviceAsync(server);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Chromium.Path, Args = Chromium.Arguments }
        );

        var outside = new PageWalk(await browser.NewPageAsync(), axe, server.Ready.Web);
        await outside.VisitAllAsync(new(["/", "/sign-in", server.Ready.Setup!]));
        var ada = await Person.SetUpAsync(browser, server, DemoContent.ApplicationName);
        var addresses = new ConcurrentQueue<string>(PageSamples.All);
        foreach (var (on, begins) in PageSamples.Linked)
        {
            var list = await ada.OpenAsync(on);
            addresses.Enqueue((await list.Locator($"a[href^='{begins}']").First.GetAttributeAsync("href"))!);
            await list.CloseAsync();
        }

        // two tabs: while one waits for its page, axe works in the other
        PageWalk[] inside = [await WalkAsync(), await WalkAsync()];
        await Task.WhenAll(inside.Select(w => w.VisitAllAsync(addresses)));
        await inside[0].OpenAllAsync(DialogSamples.All);

        string[] faults = [.. outside.Faults, .. inside.SelectMany(w => w.Faults)];
        Assert.True(faults.Length == 0, string.Join('\n', faults));

        async Task<PageWalk> WalkAsync() => new(await ada.OpenAsync("/apps"), axe, server.Ready.Web);
    }

    private static async Task AddSilentDeviceAsync(ServerProcess server)
    {
        var token = await server.CommandAsync(["token", "--app", "demo", "--role", "Administrator"], Ct);
        using var http = new HttpClient { BaseAddress = new Uri(server.Ready.Web) };
        http.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(token);
        using var body = new StringContent("""{"displayName":"Till 1"}""", Encoding.UTF8, "application/json");
        var path = $"/api/devices/{PageSamples.SilentDevice}?api-version=2022-07-31";
        (await http.PutAsync(path, body, Ct)).EnsureSuccessStatusCode();
    }
}
