using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IoTCentral.Journeys.MainJob;
using IoTCentral.Journeys.Sdk;
using IoTCentral.Testing;
using Microsoft.Playwright;

namespace IoTCentral.Journeys.Connectivity;

/// <summary>A fleet with certificates: its authority is verified in the browser, its first device approved there.</summary>
public sealed class CertificateJourneyTests(SdkServer fixture) : IClassFixture<SdkServer>
{
    // the SDK asks every 15 s whether it has been approved
    private static readonly LocatorAssertionsToBeVisibleOptions Patiently = new() { Timeout = 45_000 };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_device_with_a_certificate_is_approved_in_the_browser_and_connects()
    {
        Assert.SkipWhen(Chromium.Path is null, "Chromium is missing.");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Chromium.Path, Args = Chromium.Arguments }
        );
        var ada = await Person.SetUpAsync(browser, fixture.Server, "Sdk");
        var authority = TestAuthority.Root();
        var group = await ada.OpenAsync("/apps/sdk/connection-groups");
        await MakeGroupAsync(group);
        await VerifyAsync(group, authority);
        await AskForApprovalAsync(group);
        var list = await ada.OpenAsync("/apps/sdk/devices");

        using var certificate = authority.Leaf("store-1");
        await using var device = await CertifiedDevice.StartAsync(fixture.Server, await ScopeAsync(), certificate, Ct);

        await Assertions.Expect(list.GetByText("1 device waits for approval")).ToBeVisibleAsync(Patiently);
        await list.GetByRole(AriaRole.Link, new() { Name = "Show it" }).ClickAsync();
        await Assertions.Expect(list.GetByRole(AriaRole.Cell, new() { Name = "Stores 2027" })).ToBeVisibleAsync();
        await Button(list, "Approve store-1").ClickAsync();
        await Assertions.Expect(list.GetByText("No device waits for approval")).ToBeVisibleAsync();
        Assert.Equal($"assigned {fixture.Server.Address} store-1", await device.SaysAsync(Ct));
        Assert.Equal("sent", await device.SaysAsync(Ct));
        var page = await ada.OpenAsync("/apps/sdk/devices/store-1?tab=connect");
        await Assertions.Expect(page.GetByText("connected", new() { Exact = true }).First).ToBeVisibleAsync(Patiently);
        await Assertions.Expect(page.GetByText("signed by the authority of its group")).ToBeVisibleAsync();
        // the page may be there before what the device said is known
        await Assertions
            .Expect(page.GetByText(new Regex("^(First message received|Messages arrive)$")))
            .ToBeVisibleAsync();
    }

    private static async Task MakeGroupAsync(IPage page)
    {
        await Button(page, "New group").ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Stores 2027");
        await page.GetByLabel("Certificates (X.509)").CheckAsync();
        await Button(page, "Create group").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Stores 2027" })).ToBeVisibleAsync();
    }

    private static async Task VerifyAsync(IPage page, TestAuthority authority)
    {
        await Button(page, "Upload primary certificate").ClickAsync();
        await page.GetByLabel("Certificate of the authority").FillAsync(authority.Pem);
        await Button(page, "Upload").ClickAsync();
        await Assertions.Expect(page.GetByText("needs verification", new() { Exact = true })).ToBeVisibleAsync();
        await Button(page, "Generate code").ClickAsync();
        var code = await page.Locator(".iot-steps__done .iot-mono").InnerTextAsync();

        await Button(page, "Upload signed certificate").ClickAsync();
        var proof = page.GetByLabel("Signed certificate", new() { Exact = true });
        await proof.FillAsync(authority.Leaf("not the code").ExportCertificatePem());
        await Button(page, "Verify").ClickAsync();
        await Assertions.Expect(page.GetByText("It must be the verification code")).ToBeVisibleAsync();
        await proof.FillAsync(authority.Leaf(code).ExportCertificatePem());
        await Assertions.Expect(page.GetByText("It must be the verification code")).ToBeHiddenAsync();
        await Button(page, "Verify").ClickAsync();
        await Assertions.Expect(page.GetByText("verified", new() { Exact = true })).ToBeVisibleAsync();
    }

    private static async Task AskForApprovalAsync(IPage page)
    {
        await Button(page, "Edit").ClickAsync();
        await page.GetByLabel("Ask for approval").CheckAsync();
        await Button(page, "Save").ClickAsync();
        await Assertions.Expect(page.GetByText("asks for approval", new() { Exact = true })).ToBeVisibleAsync();
    }

    private static ILocator Button(IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private async Task<string> ScopeAsync()
    {
        var group = await fixture.Http.GetStringAsync("enrollmentGroups/stores-2027?api-version=2022-07-31", Ct);
        return (string)JsonNode.Parse(group)!["idScope"]!;
    }
}
