using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using IoTCentral.Testing;
using Microsoft.Playwright;

namespace IoTCentral.Journeys.MainJob;

/// <summary>The way through the product: a real device, its values in a browser, a rule, an e-mail, acknowledged.</summary>
public sealed class MainJobTests
{
    private const string GroupKey =
        "8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==";
    private const string Model = "dtmi:journey:Fridge;1";
    private const string Template = "dtmi:journey:templates:fridge;1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_real_device_is_seen_live_and_its_alert_is_mailed_and_acknowledged()
    {
        Assert.SkipWhen(Chromium.Path is null, "Chromium is missing.");
        await using var mails = await SmtpSink.StartAsync(null, null, Ct);
        await using var server = await StartAsync(mails);
        var scope = await MakeApplicationAsync(server, "Cold chain", "cold", GroupKey);
        await PutTemplateAsync(server);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Chromium.Path, Args = Chromium.Arguments }
        );
        var ada = await Person.SetUpAsync(browser, server);
        await ada.MakeRuleAsync("Fridge too warm", "temperature", 8, "manager@store.example");

        await using var device = await NodeDevice.ConnectAsync(server, scope, "fridge-1", GroupKey, Model, Ct);
        await device.SendAsync("", new { temperature = 4.25 }, Ct);
        await device.SendAsync("compressor", new { power = 321.5 }, Ct);
        var dashboard = await ada.OpenAsync(await ada.MakeDashboardAsync("Cold room", "temperature"));
        var page = await ada.OpenAsync("/apps/cold/devices/fridge-1");
        foreach (
            var seen in (ILocator[])
                [Text(page, "4.25"), Text(page, "321.5"), Text(page, "7.7.7"), Text(dashboard, "4.25")]
        )
            await Assertions.Expect(seen).ToBeVisibleAsync();

        await device.SendAsync("", new { temperature = 5.75 }, Ct);
        await Assertions.Expect(Text(page, "5.75")).ToBeVisibleAsync();
        await Assertions.Expect(Text(dashboard, "5.75")).ToBeVisibleAsync();

        await device.SendAsync("", new { temperature = 9.5 }, Ct);
        var mail = await mails.ReceiveAsync(Ct);
        Assert.Equal(["manager@store.example"], mail.To);
        Assert.Contains("Fridge too warm", Encoding.UTF8.GetString(mail.Raw), StringComparison.Ordinal);
        await ada.AcknowledgeAsync("Fridge too warm", "Goods moved");
    }

    [Fact]
    public async Task Devices_of_one_id_in_two_applications_connect_through_one_address()
    {
        await using var mails = await SmtpSink.StartAsync(null, null, Ct);
        await using var server = await StartAsync(mails);
        var (here, there) = (
            Encoding.UTF8.GetBytes("the group key of one"),
            Encoding.UTF8.GetBytes("that of the other")
        );
        var (hereKey, thereKey) = (Convert.ToBase64String(here), Convert.ToBase64String(there));
        var hereScope = await MakeApplicationAsync(server, "Cold chain", "cold", hereKey);
        var thereScope = await MakeApplicationAsync(server, "Warm chain", "warm", thereKey);

        await using var one = await NodeDevice.ConnectAsync(server, hereScope, "fridge-1", hereKey, null, Ct);
        await using var other = await NodeDevice.ConnectAsync(server, thereScope, "fridge-1", thereKey, null, Ct);
        await one.SendAsync("", new { temperature = 1 }, Ct);
        await other.SendAsync("", new { temperature = 2 }, Ct);
        await one.SendAsync("", new { temperature = 3 }, Ct);

        Assert.Equal(3, await LastTemperatureAsync(server, "cold"));
        Assert.Equal(2, await LastTemperatureAsync(server, "warm"));
    }

    // live values lie in a shadow root, over a text for readers without script
    private static ILocator Text(IPage page, string text) =>
        page.GetByText(text).Filter(new() { Visible = true }).First;

    private static Task<ServerProcess> StartAsync(SmtpSink mails) =>
        ServerProcess.StartAsync(
            [
                $"--Smtp:Host={mails.Host}",
                $"--Smtp:Port={mails.Port}",
                "--Smtp:Tls=None",
                "--Smtp:From=alerts@iot.example",
            ],
            Ct
        );

    /// <returns>Its ID scope.</returns>
    private static Task<string> MakeApplicationAsync(ServerProcess server, string name, string id, string groupKey) =>
        server.CommandAsync(["app", "create", "--name", name, "--id", id, "--group-key", groupKey], Ct);

    private static async Task<double> LastTemperatureAsync(ServerProcess server, string app)
    {
        using var http = await ClientAsync(server, app);
        var answer = await http.GetFromJsonAsync<JsonElement>(
            "/api/devices/fridge-1/telemetry/temperature?api-version=2022-07-31",
            Ct
        );
        return answer.GetProperty("value").GetDouble();
    }

    /// <summary>A client of the REST API with a Builder's token.</summary>
    private static async Task<HttpClient> ClientAsync(ServerProcess server, string app)
    {
        var token = await server.CommandAsync(["token", "--app", app, "--role", "Builder"], Ct);
        var http = new HttpClient { BaseAddress = new Uri(server.Ready.Web) };
        http.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(token);
        return http;
    }

    private static async Task PutTemplateAsync(ServerProcess server)
    {
        using var http = await ClientAsync(server, "cold");
        using var body = new StringContent(TemplateJson, Encoding.UTF8, "application/json");
        using var answer = await http.PutAsync(
            $"/api/deviceTemplates/{Uri.EscapeDataString(Template)}?api-version=2022-07-31",
            body,
            Ct
        );
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
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
