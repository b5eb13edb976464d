using System.Text.Json.Nodes;
using AngleSharp.Dom;
using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;
using IoTCentral.Core.Twins;
using IoTCentral.Web.Features.Devices.Properties;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Devices;

public sealed class WritablePropertiesTests : DeviceContext
{
    private const string Target = "#wish--target";
    private readonly MemoryTwins _twins = new();
    private readonly MemoryHistory _history = new();
    private readonly Device _device;

    public WritablePropertiesTests()
    {
        _device = Devices.Add("dairy-1", change: d => d with { Presence = new() { IsConnected = true } });
        Services.AddSingleton<ITwinStore>(_twins);
        Services.AddSingleton<TwinRegistry>();
        Services.AddSingleton<DeviceTwins>();
        Services.AddSingleton<ITwinHistoryStore>(_history);
        Services.AddSingleton<TwinHistory>();
    }

    private static Capability Writable(string name, Schema schema) =>
        new()
        {
            Kind = CapabilityKind.Property,
            Name = name,
            Schema = schema,
            Writable = true,
        };

    private static DeviceTemplate Template { get; } =
        Fridge.Template with
        {
            Root = Fridge.Template.Root with
            {
                Contents =
                [
                    .. Fridge.Template.Root.Contents,
                    Writable("target", Schema.Double) with
                    {
                        Unit = "degreeCelsius",
                        MinValue = -5,
                        MaxValue = 8,
                    },
                    Writable("mode2", Fridge.Modes),
                    Writable("light", Schema.Boolean),
                    Writable("hours", new ObjectSchema([new("from", Schema.Integer), new("to", Schema.Integer)])),
                    new()
                    {
                        Kind = CapabilityKind.Component,
                        Name = "door",
                        Interface = new TemplateInterface
                        {
                            Id = "dtmi:fresh:Door;1",
                            Contents = [Writable("openLimit", Schema.Integer)],
                        },
                    },
                ],
            },
        };

    private IRenderedComponent<DeviceProperties> Tab(Role? role = null, Device? device = null)
    {
        Dialogs();
        return Render<DeviceProperties>(p =>
            p.Add(c => c.Caller, CallerWith(role ?? Role.Operator))
                .Add(c => c.Device, device ?? _device)
                .Add(c => c.Template, Template)
        );
    }

