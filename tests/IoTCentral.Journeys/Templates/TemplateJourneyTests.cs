using IoTCentral.Journeys.MainJob;
using IoTCentral.Testing;
using Microsoft.Playwright;

namespace IoTCentral.Journeys.Templates;

/// <summary>From a file and from a message to a template that devices can use, in a browser.</summary>
public sealed class TemplateJourneyTests
{
    private const string Oven = """
        {
          "@context": ["dtmi:iotcentral:context;2", "dtmi:dtdl:context;2"],
          "@id": "dtmi:contoso:Oven;1",
          "@type": "Interface",
          "displayName": "Oven",
          "contents": [
            { "@type": ["Telemetry", "Temperature"], "name": "heat", "displayName": "Heat", "schema": "SCHEMA", "unit": "kelvin" }
          ]
        }
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_template_is_imported_its_unit_mended_and_published_and_another_comes_from_a_message()
    {
        Assert.SkipWhen(Chromium.Path is null, "Chromium is missing.");
        await using var server = await ServerProcess.StartAsync([], Ct);
        await server.CommandAsync(["app", "create", "--name", "Cold chain", "--id", "cold"], Ct);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Chromium.Path, Args = Chromium.Arguments }
        );
        var ada = await Person.SetUpAsync(browser, server);

        await ImportAsync(await ada.OpenAsync("/apps/cold/templates/new"));
        await GuessAsync(await ada.OpenAsync("/apps/cold/templates/new?from=sample"));

        var list = await ada.OpenAsync("/apps/cold/templates");
        await SeeAsync(list.GetByRole(AriaRole.Row).Filter(new() { HasText = "Oven" }).GetByText("Published, v1"));
        await SeeAsync(list.GetByRole(AriaRole.Row).Filter(new() { HasText = "Pump" }).GetByText("Draft, v1"));
    }

    private static async Task ImportAsync(IPage page)
    {
        var text = page.GetByLabel("Text of the file");
        await text.FillAsync(Oven.Replace("SCHEMA", "dubble", StringComparison.Ordinal));
        await SeeAsync(page.GetByText("'dubble' is not a schema"));
        await SeeAsync(page.GetByRole(AriaRole.Button, new() { Name = "line 7" }));

        // as long as files really are: more than a circuit takes in one message
        var padding = new string(' ', 100_000);
        await text.FillAsync(Oven.Replace("SCHEMA", "double", StringComparison.Ordinal) + padding);
        await SeeAsync(page.GetByText("taken as they are"));
        await Button(page, "Save as draft").ClickAsync();
        await SeeAsync(page.GetByText("Draft, v1"));

        await Button(page, "Heat").ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Sent in").SelectOptionAsync("degreeCelsius");
        await Button(dialog, "Apply").ClickAsync();
        await SeeAsync(page.GetByText("Not saved yet"));
        await Button(page, "Publish…").ClickAsync();
        await Button(dialog, "Publish").ClickAsync();
        await SeeAsync(page.GetByText("Published, v1"));
        await page.ReloadAsync();
        await SeeAsync(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Heat" }).GetByText("°C"));
    }

    private static async Task GuessAsync(IPage page)
    {
        await page.GetByLabel("Sample messages").FillAsync("""{ "pressure_bar": 3.2, "runtime": 120, "mode": "on" }""");
        await SeeAsync(
            page.GetByRole(AriaRole.Row)
                .Filter(new() { HasText = "Pressure bar" })
                .GetByText("bar", new() { Exact = true })
        );

        await Button(page, "Pressure bar").ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Display name").FillAsync("Outlet pressure");
        await Button(dialog, "Apply").ClickAsync();
        await SeeAsync(Button(page, "Outlet pressure"));
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Pump");
        await Button(page, "Save as draft").ClickAsync();
        await SeeAsync(page.GetByRole(AriaRole.Heading, new() { Name = "Pump", Exact = true }));
        await SeeAsync(page.GetByText("dtmi:cold:Pump;1").First);
    }

    private static Task SeeAsync(ILocator what) => Assertions.Expect(what).ToBeVisibleAsync();

    private static ILocator Button(IPage on, string name) =>
        on.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static ILocator Button(ILocator inside, string name) =>
        inside.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
}
