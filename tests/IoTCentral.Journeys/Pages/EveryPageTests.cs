using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using IoTCentral.Core.Simulation.Demo;
using IoTCentral.Journeys.MainJob;
using IoTCentral.Journeys.Sdk;
using IoTCentral.Testing;
using Microsoft.Playwright;

namespace IoTCentral.Journeys.Pages;

/// <summary>Every page of the product and its main dialogs, light and dark, on a screen and on a phone.</summary>
public sealed class EveryPageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void No_page_is_forgotten_here() => Assert.Empty(PageSamples.Forgotten());

    [Fact]
    public async Task Every_page_and_dialog_can_be_used_by_everyone_on_every_screen()
    {
        Assert.SkipWhen(Chromium.Path is null, "Chromium is missing.");
        var axe = await Axe.LoadAsync(Ct);
        await using var server = await ServerProcess.StartAsync(["--Demo=true"], Ct);
        await server.CommandAsync(["app", "create", "--name", "Nothing yet", "--id", "empty"], Ct);
        await AddDeviceAsync(server, PageSamples.SilentDevice, "Till 1");
        await AddFilesAsync(server, await AddDeviceAsync(server, PageSamples.Camera, "Camera 1"));
        await ConnectivitySamples.AddAsync(server, Ct);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Chromium.Path, Args = Chromium.Arguments }
        );

        var outside = new PageWalk(await browser.NewPageAsync(), axe, server.Ready.Web);
        await outside.VisitAllAsync(new(["/", "/sign-in", server.Ready.Setup!]));
        var ada = await Person.SetUpAsync(browser, server, DemoContent.ApplicationName);
        var addresses = new ConcurrentQueue<string>(PageSamples.All);
        foreach (var (on, begins) in PageSamples.Linked)
        {
            var list = await ada.OpenAsync(on);
            addresses.Enqueue((await list.Locator($"a[href^='{begins}']").First.GetAttributeAsync("href"))!);
            await list.CloseAsync();
        }

        // two tabs: while one waits for its page, axe works in the other
        PageWalk[] inside = [await WalkAsync(), await WalkAsync()];
        await Task.WhenAll(inside.Select(w => w.VisitAllAsync(addresses)));
        await inside[0].OpenAllAsync(DialogSamples.All);

        string[] faults = [.. outside.Faults, .. inside.SelectMany(w => w.Faults)];
        Assert.True(faults.Length == 0, string.Join('\n', faults));

        async Task<PageWalk> WalkAsync() => new(await ada.OpenAsync("/apps"), axe, server.Ready.Web);
    }

    /// <summary>Adds a device; its key.</summary>
    private static async Task<string> AddDeviceAsync(ServerProcess server, string id, string name)
    {
        var token = await server.CommandAsync(["token", "--app", "demo", "--role", "Administrator"], Ct);
        using var http = new HttpClient { BaseAddress = new Uri(server.Ready.Web) };
        http.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(token);
        using var body = new StringContent($$"""{"displayName":"{{name}}"}""", Encoding.UTF8, "application/json");
        const string Version = "?api-version=2022-07-31";
        (await http.PutAsync($"/api/devices/{id}{Version}", body, Ct)).EnsureSuccessStatusCode();
        var credentials = await http.GetFromJsonAsync<JsonNode>($"/api/devices/{id}/credentials{Version}", Ct);
        return (string)credentials!["symmetricKey"]!["primaryKey"]!;
    }

    /// <summary>A text and a picture, as the SDK uploads them: to port 443, which only some users may open.</summary>
    private static async Task AddFilesAsync(ServerProcess server, string key)
    {
        Assert.SkipWhen(
            server.Ready.Https?.EndsWith(":443", StringComparison.Ordinal) != true,
            "Port 443 may not be opened by this user."
        );
        await using var device = await SdkDevice.StartAsync(
            server,
            "http",
            $"HostName={server.Address};DeviceId={PageSamples.Camera};SharedAccessKey={key}",
            Ct
        );
        var folder = TestRun.NewFolder("files");
        foreach (
            var (name, bytes) in new[]
            {
                ("logs/boot.log", Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Repeat("a line of a log", 200)))),
                ("door.png", Convert.FromBase64String(Picture)),
                ("crash/core.dump", new byte[100_000]),
            }
        )
        {
            var file = Path.Combine(folder, "file");
            await File.WriteAllBytesAsync(file, bytes, Ct);
            await device.DoAsync("uploadToBlob", Ct, new JsonObject { ["name"] = name, ["file"] = file });
        }
    }

    /// <summary>One blue dot.</summary>
    private const string Picture =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
}
