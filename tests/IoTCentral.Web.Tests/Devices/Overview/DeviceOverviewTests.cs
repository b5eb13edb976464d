using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Live;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Templates;
using IoTCentral.Web.Features.Devices;
using IoTCentral.Web.Features.Devices.Overview;
using IoTCentral.Web.Tests.Dashboards;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Live;
using IoTCentral.Web.Ui.Maps;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Devices.Overview;

/// <summary>A device at a glance, when it sends what its template does not expect.</summary>
public sealed class DeviceOverviewTests : BoardContext
{
    private readonly Device _fridge;

    public DeviceOverviewTests()
    {
        Services.AddSingleton<IRelationshipStore>(new MemoryRelationships(Devices));
        Services.AddSingleton<DeviceRelationships>();
        Services.AddSingleton<TelemetryHistory>();
        _fridge = Devices.Add("fridge-1", change: d => d with { TemplateId = Fridge.TemplateId });
    }

    private DateTimeOffset Now => Clock.GetUtcNow();

    private IRenderedComponent<DeviceOverview> Overview(DeviceLive? live = null, DeviceTemplate? template = null) =>
        Render<DeviceOverview>(p =>
            p.AddCascadingValue(FreshMarket)
                .Add(o => o.Caller, CallerWith(Role.Administrator))
                .Add(o => o.Application, FreshMarket)
                .Add(o => o.Device, _fridge)
                .Add(o => o.Template, template ?? Fridge.Template)
                .Add(o => o.Live, live)
        );

    private void Last(Point point) => Feed.Last[("", point.Name)] = new LastValue(point, Now, Now);

    [Fact]
    public void A_text_where_a_number_is_expected_is_no_zero()
    {
        Last(Point.Of("temperature", "warm"));

        var tile = Overview().FindComponent<KpiTile>();

        Assert.Equal("–", tile.Find("iot-value").TextContent);
        Assert.Equal("not in the template", tile.Find(".iot-chip").TextContent.Trim());
        Assert.Equal("warm", tile.Find(".iot-chip").GetAttribute("title"));
    }

    [Fact]
    public async Task A_text_that_comes_live_is_drawn_neither_as_a_figure_nor_as_a_line()
    {
        Interactive();
        Last(Point.Of("temperature", 4.5));
        using var live = new DeviceLive(
            Feed,
            Services.GetRequiredService<LiveFrames>(),
            Services.GetRequiredService<UiErrors>()
        );
        var overview = Overview(live);
        Assert.Equal("4.5", overview.Find("iot-value").TextContent);
        using var left = new CancellationTokenSource();
        var running = overview.InvokeAsync(() =>
            live.RunAsync(CallerWith(Role.Administrator), _fridge.Key, left.Token)
        );

        Feed.Say(_fridge.Key, Now, Point.Of("temperature", "warm"), Point.Of("temperature", 7.25));
        await SentAsync(7.25);
        Clock.Advance(TimeSpan.FromSeconds(2));
        Feed.Say(_fridge.Key, Now, Point.Of("temperature", "warm"));

        await overview.WaitForAssertionAsync(() => Assert.Equal("–", overview.Find("iot-value").TextContent));
        Assert.DoesNotContain(0, LiveValues());
        await left.CancelAsync();
        await running;
    }

    [Fact]
    public void A_number_where_a_place_is_expected_is_no_point_off_Africa()
    {
        var place = Fridge.Telemetry("place", Schema.Geopoint);
        var template = Fridge.Template with { Root = Fridge.Template.Root with { Contents = [place] } };
        Last(Point.Of("place", 12));

        Assert.Empty(Overview(template: template).FindComponents<MapView>());
    }
}
