using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Commands;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Tenants;
using IoTCentral.Core.Twins;
using IoTCentral.Web.Features.Devices.Modules;
using IoTCentral.Web.Tests.Devices.Commands;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Devices.Modules;

public sealed class ModulesTabTests : DeviceContext
{
    private readonly MemoryModules _modules = new();
    private readonly Devices.MemoryTwins _twins = new();
    private readonly MemoryHistory _history = new();
    private readonly AnsweringLink _link = new();
    private readonly Device _device;

    public ModulesTabTests()
    {
        Services.AddSingleton<IModuleStore>(_modules);
        Services.AddSingleton<IDeviceLink>(_link);
        Services.AddSingleton<ITenantStore>(new ConnectPanelTests.OneApplication(FreshMarket));
        Services.AddSingleton(new HubNames(new HubOptions { HostNames = ["iot.example"] }));
        Services.AddSingleton<ICommandStore>(new MemoryCommands());
        Services.AddSingleton<ICloudMessageStore>(new MemoryQueue());
        Services.AddSingleton<ITwinStore>(_twins);
        Services.AddSingleton<DeviceModules>();
        Services.AddSingleton<ITwinHistoryStore>(_history);
        Services.AddSingleton<TwinHistory>();
        Services.AddSingleton<TwinRegistry>();
        Services.AddSingleton<CloudMessages>();
        Services.AddSingleton<CommandDesk>();
        _device = Devices.Add("gw-1", "Gateway");
    }

    private IRenderedComponent<ModulesTab> Tab(string? shown = null, Role? role = null) =>
        Render<ModulesTab>(p =>
            p.Add(t => t.Caller, CallerWith(role ?? Role.Administrator))
                .Add(t => t.Application, FreshMarket)
                .Add(t => t.Device, _device)
                .Add(t => t.Shown, shown)
        );

