using IoTCentral.Testing;
using Microsoft.Playwright;

namespace IoTCentral.Bench;

/// <summary>A person with the dashboard open.</summary>
internal sealed class Viewer(IPlaywright playwright, IBrowser browser, IPage page) : IAsyncDisposable
{
    /// <summary>Follows the set-up link, then opens a page.</summary>
    public static async Task<Viewer> OpenAsync(Server server, string path)
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = Chromium.Path ?? throw new InvalidOperationException("Chromium is missing."),
                Args = Chromium.Arguments,
            }
        );
        var page = await browser.NewPageAsync();
        await page.GotoAsync(server.Ready.Setup!);
        await page.GetByLabel("Your name").FillAsync("Bench");
        await page.GetByLabel("E-mail address").FillAsync("bench@example.com");
        await page.GetByLabel("Password").FillAsync("a sentence is easy to keep");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set up and sign in" }).ClickAsync();
        await page.WaitForURLAsync("**/apps**", new() { WaitUntil = WaitUntilState.Commit });
        await page.GotoAsync(server.Ready.Web + path);
        await page.Locator("iot-value").Last.WaitForAsync();
        return new(playwright, browser, page);
    }

    /// <summary>Notes for each number drawn how old it is; numbers are the time they were sent, Unix milliseconds.</summary>
    public Task WatchAsync() =>
        page.EvaluateAsync(
            """
            () => {
              const ages = (window.ages = []);
              const element = [...document.querySelectorAll("iot-value")].at(-1);
              const show = element.show.bind(element);
              element.show = () => {
                show();
                const sent = element.sample?.value;
                if (sent) requestAnimationFrame(() => ages.push(Date.now() - sent));
              };
            }
            """
        );

    /// <summary>What <see cref="WatchAsync"/> noted, in milliseconds.</summary>
    public Task<double[]> AgesAsync() => page.EvaluateAsync<double[]>("() => window.ages");

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }
}
