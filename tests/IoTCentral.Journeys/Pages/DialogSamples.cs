using IoTCentral.Core.Simulation.Demo;
using Microsoft.Playwright;

namespace IoTCentral.Journeys.Pages;

/// <summary>Something that a page shows only when it is asked to: a dialog, a form that is filled in.</summary>
/// <param name="OpenAsync">What a person does on the page at that address.</param>
internal sealed record DialogSample(string Name, string Address, Func<IPage, Task> OpenAsync);

/// <summary>The dialogs of the demo, in an order in which they can be opened.</summary>
internal static class DialogSamples
{
    private const string Demo = PageSamples.Demo;
    private const string RuleName = "Store is warm";
    private static readonly string Template = $"{Demo}/templates/{Uri.EscapeDataString(DemoContent.Refrigerator.Id)}";
    private static readonly string Device = $"{Demo}/devices/{PageSamples.SilentDevice}";

    private const string Files = $"{Demo}/devices/{PageSamples.Camera}?tab=files";
    private const string Certified = $"{Demo}/devices/{PageSamples.CertifiedDevice}?tab=connect";
    private const string KeyGroup = $"{Demo}/connection-groups/SAS-IoT-Devices";
    private const string CertificateGroup = $"{Demo}/connection-groups/{PageSamples.CertificateGroup}";

    public static IReadOnlyList<DialogSample> All { get; } =
    [
        // it fires at once, so that there is an alert to acknowledge in the end
        new("rule", $"{Demo}/rules/new", FillRuleAsync),
        Dialog("new-device", $"{Demo}/devices", "New device"),
        Dialog("property-filter", $"{Demo}/devices", "Property…"),
        Dialog("rename-device", Device, "Manage", "Rename…"),
        Dialog("delete-device", Device, "Manage", "Delete device"),
        new("command", $"{Device}?tab=commands", RunCommandAsync),
        Dialog("send-message", $"{Device}?tab=commands", "Send a message…", "Add property"),
        Dialog("new-module", $"{Device}?tab=modules", "Add module…"),
        new("module", $"{Device}?tab=modules", AddModuleAsync),
        new("gateway", Device, AttachAsync),
        Dialog("file-text", Files, "Show logs/boot.log"),
        Dialog("file-picture", Files, "Show door.png"),
        Dialog("delete-file", Files, "Delete logs/boot.log"),
        Dialog("add-tile", $"{Demo}/dashboards", "Edit", "Add tile"),
        new("add-list-tile", $"{Demo}/dashboards", AddListTileAsync),
        Dialog("tile", $"{Demo}/dashboards", "Edit", "Configure Warmest refrigerator now"),
        Dialog("command-tile", $"{Demo}/dashboards", "Restart the controller…"),
        Dialog("dashboard", $"{Demo}/dashboards", "More actions", "Name and scope"),
        Dialog("time-range", $"{Demo}/dashboards", "Time range: Live, last 12 hours", "From … to …"),
        Dialog("capability", Template, "Temperature"),
        Dialog("rename-template", Template, "More", "Name and description"),
        Dialog("new-group", $"{Demo}/connection-groups", "New group"),
        Dialog("own-certificate", Certified, "Change how this device shows who it is", "Own certificate…"),
        Dialog("own-keys", Certified, "Change how this device shows who it is", "Own keys…"),
        Dialog("rename-group", KeyGroup, "Manage", "Rename…"),
        Dialog("group-terms", KeyGroup, "Edit"),
        Dialog("roll-key", KeyGroup, "New primary key…"),
        Dialog("paste-keys", KeyGroup, "Paste keys…"),
        Dialog("delete-group", CertificateGroup, "Manage", "Delete group"),
        Dialog("upload-certificate", CertificateGroup, "Upload secondary certificate"),
        Dialog("verify-certificate", CertificateGroup, "Upload signed certificate"),
        Dialog("upload-list", CertificateGroup, "Manage Primary certificate", "Upload revocation list…"),
        Dialog("delete-rule", $"{Demo}/rules/fridge-too-warm", "Delete rule"),
        Dialog("retention", $"{Demo}/settings/data", "Change how long data of All devices stays"),
        Dialog("template-retention", $"{Demo}/settings/data", "Rule for a template…"),
        Dialog("legal-hold", $"{Demo}/settings/data", "Place a hold…"),
        Dialog("remove-data", $"{Demo}/settings/data", "Delete a device's data…"),
        new("take-over", "/apps/new", page => page.Locator("summary").ClickAsync()),
        Dialog("acknowledge", $"{Demo}/alerts", $"Acknowledge {RuleName}"),
    ];

