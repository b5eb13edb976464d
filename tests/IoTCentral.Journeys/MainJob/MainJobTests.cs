using System.Net.Http.Headers;
using System.Text;
using IoTCentral.Testing;
using Microsoft.Playwright;

namespace IoTCentral.Journeys.MainJob;

/// <summary>The way through the product: a real device, live in a browser, a rule, an e-mail, acknowledged.</summary>
public sealed class MainJobTests
{
    private const string GroupKey =
        "8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==";
    private const string Template = "dtmi:journey:templates:fridge;1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_real_device_is_seen_live_and_its_alert_is_mailed_and_acknowledged()
    {
        Assert.SkipWhen(Chromium.Path is null, "Chromium is missing.");
        await using var mails = await SmtpSink.StartAsync(null, null, Ct);
        await using var server = await ServerProcess.StartAsync(
            [
                $"--Smtp:Host={mails.Host}",
                $"--Smtp:Port={mails.Port}",
                "--Smtp:Tls=None",
                "--Smtp:From=alerts@iot.example",
            ],
            Ct
        );
        var scope = await server.CommandAsync(
            ["app", "create", "--name", "Cold chain", "--id", "cold", "--group-key", GroupKey],
            Ct
        );
        await PutTemplateAsync(server);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Chromium.Path, Args = Chromium.Arguments }
        );
        var page = await SetUpAsync(browser, server);
        await MakeRuleAsync(page, server);

        await using var device = await NodeDevice.ConnectAsync(
            server,
            scope,
            "fridge-1",
            GroupKey,
            "dtmi:journey:Fridge;1",
            Ct
        );
        await device.SendAsync("", new { temperature = 4.25 }, Ct);
        await device.SendAsync("compressor", new { power = 321.5 }, Ct);
        await page.GotoAsync($"{server.Ready.Web}/apps/cold/devices/fridge-1");
        await Assertions.Expect(page.GetByText("4.25").First).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("321.5").First).ToBeVisibleAsync();

        // Live: without a reload.
        await device.SendAsync("", new { temperature = 5.75 }, Ct);
        await Assertions.Expect(page.GetByText("5.75").First).ToBeVisibleAsync();

        await device.SendAsync("", new { temperature = 9.5 }, Ct);
        var mail = await mails.ReceiveAsync(Ct);
        Assert.Equal(["manager@store.example"], mail.To);
        Assert.Contains("Fridge too warm", Encoding.UTF8.GetString(mail.Raw), StringComparison.Ordinal);

        await page.GotoAsync($"{server.Ready.Web}/apps/cold/alerts");
        await page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge Fridge too warm" }).ClickAsync();
        await page.GetByLabel("What is done about it").FillAsync("Goods moved");
        await page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByText("acknowledged", new() { Exact = true })).ToBeVisibleAsync();
    }

    private static async Task PutTemplateAsync(ServerProcess server)
    {
        var token = await server.CommandAsync(["token", "--app", "cold", "--role", "Builder"], Ct);
        using var http = new HttpClient { BaseAddress = new Uri(server.Ready.Web) };
        http.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(token);
        using var body = new StringContent(TemplateJson, Encoding.UTF8, "application/json");
        using var answer = await http.PutAsync(
            $"/api/deviceTemplates/{Uri.EscapeDataString(Template)}?api-version=2022-07-31",
            body,
            Ct
        );
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }

    private static async Task<IPage> SetUpAsync(IBrowser browser, ServerProcess server)
    {
        var page = await browser.NewPageAsync();
        await page.GotoAsync(server.Ready.Setup!);
        await page.GetByLabel("Your name").FillAsync("Ada");
        await page.GetByLabel("E-mail address").FillAsync("ada@example.com");
        await page.GetByLabel("Password").FillAsync("a sentence is easy to keep");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set up and sign in" }).ClickAsync();
        await page.WaitForURLAsync("**/apps**");
        return page;
    }

    private static async Task MakeRuleAsync(IPage page, ServerProcess server)
    {
        await page.GotoAsync($"{server.Ready.Web}/apps/cold/rules/new");
        await page.WaitForSelectorAsync("[data-ready]");
        await page.GetByLabel("Devices with the template")
            .SelectOptionAsync(new SelectOptionValue { Label = "Fridge" });
        await page.GetByLabel("Signal").SelectOptionAsync("temperature");
        await page.GetByLabel("Value", new() { Exact = true }).FillAsync("8");
        await page.GetByLabel("Name").FillAsync("Fridge too warm");
        await page.GetByLabel("E-mail to").FillAsync("manager@store.example");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions
            .Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Fridge too warm" }))
            .ToBeVisibleAsync();
    }

    private const string TemplateJson = """
        {
          "@id": "dtmi:journey:templates:fridge;1",
          "@type": ["ModelDefinition", "DeviceModel"],
          "displayName": "Fridge",
          "capabilityModel": {
            "@context": ["dtmi:iotcentral:context;2", "dtmi:dtdl:context;2"],
            "@id": "dtmi:journey:Fridge;1",
            "@type": "Interface",
            "displayName": "Fridge",
            "contents": [
              { "@type": ["Telemetry", "Temperature"], "name": "temperature", "displayName": "Temperature", "schema": "double", "unit": "degreeCelsius", "decimalPlaces": 2 },
              { "@type": "Property", "name": "firmwareVersion", "displayName": "Firmware", "schema": "string" },
              {
                "@type": "Component", "name": "compressor", "displayName": "Compressor",
                "schema": {
                  "@id": "dtmi:journey:Compressor;1", "@type": "Interface",
                  "contents": [ { "@type": ["Telemetry", "Power"], "name": "power", "displayName": "Power", "schema": "double", "unit": "watt", "decimalPlaces": 1 } ]
                }
              }
            ]
          }
        }
        """;
}
