using System.Text.Json.Nodes;
using IoTCentral.Journeys.MainJob;
using IoTCentral.Testing;
using Microsoft.Playwright;

namespace IoTCentral.Journeys.Sdk;

/// <summary>"Act": a command from a dashboard's tile, and wishes, on a device with Microsoft's SDK.</summary>
public sealed class ActJourneyTests(SdkServer fixture) : IClassFixture<SdkServer>
{
    private const string TemplateId = "dtmi:journey:templates:kiln;1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_acts_on_a_real_device_from_a_tile_and_by_wishes()
    {
        Assert.SkipWhen(Chromium.Path is null, "Chromium is missing.");
        await SendAsync($"deviceTemplates/{TemplateId}", Template);
        await SendAsync("devices/kiln-1", $$"""{"displayName":"Kiln 1","template":"{{TemplateId}}"}""");
        await using var device = await ConnectAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Chromium.Path, Args = Chromium.Arguments }
        );
        var ada = await Person.SetUpAsync(browser, fixture.Server, "Sdk");

        await RunFromTileAsync(await ada.OpenAsync("/apps/sdk/dashboards"), device);
        await WishAsync(await ada.OpenAsync("/apps/sdk/devices/kiln-1?tab=properties"), device);
    }

    private static async Task RunFromTileAsync(IPage page, SdkDevice device)
    {
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Button(page, "New dashboard").ClickAsync();
        await dialog.GetByLabel("Name", new() { Exact = true }).FillAsync("Kilns");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Button(page, "Add tile").ClickAsync();
        await dialog.GetByLabel("Show as").SelectOptionAsync(Option("Command button"));
        await dialog.GetByLabel("Devices with the template").SelectOptionAsync(Option("Kiln"));
        await dialog.GetByLabel("Command", new() { Exact = true }).SelectOptionAsync("setPoint");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Apply" }).ClickAsync();
        await Button(page, "Save").ClickAsync();
        await Assertions.Expect(page.GetByText("not run yet")).ToBeVisibleAsync();

        await Button(page, "Set temperature…").ClickAsync();
        await dialog.GetByLabel("Target").FillAsync("920");
        await Button(page, "Run Set temperature").ClickAsync();
        await Assertions.Expect(dialog.GetByText("done (200)")).ToBeVisibleAsync();
        await Assertions.Expect(dialog.GetByText("Firing")).ToBeVisibleAsync();
        Assert.Equal(920, (int)(await device.EventAsync("method", Ct))["payload"]!);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await Assertions.Expect(dialog).ToHaveCountAsync(0);
        await Assertions.Expect(page.GetByRole(AriaRole.Status).GetByText("done (200)")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Command history of Kiln 1" }).ClickAsync();
        var history = page.GetByRole(AriaRole.Table, new() { Name = "Command history" });
        await Assertions.Expect(history.GetByText("920.0")).ToBeVisibleAsync();
    }

    private static async Task WishAsync(IPage page, SdkDevice device)
    {
        await page.GetByLabel("Limit").FillAsync("1100");
        await Button(page, "Send to the device").ClickAsync();
        await Assertions.Expect(page.GetByText("pending", new() { Exact = true })).ToBeVisibleAsync();
        await AnswerAsync(device, 200, "Limit is set");
        await Assertions.Expect(page.GetByText("accepted", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("Limit is set")).ToBeVisibleAsync();

        await page.GetByLabel("Limit").FillAsync("1900");
        await Button(page, "Send to the device").ClickAsync();
        await Assertions.Expect(page.GetByText("pending", new() { Exact = true })).ToBeVisibleAsync();
        await AnswerAsync(device, 400, "Above 1300 the bricks melt");
        await Assertions.Expect(page.GetByText("refused (400)")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("Above 1300 the bricks melt")).ToBeVisibleAsync();
    }

    /// <summary>Says what it makes of the wish that comes next.</summary>
    private static async Task AnswerAsync(SdkDevice device, int code, string words)
    {
        var patch = (await device.EventAsync("desired", Ct))["patch"]!;
        var answer = new JsonObject
        {
            ["value"] = patch["limit"]!.DeepClone(),
            ["ac"] = code,
            ["av"] = patch["$version"]!.DeepClone(),
            ["ad"] = words,
        };
        await device.DoAsync("report", Ct, new() { ["patch"] = new JsonObject { ["limit"] = answer } });
    }

    private static ILocator Button(IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static SelectOptionValue Option(string label) => new() { Label = label };

    private async Task<SdkDevice> ConnectAsync()
    {
        var credentials = JsonNode.Parse(await fixture.Http.GetStringAsync(Address("devices/kiln-1/credentials"), Ct));
        var key = (string)credentials!["symmetricKey"]!["primaryKey"]!;
        var connection = $"HostName={fixture.Server.Address};DeviceId=kiln-1;SharedAccessKey={key}";
        var device = await SdkDevice.StartAsync(fixture.Server, "mqtt", connection, Ct);
        await device.DoAsync("open", Ct);
        await device.DoAsync("getTwin", Ct);
        await device.DoAsync(
            "listenToMethod",
            Ct,
            new()
            {
                ["name"] = "setPoint",
                ["status"] = 200,
                ["payload"] = 1,
            }
        );
        await device.DoAsync("listenToDesired", Ct);
        // the SDK says at once what is wished by then
        await device.EventAsync("desired", Ct);
        return device;
    }

    private async Task SendAsync(string path, string json)
    {
        using var body = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var answer = await fixture.Http.PutAsync(Address(path), body, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }

    private static Uri Address(string path) => new($"{path}?api-version=2022-07-31", UriKind.Relative);

    private const string Template = """
        {
          "@type": ["ModelDefinition", "DeviceModel"],
          "@context": ["dtmi:iotcentral:context;2", "dtmi:dtdl:context;2"],
          "displayName": "Kiln",
          "capabilityModel": {
            "@id": "dtmi:journey:Kiln;1",
            "@type": "Interface",
            "contents": [
              { "@type": "Property", "name": "limit", "displayName": "Limit", "schema": "double", "writable": true },
              {
                "@type": "Command", "name": "setPoint", "displayName": "Set temperature",
                "request": { "name": "target", "displayName": "Target", "schema": "double", "unit": "degreeCelsius" },
                "response": {
                  "name": "mode", "displayName": "Mode",
                  "schema": {
                    "@type": "Enum", "valueSchema": "integer",
                    "enumValues": [{ "name": "fire", "displayName": "Firing", "enumValue": 1 }]
                  }
                }
              }
            ]
          }
        }
        """;
}