    private static DialogSample Dialog(string name, string address, params string[] presses) =>
        new(
            name,
            address,
            async page =>
            {
                foreach (var press in presses)
                    await page.GetByRole(AriaRole.Button, new() { Name = press, Exact = true })
                        .Or(page.GetByRole(AriaRole.Menuitem, new() { Name = press, Exact = true }))
                        .First.ClickAsync();
                await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
            }
        );

    /// <summary>A tile with more rows than its preview has room for.</summary>
    private static async Task AddListTileAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Add tile", Exact = true }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Show as").SelectOptionAsync(new SelectOptionValue { Label = "Last known value" });
        await dialog.GetByLabel("Devices with the template").SelectOptionAsync(DemoContent.Refrigerator.Id);
        await dialog.GetByLabel("Signal").SelectOptionAsync(new SelectOptionValue { Index = 1 });
        await Assertions.Expect(dialog.GetByRole(AriaRole.Row).Nth(5)).ToBeVisibleAsync();
    }

    /// <summary>All of it, with a filter, two conditions, an e-mail and a webhook; and saves it.</summary>
    private static async Task FillRuleAsync(IPage page)
    {
        await page.GetByLabel("Devices with the template")
            .SelectOptionAsync(new SelectOptionValue { Label = "Store meter" });
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync(RuleName);
        await ChooseAsync(page.GetByRole(AriaRole.Group, new() { Name = "Condition 1" }), "-50");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add condition" }).ClickAsync();
        await ChooseAsync(page.GetByRole(AriaRole.Group, new() { Name = "Condition 2" }), "-60");
        await page.GetByLabel("E-mail to").FillAsync("ada@example.com");
        await page.GetByLabel("Webhook").FillAsync("https://example.com/hook");
        await page.GetByLabel("Note in the e-mail").FillAsync("Is the air conditioning on?");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = RuleName })).ToBeVisibleAsync();
    }

    /// <summary>One that does not reach its device: its words and its place in the history.</summary>
    private static async Task RunCommandAsync(IPage page)
    {
        await page.GetByLabel("Name of the command").FillAsync("reboot");
        await page.GetByLabel("Request").FillAsync("""{"delay": 5}""");
        await page.GetByRole(AriaRole.Button, new() { Name = "Run reboot" }).ClickAsync();
        await Assertions.Expect(page.GetByText("not reached", new() { Exact = true })).ToBeVisibleAsync();
    }

    /// <summary>Its page, with the keys to be seen.</summary>
    private static async Task AddModuleAsync(IPage page)
    {
        await Button(page, "Add module…").First.ClickAsync();
        await page.GetByLabel("Module id").FillAsync("barcode-reader");
        await Button(page, "Add module").ClickAsync();
        await Button(page, "Show").ClickAsync();
        await Assertions.Expect(page.GetByText("ModuleId=barcode-reader")).ToBeVisibleAsync();
    }

    /// <summary>Another device is behind it, and listed there.</summary>
    private static async Task AttachAsync(IPage page)
    {
        await Button(page, "Manage").ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Put a device behind it…" }).ClickAsync();
        await page.GetByLabel("Device id").FillAsync(PageSamples.Camera);
        await Button(page, "Put behind it").ClickAsync();
        await Assertions.Expect(page.GetByText("is behind Till 1 now")).ToBeVisibleAsync();
        await page.ReloadAsync(); // without the word that it is done, which fades over
        await Assertions
            .Expect(page.GetByRole(AriaRole.Table, new() { Name = "Devices behind it" }))
            .ToBeVisibleAsync();
    }

    private static ILocator Button(IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static async Task ChooseAsync(ILocator condition, string value)
    {
        await condition.GetByLabel("Signal").SelectOptionAsync("indoorTemperature");
        await condition.GetByLabel("Value", new() { Exact = true }).FillAsync(value);
    }
}