    private Task<DeviceModule> AddAsync(string id) =>
        Services
            .GetRequiredService<DeviceModules>()
            .AddAsync(CallerWith(Role.Administrator), new("gw-1", id), null, CancellationToken.None);

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<IComponent> of, string words) =>
        of.FindAll("button").Single(b => b.TextContent.Trim() == words);

    /// <summary>What it opens is not waited for: that would wait for the dialog's end.</summary>
    private static void Press(IRenderedComponent<IComponent> of, string words) => Button(of, words).Click();

    [Fact]
    public async Task A_module_is_added_by_its_id_and_opened()
    {
        var dialogs = Dialogs();
        var tab = Tab();
        Assert.Contains("talks to us by itself", tab.Markup, StringComparison.Ordinal);

        Press(tab, "Add module…");
        await dialogs.Find("#module-id").InputAsync("reader");
        await dialogs.Find("form").SubmitAsync();

        Assert.Equal("reader", _modules.All.Single().Id);
        var uri = Services.GetRequiredService<NavigationManager>().Uri;
        Assert.EndsWith("?tab=modules&module=reader", uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_changed_the_twin_of_a_module_is_listed_beside_it()
    {
        await AddAsync("reader");
        _history.All.Add(
            new()
            {
                Id = 1,
                At = DateTimeOffset.UnixEpoch,
                Who = "ada@example.com",
                Action = "device.desired-properties",
                After = """{"interval":30}""",
            }
        );
        var tab = Tab("reader");

        var line = tab.Find("ul[aria-label='Changes by people and programs'] li").TextContent;
        Assert.Contains("ada@example.com", line, StringComparison.Ordinal);
        Assert.Contains("""{"interval":30}""", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_that_is_taken_is_told_beside_it()
    {
        await AddAsync("reader");
        var dialogs = Dialogs();
        Press(Tab(), "Add module…");

        await dialogs.Find("#module-id").InputAsync("reader");
        await dialogs.Find("form").SubmitAsync();

        Assert.Contains("already", dialogs.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_shown_on_demand_and_that_is_audited()
    {
        await AddAsync("reader");
        var tab = Tab("reader");
        Assert.DoesNotContain("SharedAccessKey", tab.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(Audit.Entries, e => e.Action == "module.show-keys");

        await Button(tab, "Show").ClickAsync(new());

        Assert.Contains("DeviceId=gw-1;ModuleId=reader;SharedAccessKey=", tab.Markup, StringComparison.Ordinal);
        Assert.Equal("gw-1/reader", Audit.Entries.Single(e => e.Action == "module.show-keys").TargetId);
    }

    [Fact]
    public async Task Something_is_wanted_of_a_module_as_JSON()
    {
        await AddAsync("reader");
        var tab = Tab("reader");

        await tab.Find("#module-wish").InputAsync("interval 30");
        await tab.Find("form").SubmitAsync();
        Assert.Contains("Type a JSON object", tab.Markup, StringComparison.Ordinal);
        await tab.Find("#module-wish").InputAsync("""{"interval": 30}""");
        await tab.Find("form").SubmitAsync();

        Assert.Equal(30, (int)_twins.Twin.Desired["interval"]!);
        Assert.Contains("\"interval\": 30", tab.Find("code").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_made_anew_when_the_name_is_typed_and_the_old_one_is_shown_no_longer()
    {
        await AddAsync("reader");
        var dialogs = Dialogs();
        var tab = Tab("reader");
        await Button(tab, "Show").ClickAsync(new());
        var before = tab.FindAll(".iot-secret").Select(s => s.TextContent).ToList();

        Press(tab, "New primary key…");
        await dialogs.Find("#confirm-name").InputAsync("reader");
        await Button(dialogs, "Make a new key").ClickAsync(new());
        Assert.Empty(tab.FindAll(".iot-secret"));
        await Button(tab, "Show").ClickAsync(new());

        var after = tab.FindAll(".iot-secret").Select(s => s.TextContent).ToList();
        Assert.Equal([false, false, true], after.Zip(before, (a, b) => a == b)); // string, primary, secondary
    }

    [Theory]
    [InlineData("{}", "pending", "sees this when it connects")]
    [InlineData("""{"interval":{"value":30,"ac":200,"av":2}}""", "accepted", "")]
    [InlineData("""{"interval":{"value":5,"ac":400,"av":2,"ad":"too long"}}""", "refused (400)", "too long")]
    public async Task What_is_wanted_of_a_module_says_how_far_it_has_come(string reported, string state, string words)
    {
        await AddAsync("reader");
        var wish = System.Text.Json.Nodes.JsonNode.Parse("""{"interval":30}""")!.AsObject();
        _twins.Twin = Fridge.Twin(reported: reported).Desire(wish, DateTimeOffset.UnixEpoch);

        var shown = Tab("reader").FindComponent<ModuleWishes>();

        Assert.Equal("interval", shown.Find("h3").TextContent);
        Assert.Equal(state, shown.Find(".iot-chip").TextContent.Trim());
        Assert.Equal("30", shown.Find(".iot-strong").TextContent.Trim());
        Assert.Contains(words, shown.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_goes_to_the_module_and_into_its_history()
    {
        var module = await AddAsync("reader");
        var tab = Tab("reader");

        await tab.Find("#cmd-name").InputAsync("scan");
        await tab.Find("form[aria-label=scan]").SubmitAsync();

        Assert.Equal("scan", _link.Called!.Name);
        var history = tab.Find("table[aria-label='Command history']").TextContent;
        Assert.Contains("done (200)", history, StringComparison.Ordinal);
        Assert.NotEqual(_device.Key, module.Key);
    }

    [Fact]
    public async Task Deleting_asks_for_the_name()
    {
        await AddAsync("reader");
        var dialogs = Dialogs();
        Press(Tab("reader"), "Delete module");
        Assert.True(Button(dialogs, "Delete module").HasAttribute("disabled"));

        await dialogs.Find("#confirm-name").InputAsync("reader");
        await Button(dialogs, "Delete module").ClickAsync(new());

        Assert.Empty(_modules.All);
    }

    [Fact]
    public async Task Who_only_looks_adds_nothing_and_sees_no_keys()
    {
        await AddAsync("reader");
        var rights = PermissionSet.Of(Permission.ViewApplication, Permission.ViewDevices);
        var onlooker = Role.Operator with { Permissions = rights };

        Assert.DoesNotContain("Add module", Tab(null, onlooker).Markup, StringComparison.Ordinal);
        var page = Tab("reader", onlooker);
        Assert.DoesNotContain("Connection string", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("form"));
        Assert.Contains("desired", page.Find("code").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_module_that_is_gone_is_said_to()
    {
        Assert.Contains("has no module ghost", Tab("ghost").Markup, StringComparison.Ordinal);
    }
}