    [Fact]
    public void The_twin_shows_who_changed_it_newest_first_and_on_demand_older_ones()
    {
        for (var n = 1; n <= 25; n++)
            _history.All.Insert(0, Change(n, $$"""{"target":{{n - 1}}}""", $$"""{"target":{{n}}}"""));
        var tab = Tab();

        tab.FindAll("button").Single(b => b.TextContent == "Show JSON").Click();
        var first = tab.FindAll(".iot-twin__change");
        Assert.Equal(20, first.Count);
        Assert.Contains("ada@example.com", first[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("""{"target":24} → {"target":25}""", first[0].TextContent, StringComparison.Ordinal);

        tab.FindAll("button").Single(b => b.TextContent == "Show older").Click();

        Assert.Equal(25, tab.FindAll(".iot-twin__change").Count);
    }

    [Fact]
    public void The_twin_shows_what_the_device_reported_with_its_version()
    {
        _history.Reports.Add(
            new()
            {
                Version = 7,
                At = DateTimeOffset.UnixEpoch,
                Patch = """{"target":4}""",
            }
        );
        var tab = Tab();

        tab.FindAll("button").Single(b => b.TextContent == "Show JSON").Click();

        var reports = tab.Find("ul[aria-label='What it reported']").TextContent;
        Assert.Contains("version 7", reports, StringComparison.Ordinal);
        Assert.Contains("""{"target":4}""", reports, StringComparison.Ordinal);
    }

    private static TwinChange Change(long id, string before, string after) =>
        new()
        {
            Id = id,
            At = DateTimeOffset.UnixEpoch,
            Who = "ada@example.com",
            Action = "device.desired-properties",
            Before = before,
            After = after,
        };

    private static IElement WishOf(IRenderedComponent<DeviceProperties> tab, string input) =>
        tab.Find(input).Closest(".iot-wish")!;

    private static void Send(IRenderedComponent<DeviceProperties> tab) => tab.Find("form:has(.iot-wish)").Submit();

    private Task ReportAsync(string json) =>
        Services
            .GetRequiredService<DeviceTwins>()
            .ReportAsync(new(1), _device.Key, System.Text.Encoding.UTF8.GetBytes(json), null, default);

    [Fact]
    public void What_is_typed_is_wanted_of_the_device_and_waits_for_it()
    {
        var tab = Tab();

        tab.Find(Target).Input("5.5");
        Send(tab);

        Assert.Equal("""{"target":5.5}""", _twins.Twin.Desired.ToJsonString());
        var wish = WishOf(tab, Target).TextContent;
        Assert.Contains("pending", wish, StringComparison.Ordinal);
        Assert.Contains("Waiting for its answer.", wish, StringComparison.Ordinal);
        Assert.Contains("version 2", wish, StringComparison.Ordinal);
    }

    [Fact]
    public void A_component_is_marked_so_that_devices_know_it_for_one()
    {
        var tab = Tab();

        tab.Find("#wish-door-openLimit").Input("30");
        Send(tab);

        Assert.Equal("""{"door":{"__t":"c","openLimit":30}}""", _twins.Twin.Desired.ToJsonString());
    }

    [Fact]
    public void States_are_chosen_by_their_names_and_sent_as_their_values()
    {
        var tab = Tab();

        Assert.Contains("Cooling", tab.Find("#wish--mode2").TextContent, StringComparison.Ordinal);
        tab.Find("#wish--mode2").Change("1");
        tab.Find("#wish--light").Change("true");
        Send(tab);

        Assert.Equal("""{"mode2":1,"light":true}""", _twins.Twin.Desired.ToJsonString());
    }

    [Theory]
    [InlineData(Target, "9", "at most 8")]
    [InlineData("#wish--hours", """{"from":"early"}""", "from")]
    [InlineData("#wish--hours", "{", "object")]
    public void What_does_not_fit_is_told_beside_its_field_and_nothing_is_sent(string input, string typed, string word)
    {
        var tab = Tab();

        tab.Find(input).Input(typed);
        Send(tab);

        Assert.Contains(word, WishOf(tab, input).QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(1, _twins.Twin.DesiredVersion);
    }

    [Fact]
    public void A_member_that_is_left_out_of_an_object_is_wanted_no_more()
    {
        _twins.Twin = _twins.Twin.Desire(Json("""{"hours":{"from":8,"to":20}}"""), DateTimeOffset.UnixEpoch);
        var tab = Tab();

        tab.Find("#wish--hours").Input("""{"from":9}""");
        Send(tab);

        Assert.Equal("""{"hours":{"from":9}}""", _twins.Twin.Desired.ToJsonString());
    }

    [Fact]
    public async Task The_devices_answer_appears_by_itself_with_its_own_words()
    {
        var tab = Tab();
        await tab.Find(Target).InputAsync("5");
        Send(tab);

        await ReportAsync("""{"target":{"value":4,"ac":400,"av":2,"ad":"<b>too warm</b> for milk"}}""");

        await tab.WaitForAssertionAsync(() =>
        {
            Assert.Contains("refused (400)", WishOf(tab, Target).TextContent, StringComparison.Ordinal);
            Assert.Equal("<b>too warm</b> for milk", WishOf(tab, Target).QuerySelector("blockquote")!.TextContent);
        });
    }

    [Fact]
    public async Task What_is_being_typed_stays_when_the_device_reports()
    {
        var tab = Tab();
        await tab.Find(Target).InputAsync("5");

        await ReportAsync("""{"target":4}""");

        await tab.WaitForAssertionAsync(() =>
            Assert.Contains("4", WishOf(tab, Target).QuerySelector("dl")!.TextContent)
        );
        Assert.Equal("5", tab.Find(Target).GetAttribute("value"));
    }

    [Theory]
    [InlineData(false, false, "It is offline, and sees this when it connects.")]
    [InlineData(true, false, "The device is blocked")]
    [InlineData(false, true, "A simulated device does not act on wishes.")]
    public void Who_waits_is_told_for_what(bool isBlocked, bool isSimulated, string words)
    {
        _twins.Twin = _twins.Twin.Desire(Json("""{"target":5}"""), DateTimeOffset.UnixEpoch);
        var device = _device with { Presence = Presence.Never, IsBlocked = isBlocked, IsSimulated = isSimulated };

        Assert.Contains(words, WishOf(Tab(device: device), Target).TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_may_not_change_devices_sees_and_cannot_send()
    {
        _twins.Twin = _twins.Twin.Desire(Json("""{"target":5}"""), DateTimeOffset.UnixEpoch);

        var tab = Tab(Role.Operator with { Permissions = PermissionSet.Of(Permission.ViewDevices) });

        Assert.True(tab.Find(Target).HasAttribute("readonly"));
        Assert.Empty(tab.FindAll("button[type=submit]"));
        Assert.Contains("pending", WishOf(tab, Target).TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void The_twin_is_shown_whole_when_asked_for()
    {
        _twins.Twin = _twins.Twin.Desire(Json("""{"target":5}"""), DateTimeOffset.UnixEpoch);
        var tab = Tab();
        Assert.Empty(tab.FindAll("pre"));

        tab.Find("[aria-expanded]").Click();

        var json = JsonNode.Parse(tab.Find("pre").TextContent)!;
        Assert.Equal((5, 2), ((int)json["desired"]!["target"]!, (int)json["desired"]!["$version"]!));
        Assert.NotNull(json["desired"]!["$metadata"]!["target"]!["$lastUpdated"]);
        Assert.NotNull(json["cloudProperties"]);
    }

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}

/// <summary>The one twin of a test.</summary>
internal sealed class MemoryTwins : ITwinStore
{
    public Twin Twin { get; set; } = Fridge.Twin();

    public Task<Twin?> FindAsync(TenantId tenant, long deviceKey, CancellationToken ct) => Task.FromResult<Twin?>(Twin);

    public Task<Twin?> ChangeAsync(
        TenantId tenant,
        long deviceKey,
        Func<Twin, Twin> change,
        Func<Twin, AuditEntry>? audit,
        CancellationToken ct
    ) => Task.FromResult<Twin?>(Twin = change(Twin));

    public Task<Twin?> ReportAsync(
        TenantId tenant,
        long deviceKey,
        Func<Twin, Twin> change,
        JsonObject patch,
        CancellationToken ct
    ) => Task.FromResult<Twin?>(Twin = change(Twin));
}
