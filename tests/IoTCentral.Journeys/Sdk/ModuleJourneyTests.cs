using System.Text.Json.Nodes;
using IoTCentral.Journeys.MainJob;
using IoTCentral.Testing;
using Microsoft.Playwright;

namespace IoTCentral.Journeys.Sdk;

/// <summary>A person looks after a module in a browser; the module is Microsoft's SDK.</summary>
public sealed class ModuleJourneyTests(SdkServer fixture) : IClassFixture<SdkServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_sees_a_module_connect_and_runs_a_command_on_it()
    {
        Assert.SkipWhen(Chromium.Path is null, "Chromium is missing.");
        await fixture.MakeAsync("gw-1");
        await fixture.SendAsync(HttpMethod.Put, "devices/gw-1/modules/camera", "{}");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Chromium.Path, Args = Chromium.Arguments }
        );
        var ada = await Person.SetUpAsync(browser, fixture.Server, "Sdk");
        var page = await ada.OpenAsync("/apps/sdk/devices/gw-1?tab=modules");
        await page.GetByRole(AriaRole.Link, new() { Name = "camera" }).ClickAsync();
        await Assertions.Expect(page.GetByText("not connected", new() { Exact = true })).ToBeVisibleAsync();

        await using var module = await fixture.StartAsync("mqtt", await CredentialAsync());
        await module.DoAsync("open", Ct);
        await Assertions.Expect(page.GetByText("connected", new() { Exact = true })).ToBeVisibleAsync();
        var method = JsonNode.Parse("""{"name":"focus","status":200,"payload":{"sharp":true}}""")!;
        await module.DoAsync("listenToMethod", Ct, method.AsObject());
        await page.GetByLabel("Name of the command", new() { Exact = true }).FillAsync("focus");
        await page.GetByRole(AriaRole.Button, new() { Name = "Run focus" }).ClickAsync();

        Assert.Equal("focus", (string)(await module.EventAsync("method", Ct))["name"]!);
        var history = page.GetByRole(AriaRole.Table, new() { Name = "Command history" });
        await Assertions.Expect(history.GetByText("done (200)")).ToBeVisibleAsync();
    }

    private async Task<string> CredentialAsync() =>
        $"HostName={fixture.Server.Address};DeviceId=gw-1;ModuleId=camera;GatewayHostName={fixture.Server.Address};"
        + $"SharedAccessKey={await fixture.KeyAsync("devices/gw-1/modules/camera/credentials")}";
}
