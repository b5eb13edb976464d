using System.Text;
using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using IoTCentral.Testing;
using IoTCentral.Web.Features.Devices;
using IoTCentral.Web.Features.Devices.Connect;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace IoTCentral.Web.Tests.Devices;

public sealed class ConnectPanelTests : DeviceContext
{
    private static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly Device _device;
    private int? _httpsPort = 443;

    public ConnectPanelTests()
    {
        _device = Devices.Add("dairy-1", "Dairy 1");
        Services.AddSingleton(new HubNames(new HubOptions { HostNames = ["iot.example"] }));
        Services.AddSingleton<ITenantStore>(new OneApplication(FreshMarket));
        Services.AddSingleton<DeviceCredentials>();
        Services.AddSingleton<IndividualEnrollments>();
        Services.AddSingleton<DeviceAttestation>();
        Services.AddSingleton<ICertificateAuthority>(new OurCa());
        Services.AddTransient(_ => new InstallationOptions
        {
            DataFolder = "/nowhere",
            Hub = new() { HttpsPort = _httpsPort },
        });
        Services.AddSingleton<DeviceModules>();
        AddGroup(EnrollmentGroup.DefaultId);
    }

    private IRenderedComponent<ConnectPanel> Panel(DeviceLive? live = null, Role? role = null) =>
        Render<ConnectPanel>(p =>
            p.Add(c => c.Caller, CallerWith(role ?? Role.Operator))
                .Add(c => c.Device, _device)
                .Add(c => c.Template, Fridge.Template)
                .Add(c => c.Application, FreshMarket)
                .Add(c => c.Live, live)
                .AddCascadingValue(new ViewerAddress("10.1.2.3"))
        );

    [Fact]
    public void Keys_are_shown_only_when_asked_for_and_then_fill_the_code()
    {
        var panel = Panel();
        Assert.Contains(ConnectSamples.NoKey, panel.Find("code").TextContent, StringComparison.Ordinal);
        Assert.Empty(panel.FindAll("svg[role=img]"));
        Assert.Empty(Audit.Entries);

        panel.FindAll("button").Single(b => b.TextContent.Trim() == "Show").Click();

        var key = panel.Find(".iot-secret").TextContent;
        Assert.True(DeviceKey.IsLegal(key));
        Assert.Contains(key, panel.Find("code").TextContent, StringComparison.Ordinal);
        Assert.Single(panel.FindAll("svg[role=img]"));
        var shown = Assert.Single(Audit.Entries);
        Assert.Equal(("device.show-keys", "dairy-1"), (shown.Action, shown.TargetId));
    }

