using IoTCentral.Testing;
using Microsoft.Playwright;

namespace IoTCentral.Journeys.MainJob;

/// <summary>The administrator of a new installation, at her browser.</summary>
internal sealed class Person(IBrowserContext browser, IPage page, string web)
{
    /// <summary>Follows the one-time link of a new installation; she is signed in then.</summary>
    /// <param name="arrives">Name of the application that she sees first.</param>
    public static async Task<Person> SetUpAsync(IBrowser browser, ServerProcess server, string arrives = "Cold chain")
    {
        var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(server.Ready.Setup!);
        await page.GetByLabel("Your name").FillAsync("Ada");
        await page.GetByLabel("E-mail address").FillAsync("ada@example.com");
        await page.GetByLabel("Password").FillAsync("a sentence is easy to keep");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set up and sign in" }).ClickAsync();
        await Assertions.Expect(page.GetByText(arrives).First).ToBeVisibleAsync();
        return new(context, page, server.Ready.Web);
    }

    /// <summary>Opens a page in a tab of its own and waits until it takes clicks.</summary>
    public async Task<IPage> OpenAsync(string path)
    {
        var tab = await browser.NewPageAsync();
        await GoAsync(tab, path);
        return tab;
    }

    public async Task MakeRuleAsync(string name, string signal, double limit, string mailTo)
    {
        await GoAsync(page, "/apps/cold/rules/new");
        await page.GetByLabel("Devices with the template").SelectOptionAsync(Option("Fridge"));
        await page.GetByLabel("Signal").SelectOptionAsync(signal);
        await page.GetByLabel("Value", new() { Exact = true }).FillAsync($"{limit}");
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("E-mail to").FillAsync(mailTo);
        await Button("Save").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = name })).ToBeVisibleAsync();
    }

    /// <summary>A dashboard with one tile: the last known value of a signal.</summary>
    public async Task<string> MakeDashboardAsync(string name, string signal)
    {
        await GoAsync(page, "/apps/cold/dashboards");
        await Button("New dashboard").ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = name })).ToBeVisibleAsync();
        await Button("Add tile").ClickAsync();
        await dialog.GetByLabel("Show as").SelectOptionAsync(Option("Last known value"));
        await dialog.GetByLabel("Devices with the template").SelectOptionAsync(Option("Fridge"));
        await dialog.GetByLabel("Signal").SelectOptionAsync(signal);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Apply" }).ClickAsync();
        await Button("Save").ClickAsync();
        await Assertions.Expect(Button("Edit")).ToBeVisibleAsync();
        return new Uri(page.Url).PathAndQuery;
    }

    public async Task AcknowledgeAsync(string alert, string note)
    {
        await GoAsync(page, "/apps/cold/alerts");
        await Button($"Acknowledge {alert}").ClickAsync();
        await page.GetByLabel("What is done about it").FillAsync(note);
        await Button("Acknowledge").ClickAsync();
        await Assertions.Expect(page.GetByText("acknowledged", new() { Exact = true })).ToBeVisibleAsync();
    }

    private ILocator Button(string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static SelectOptionValue Option(string label) => new() { Label = label };

    // A click into the first drawing, before the circuit is there, would be lost.
    private async Task GoAsync(IPage tab, string path)
    {
        await tab.GotoAsync(web + path);
        await tab.WaitForSelectorAsync("[data-ready='true']");
    }
}
