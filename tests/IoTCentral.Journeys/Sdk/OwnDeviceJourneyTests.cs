using System.Text.Json.Nodes;
using IoTCentral.Journeys.MainJob;
using IoTCentral.Testing;
using Microsoft.Playwright;

namespace IoTCentral.Journeys.Sdk;

/// <summary>"My own device": made on a page, connected with what that page shows.</summary>
public sealed class OwnDeviceJourneyTests(SdkServer fixture) : IClassFixture<SdkServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_connects_her_own_device_and_is_told_when_it_speaks_and_why_it_was_refused()
    {
        Assert.SkipWhen(Chromium.Path is null, "Chromium is missing.");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Chromium.Path, Args = Chromium.Arguments }
        );
        var ada = await Person.SetUpAsync(browser, fixture.Server, "Sdk");
        var page = await ada.OpenAsync("/apps/sdk/devices");
        await page.GetByRole(AriaRole.Button, new() { Name = "New device" }).First.ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("My kettle");
        await page.GetByLabel("Device ID").FillAsync("kettle-1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create device" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Waiting for the first message")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Show", Exact = true }).ClickAsync();
        var connection = await SecretAsync(page, "Connection string");

        await RefuseAsync(connection);
        var attempts = page.GetByRole(AriaRole.Table, new() { Name = "What tried to connect" });
        await Assertions.Expect(attempts).ToContainTextAsync("not signed with this device's key");
        await Assertions.Expect(attempts).ToContainTextAsync("Compare the key in the device");

        await using var device = await SdkDevice.StartAsync(fixture.Server, "mqtt", connection, Ct);
        await device.DoAsync("open", Ct);
        await device.DoAsync("sendEvent", Ct, new() { ["body"] = new JsonObject { ["temperature"] = 96.5 } });
        await Assertions.Expect(page.GetByText("First message received")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("temperature 96.5").First).ToBeVisibleAsync();
    }

    /// <summary>A device whose key was typed wrongly.</summary>
    private async Task RefuseAsync(string connection)
    {
        var key = connection[(connection.IndexOf("SharedAccessKey=", StringComparison.Ordinal) + 16)..];
        var wrong = connection.Replace(key, Convert.ToBase64String(new byte[32]), StringComparison.Ordinal);
        await using var device = await SdkDevice.StartAsync(fixture.Server, "mqtt", wrong, Ct);
        var answer = await device.TryAsync(new() { ["do"] = "open" }, Ct);
        Assert.Equal("failed", (string?)answer["event"]);
    }

    private static async Task<string> SecretAsync(IPage page, string name) =>
        await page.Locator($"//dt[normalize-space()='{name}']/following-sibling::dd[1]")
            .Locator(".iot-secret")
            .InnerTextAsync();
}
