using System.Text.Json;
using Bunit;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Maps;

namespace IoTCentral.Web.Tests.Ui;

public sealed class MapTests : UiContext
{
    private readonly BunitJSModuleInterop _map;

    public MapTests()
    {
        _map = JSInterop.SetupModule("./dist/map.js");
        _map.Mode = JSRuntimeMode.Loose;
    }

    private static readonly MapMarker Freiburg = new("f", "Store 017", 47.99, 7.85, Tone.Critical, "over limit");

    private IRenderedComponent<MapView> Map(params MapMarker[] markers) =>
        Render<MapView>(p => p.Add(m => m.Markers, markers).Add(m => m.Label, "Stores"));

    private string Sent() =>
        JsonSerializer.Serialize(_map.Invocations["load"][^1].Arguments[1], JsonSerializerOptions.Web);

    [Fact]
    public void A_marker_goes_to_the_browser_with_its_state()
    {
        Map(Freiburg);

        Assert.Contains(
            "\"name\":\"Store 017\",\"lat\":47.99,\"lon\":7.85,\"tone\":\"critical\"",
            Sent(),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(1e9, 7)]
    [InlineData(47, double.NaN)]
    [InlineData(47, 181)]
    public void A_device_that_is_not_on_earth_is_left_out(double latitude, double longitude)
    {
        Map(Freiburg with { Id = "x", Name = "Lost", Latitude = latitude, Longitude = longitude }, Freiburg);

        Assert.DoesNotContain("Lost", Sent(), StringComparison.Ordinal);
    }

    [Fact]
    public void Those_who_do_not_see_it_get_a_list_with_the_worst_first()
    {
        var map = Map(new MapMarker("b", "Store 104", 47.5, 7.6, Tone.Good, "fine"), Freiburg);

        Assert.Equal(["Store 017: over limit", "Store 104: fine"], map.FindAll("li").Select(l => l.TextContent));
    }

    [Fact]
    public void The_same_markers_are_not_sent_again()
    {
        var map = Map(Freiburg);

        map.Render(p => p.Add(m => m.Label, "Other"));

        Assert.Single(_map.Invocations["load"]);
    }

    [Fact]
    public async Task A_move_is_told_to_the_page()
    {
        MapPlace? place = null;
        var map = Render<MapView>(p => p.Add(m => m.Label, "Stores").Add(m => m.OnMoved, q => place = q));

        await map.InvokeAsync(() => map.Instance.Moved(47.123456, 7.5, 6));

        Assert.Equal(new MapPlace(47.1235, 7.5, 6), place);
    }
}
