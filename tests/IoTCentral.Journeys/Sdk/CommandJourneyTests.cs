using System.Text.Json.Nodes;
using IoTCentral.Journeys.MainJob;
using IoTCentral.Testing;
using Microsoft.Playwright;

namespace IoTCentral.Journeys.Sdk;

/// <summary>"Act": a person runs commands in a browser on a device with Microsoft's SDK.</summary>
public sealed class CommandJourneyTests(SdkServer fixture) : IClassFixture<SdkServer>
{
    private const string TemplateId = "dtmi:journey:templates:oven;1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_runs_commands_on_a_real_device_and_sees_what_it_answers()
    {
        Assert.SkipWhen(Chromium.Path is null, "Chromium is missing.");
        await SendAsync($"deviceTemplates/{TemplateId}", Template);
        await SendAsync("devices/oven-1", $$"""{"displayName":"Oven 1","template":"{{TemplateId}}"}""");
        await using var device = await ConnectAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Chromium.Path, Args = Chromium.Arguments }
        );
        var ada = await Person.SetUpAsync(browser, fixture.Server, "Sdk");
        var page = await ada.OpenAsync("/apps/sdk/devices/oven-1?tab=commands");
        var history = page.GetByRole(AriaRole.Table, new() { Name = "Command history" });

        await page.GetByLabel("Target").FillAsync("220");
        await RunAsync(page, "Set temperature");
        var answer = page.GetByRole(AriaRole.Form, new() { Name = "Set temperature" });
        await Assertions.Expect(answer.GetByText("done (200)")).ToBeVisibleAsync();
        await Assertions.Expect(answer.GetByText("Baking")).ToBeVisibleAsync();
        Assert.Equal(220, (int)(await device.EventAsync("method", Ct))["payload"]!);
        await Assertions.Expect(history.GetByText("220.0")).ToBeVisibleAsync();

        await RunAsync(page, "Restart");
        await Assertions.Expect(history.GetByText("accepted, still at it (202)")).ToBeVisibleAsync();
        await device.DoAsync("report", Ct, Told("""{"patch":{"restart":"warm again"}}"""));
        await Assertions.Expect(history.GetByText("done", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(history.GetByText("warm again")).ToBeVisibleAsync();

        await RunAsync(page, "Wake up");
        var messages = page.GetByRole(AriaRole.Table, new() { Name = "Messages to the device" });
        await Assertions.Expect(messages.GetByText("waiting")).ToBeVisibleAsync();
        await device.DoAsync("listenToMessages", Ct);
        await Assertions.Expect(messages.GetByText("delivered")).ToBeVisibleAsync();
        await Assertions.Expect(history.GetByText("taken by the device")).ToBeVisibleAsync();
    }

    private static Task RunAsync(IPage page, string command) =>
        page.GetByRole(AriaRole.Button, new() { Name = $"Run {command}" }).ClickAsync();

    private async Task<SdkDevice> ConnectAsync()
    {
        var credentials = JsonNode.Parse(await fixture.Http.GetStringAsync(Address("devices/oven-1/credentials"), Ct));
        var key = (string)credentials!["symmetricKey"]!["primaryKey"]!;
        var host = fixture.Server.Address;
        var connection = $"HostName={host};DeviceId=oven-1;SharedAccessKey={key}";
        var device = await SdkDevice.StartAsync(fixture.Server, "mqtt", connection, Ct);
        await device.DoAsync("open", Ct);
        await device.DoAsync("getTwin", Ct);
        await device.DoAsync("listenToMethod", Ct, Told("""{"name":"setPoint","status":200,"payload":1}"""));
        await device.DoAsync("listenToMethod", Ct, Told("""{"name":"restart","status":202,"payload":null}"""));
        return device;
    }

    private static JsonObject Told(string json) => JsonNode.Parse(json)!.AsObject();

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
          "displayName": "Oven",
          "capabilityModel": {
            "@id": "dtmi:journey:Oven;1",
            "@type": "Interface",
            "contents": [
              { "@type": "Command", "name": "restart", "displayName": "Restart" },
              { "@type": "Command", "name": "wake", "displayName": "Wake up", "durable": true },
              {
                "@type": "Command", "name": "setPoint", "displayName": "Set temperature",
                "request": { "name": "target", "displayName": "Target", "schema": "double", "unit": "degreeCelsius" },
                "response": {
                  "name": "mode", "displayName": "Mode",
                  "schema": {
                    "@type": "Enum", "valueSchema": "integer",
                    "enumValues": [{ "name": "bake", "displayName": "Baking", "enumValue": 1 }]
                  }
                }
              }
            ]
          }
        }
        """;
}