    [Fact]
    public void What_happens_while_the_page_opens_is_not_missed()
    {
        Devices.AfterFound = () => Devices.All[0] = _device with { Presence = new() { LastMessageAt = Noon } };
        Services.GetRequiredService<NavigationManager>().NavigateTo("/apps/fresh-market/devices/dairy-1?tab=connect");

        var page = Render<DevicePage>(p =>
            p.Add(c => c.Id, "dairy-1")
                .AddCascadingValue(CallerWith(Role.Operator))
                .AddCascadingValue(FreshMarket)
                .AddCascadingValue(new ViewerAddress("10.1.2.3"))
        );

        page.WaitForAssertion(() =>
            Assert.Contains("First message received", page.Find(".iot-first").TextContent, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_refused_registration_of_a_device_that_is_none_yet_is_shown_with_its_id()
    {
        Log.Unknown.Add(MemoryLog.Refused("lost-7", TimeProvider.System.GetUtcNow()));

        var panel = Panel();

        await panel.WaitForAssertionAsync(() =>
        {
            Assert.Contains("lost-7", panel.Markup, StringComparison.Ordinal);
            Assert.Contains("DPS over MQTT · a token · lamp/1.0", panel.Markup, StringComparison.Ordinal);
        });
        Assert.Null(Log.AskedGroup);
    }

    [Theory]
    [InlineData(443, null)]
    [InlineData(8443, "are on port 8443 of this server")]
    [InlineData(null, "are switched off on this server")]
    public void Another_door_than_443_for_HTTPS_and_WebSocket_is_said(int? port, string? words)
    {
        _httpsPort = port;

        var panel = Panel().Markup;

        Assert.Equal(words is not null, panel.Contains("MQTT and AMQP over WebSocket", StringComparison.Ordinal));
        Assert.Contains(words ?? "", panel, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_with_a_certificate_has_no_keys_to_show()
    {
        AddGroup("certified", hasKeys: false);
        Enrollments.Sources[_device.Key] = new("certified", "dairy-1");

        var panel = Panel();

        Assert.DoesNotContain(panel.FindAll("button"), b => b.TextContent.Trim() == "Show");
        Assert.Contains("signed by the authority of its group", panel.Markup, StringComparison.Ordinal);
        Assert.Contains("X509Security", panel.Find("code").TextContent, StringComparison.Ordinal);
        Assert.Contains("/connection-groups/certified", panel.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_its_own_is_enrolled_by_thumbprint_and_given_back()
    {
        var menus = Render<MudPopoverProvider>();
        var dialogs = Render<MudDialogProvider>();
        var panel = Panel(role: Role.Administrator);
        var thumbprint = string.Join(':', Enumerable.Repeat("ab", 32));

        await ChooseAsync(panel, menus, "Own certificate…");
        await UploadAsync(dialogs, thumbprint[..^3]);
        Assert.Contains("this has 62", dialogs.Find("#own-primary-error").TextContent, StringComparison.Ordinal);
        await UploadAsync(dialogs, TestAuthority.SelfSigned("another").ExportCertificatePem());
        Assert.Contains(
            "made out to another",
            dialogs.Find("#own-primary-error").TextContent,
            StringComparison.Ordinal
        );
        await UploadAsync(dialogs, thumbprint);
        await panel.WaitForAssertionAsync(() =>
            Assert.Contains(string.Concat(Enumerable.Repeat("AB", 32)), panel.Markup, StringComparison.Ordinal)
        );

        await ChooseAsync(panel, menus, "Back to the connection group…");
        await dialogs.WaitForStateAsync(() => dialogs.FindAll("button").Any(b => b.TextContent == "Back to the group"));
        await dialogs.FindAll("button").Single(b => b.TextContent == "Back to the group").ClickAsync();
        await panel.WaitForAssertionAsync(() =>
            Assert.Contains(panel.FindAll("button"), b => b.TextContent.Trim() == "Show")
        );
    }

    [Fact]
    public async Task Keys_of_its_own_are_pasted_or_made_at_random()
    {
        var menus = Render<MudPopoverProvider>();
        var dialogs = Render<MudDialogProvider>();
        var panel = Panel(role: Role.Administrator);

        await ChooseAsync(panel, menus, "Own keys…");
        await dialogs.WaitForStateAsync(() => dialogs.FindAll("input").Count == 2);
        await dialogs.Find("#own-primary").InputAsync("no key");
        await dialogs.Find("form").SubmitAsync();
        Assert.Contains("not base64", dialogs.Find("#own-primary-error").TextContent, StringComparison.Ordinal);
        await dialogs.Find("#own-primary").InputAsync("");
        await dialogs.Find("form").SubmitAsync();

        await dialogs.WaitForAssertionAsync(() => Assert.NotNull(Assert.Single(Enrollments.Individuals).Value.Keys));
    }

    [Fact]
    public void Who_may_not_manage_connectivity_cannot_change_how_a_device_shows_who_it_is() =>
        Assert.DoesNotContain(Panel().FindAll("button"), b => b.TextContent.Trim() == "Change");

    private static async Task ChooseAsync(
        IRenderedComponent<ConnectPanel> panel,
        IRenderedComponent<MudPopoverProvider> menus,
        string item
    )
    {
        await panel.Find("button[aria-haspopup]").ClickAsync();
        await menus.FindAll("[role=menuitem]").Single(i => i.TextContent.Trim() == item).ClickAsync();
    }

    private static async Task UploadAsync(IRenderedComponent<MudDialogProvider> dialogs, string text)
    {
        await dialogs.WaitForStateAsync(() => dialogs.HasComponent<InputFile>());
        dialogs.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText(text));
        await dialogs.WaitForStateAsync(() => !dialogs.Find("button[type=submit]").HasAttribute("disabled"));
        await dialogs.Find("form").SubmitAsync();
    }

    [Fact]
    public void Our_certificate_can_be_downloaded()
    {
        var link = Panel().Find("a[download]").GetAttribute("href")!;

        Assert.Equal(OurCa.Pem, Encoding.ASCII.GetString(Convert.FromBase64String(link.Split(',')[1])));
    }

    [Fact]
    public void The_code_is_called_ready_only_once_the_key_is_in_it()
    {
        var panel = Panel();
        Assert.Equal("Code to paste, still without the key", panel.Find(".iot-code h3").TextContent);

        panel.FindAll("button").Single(b => b.TextContent.Trim() == "Show the key and fill it in").Click();

        Assert.Equal("Code that runs as pasted", panel.Find(".iot-code h3").TextContent);
    }

    [Fact]
    public async Task The_panel_turns_green_by_itself_when_the_device_speaks()
    {
        using var live = new DeviceLive(
            Feed,
            Services.GetRequiredService<LiveFrames>(),
            Services.GetRequiredService<UiErrors>()
        );
        var panel = Panel(live);
        Assert.Contains("Waiting for the first message", panel.Markup, StringComparison.Ordinal);
        var listening = panel.InvokeAsync(() =>
        {
            _ = live.RunAsync(CallerWith(Role.Operator), _device.Key, CancellationToken.None);
        });
        await listening;

        Feed.Say(_device.Key, Noon, Point.Of("temperature", 8.7));

        await panel.WaitForAssertionAsync(
            () => Assert.Contains("First message received", panel.Markup, StringComparison.Ordinal),
            TimeSpan.FromSeconds(10)
        );
        Assert.Contains("temperature 8.70\u00a0°C", panel.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_message_keeps_its_time_and_values_when_more_follow()
    {
        using var live = new DeviceLive(
            Feed,
            Services.GetRequiredService<LiveFrames>(),
            Services.GetRequiredService<UiErrors>()
        );
        var panel = Panel(live);

        await panel.InvokeAsync(() =>
        {
            live.Came!([MemoryFeed.Message(_device.Key, Noon, Point.Of("temperature", 8.7))]);
            live.Came([MemoryFeed.Message(_device.Key, Noon.AddSeconds(20), Point.Of("temperature", 4.1))]);
        });

        var lines = panel.FindAll(".iot-first .iot-note").Select(l => l.TextContent.Trim()).ToList();
        Assert.Equal(2, lines.Count);
        Assert.EndsWith("temperature 8.70\u00a0°C", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("Newest:", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("temperature 4.10\u00a0°C", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Refused_attempts_say_what_happened_and_what_to_do()
    {
        Log.Attempts.Add(
            new ConnectionAttempt
            {
                Id = 1,
                At = DateTimeOffset.MaxValue,
                Address = "10.1.2.3",
                Code = ConnectionCode.TlsBrokenOff,
                Detail = "It broke off TLS: it does not trust our certificate.",
            }
        );

        var row = Panel().Find("tbody tr").TextContent;

        Assert.Contains("broke off TLS", row, StringComparison.Ordinal);
        Assert.Contains("Give the device ca.pem", row, StringComparison.Ordinal);
        Assert.Equal(new AttemptFilter("dairy-1", "0ne00000001", "10.1.2.3"), Log.Asked);
    }

    internal sealed class OneApplication(Application application) : ITenantStore
    {
        public Task<Application?> FindAsync(TenantId tenant, CancellationToken ct) =>
            Task.FromResult<Application?>(application);

        public Task<Application?> FindAsync(string slug, CancellationToken ct) => throw new NotSupportedException();

        public Task<Application?> FindByIdScopeAsync(string idScope, CancellationToken ct) =>
            throw new NotSupportedException();

        public Task<Application?> FindByHostNameAsync(string hostName, CancellationToken ct) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<Application>> ListAsync(CancellationToken ct) => throw new NotSupportedException();

        public Task<Application> AddAsync(NewApplication application, AuditActor actor, CancellationToken ct) =>
            throw new NotSupportedException();

        public Task<Application> UpdateAsync(Application changed, AuditActor actor, CancellationToken ct) =>
            throw new NotSupportedException();
    }

    private sealed class OurCa : ICertificateAuthority
    {
        public const string Pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

        public Task<CaCertificate> GetAsync(CancellationToken ct) =>
            Task.FromResult(new CaCertificate(Pem, "CN=IoTCentral", "00", Noon.AddYears(20)));

        public Task<string> ExportAsync(AuditActor actor, CancellationToken ct) => throw new NotSupportedException();

        public Task<CaCertificate> ImportAsync(string pem, AuditActor actor, CancellationToken ct) =>
            throw new NotSupportedException();
    }
}
