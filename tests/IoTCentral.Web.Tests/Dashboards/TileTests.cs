using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Dashboards;
using IoTCentral.Core.Live;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Ui.Charts;
using IoTCentral.Web.Ui.Maps;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Dashboards;

/// <summary>What each kind of tile shows, and that it follows its devices.</summary>
public sealed class TileTests : BoardContext
{
    private DateTimeOffset Now => Clock.GetUtcNow();

    private void Last(string name, Point point) => Feed.Last[("", name)] = new LastValue(point, Now, Now);

    [Fact]
    public void A_key_figure_is_compared_with_the_time_before()
    {
        var fridge = AddFridge("fridge-1");
        Telemetry.Add(fridge, "temperature", Now.AddHours(-13), 4);
        Telemetry.Add(fridge, "temperature", Now.AddHours(-1), 5);

        var tile = Show(Tile(TileKind.Kpi, "temperature"));

        Assert.Contains("▲ 25 % against the time before", tile.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_figure_beyond_the_devices_own_limit_says_by_how_much_and_whose_it_is()
    {
        Telemetry.Add(AddFridge("cold"), "temperature", Now.AddHours(-1), 3);
        var warm = AddFridge("warm");
        Telemetry.Add(warm, "temperature", Now.AddHours(-1), 9.5);
        Properties.All[("limit", warm)] = "7";
        var series = new TileSeries { Name = "temperature", Aggregate = Aggregate.Maximum };

        var tile = Show(Tile(TileKind.Kpi) with { Series = [series], LimitProperty = "limit" });

        Assert.Contains("2.5\u00a0°C over its limit", tile.Markup, StringComparison.Ordinal);
        Assert.Contains("warm", tile.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Devices_with_the_same_property_share_a_line()
    {
        long[] fridges = [.. Enumerable.Range(0, 60).Select(i => AddFridge($"fridge-{i}"))];
        for (var i = 0; i < fridges.Length; i++)
        {
            Telemetry.Add(fridges[i], "temperature", Now.AddMinutes(-30), i < 30 ? 4 : 6);
            if (i < 50)
                Properties.All[("store", fridges[i])] = i < 30 ? "Paris" : "London";
        }
        var tile = Tile(TileKind.Line, "temperature") with
        {
            Grouping = TileGrouping.Property,
            GroupProperty = "store",
        };

        var lines = Show(tile).FindComponent<TimeChart>().Instance.Lines;

        Assert.Equal(["London", "Paris", "No value (10 devices)"], lines.Select(l => l.Series.Name));
        Assert.Equal([6, 4, 6], lines.Select(l => l.Points.Single().Value));
    }

    [Fact]
    public void Of_many_groups_the_smallest_share_a_line_and_all_together_have_one()
    {
        for (var i = 0; i < 30; i++)
        {
            var fridge = AddFridge($"fridge-{i}");
            Telemetry.Add(fridge, "temperature", Now.AddMinutes(-30), i);
            Properties.All[("store", fridge)] = $"store {i:00}";
        }
        var tile = Tile(TileKind.Line, "temperature") with
        {
            Grouping = TileGrouping.Property,
            GroupProperty = "store",
        };

        var lines = Show(tile).FindComponent<TimeChart>().Instance.Lines;
        Assert.Equal(20, lines.Count);
        Assert.Equal(("store 00", "Others (11 devices)"), (lines[0].Series.Name, lines[^1].Series.Name));
        Assert.Equal(24, lines[^1].Points.Single().Value);

        var one = Assert.Single(
            Show(tile with { Grouping = TileGrouping.All }).FindComponent<TimeChart>().Instance.Lines
        );
        Assert.Equal(("All 30 devices", 14.5), (one.Series.Name, one.Points.Single().Value));
    }

    [Fact]
    public void A_key_figure_of_now_lets_the_past_rest()
    {
        var fridge = AddFridge("fridge-1");
        Telemetry.Add(fridge, "temperature", Now.AddHours(-9), 17.2);
        Last("temperature", Point.Of("temperature", 4.5));
        var series = new TileSeries { Name = "temperature", Aggregate = Aggregate.Maximum };

        var tile = Show(Tile(TileKind.Kpi) with { Series = [series], Limit = 8, IsOfNow = true });

        Assert.Contains("4.5", tile.Markup, StringComparison.Ordinal);
        Assert.Contains("within limits", tile.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("17.2", tile.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Aggregate.Median, "4", "°C")]
    [InlineData(Aggregate.Rate, "2", "°C/s")]
    [InlineData(Aggregate.Count, "3", null)]
    public void A_key_figure_of_all_devices_together_has_its_unit(Aggregate aggregate, string figure, string? unit)
    {
        Telemetry.Add(AddFridge("one"), "temperature", Now.AddHours(-2), 1);
        var other = AddFridge("other");
        Telemetry.Add(other, "temperature", Now.AddHours(-2), 4);
        Telemetry.Add(other, "temperature", Now.AddHours(-1), 7_204);

        var tile = Show(Tile(TileKind.Kpi) with { Series = [new() { Name = "temperature", Aggregate = aggregate }] });

        Assert.StartsWith(figure, tile.Find(".iot-kpi").TextContent.Trim(), StringComparison.Ordinal);
        Assert.Equal(unit, tile.FindAll(".iot-kpi__unit").SingleOrDefault()?.TextContent.Trim());
    }

    [Fact]
    public void Without_devices_a_key_figure_says_so_in_its_little_room()
    {
        var tile = Show(Tile(TileKind.Kpi, "temperature"));

        Assert.Contains("No devices match", tile.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("0 devices", tile.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_out_of_its_limit_comes_first()
    {
        foreach (var (id, limit) in new[] { ("a", "9"), ("b", "2") })
            Properties.All[("limit", AddFridge(id))] = limit;
        Last("temperature", Point.Of("temperature", 5));

        var tile = Show(Tile(TileKind.LastValue, "temperature") with { LimitProperty = "limit" });

        Assert.Equal(["b", "a"], tile.FindAll("tbody tr").Select(r => r.Children[0].TextContent));
        Assert.Contains("over limit", tile.FindAll("tbody tr")[0].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_last_value_goes_on_moving_after_the_tile_has_asked_again()
    {
        var fridge = AddFridge("fridge-1");
        Last("temperature", Point.Of("temperature", 5));
        var board = Board();
        using var left = new CancellationTokenSource();
        var running = board.RunAsync(CallerWith(Role.Operator), left.Token);
        var tile = Show(Tile(TileKind.LastValue, "temperature"), board);

        Last("temperature", Point.Of("temperature", 6));
        Clock.Advance(TimeSpan.FromSeconds(16));
        await tile.WaitForAssertionAsync(() => Assert.Equal("6", tile.Find("iot-value").GetAttribute("value")));
        Feed.Say(fridge, Now, Point.Of("temperature", 7.25));

        await SentAsync(7.25);
        await left.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_value_that_crosses_its_limit_changes_its_words_at_once()
    {
        var fridge = AddFridge("fridge-1");
        Last("temperature", Point.Of("temperature", 5));
        var board = Board();
        using var left = new CancellationTokenSource();
        var running = board.RunAsync(CallerWith(Role.Operator), left.Token);
        var tile = Show(Tile(TileKind.LastValue, "temperature") with { Limit = 7 }, board);
        Assert.Contains("within limits", tile.Markup, StringComparison.Ordinal);

        Feed.Say(fridge, Now, Point.Of("temperature", 9));

        await tile.WaitForAssertionAsync(() => Assert.Contains("over limit", tile.Markup, StringComparison.Ordinal));
        await left.CancelAsync();
        await running;
    }

    [Fact]
    public void Lines_have_the_unit_of_the_template_and_the_axis_that_was_chosen()
    {
        var fridge = AddFridge("fridge-1");
        Telemetry.Add(fridge, "temperature", Now.AddHours(-1), 5);
        Telemetry.Add(fridge, "door", Now.AddHours(-1), 1);
        var tile = Tile(TileKind.Line, "temperature", "door");

        var lines = Show(tile with { Series = [tile.Series[0], tile.Series[1] with { IsOnRightAxis = true }] })
            .FindComponent<TimeChart>()
            .Instance.Lines;

        Assert.Equal([("°C", false), (null, true)], lines.Select(l => (l.Series.Unit, l.Series.IsOnRight)));
        Assert.Equal([5, 1], lines.Select(l => l.Points.Single().Value));
    }

    [Fact]
    public void Many_signals_leave_room_for_fewer_devices_and_the_tile_says_so()
    {
        for (var i = 0; i < 12; i++)
            AddFridge($"fridge-{i:00}");

        var tile = Show(Tile(TileKind.Line, "temperature", "door"));

        Assert.Contains("10 of 12 devices shown", tile.Markup, StringComparison.Ordinal);
        Assert.Equal(20, tile.FindComponent<TimeChart>().Instance.Lines.Count);
    }

    [Fact]
    public void States_are_named_by_the_template()
    {
        var fridge = AddFridge("fridge-1");
        Telemetry.States[new(fridge, "", "mode")] = [new(Now.AddHours(-2), Now, "1")];

        var tile = Show(Tile(TileKind.State, "mode"));

        Assert.Contains("Cooling", tile.Find("li").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_comes_from_a_property_when_the_device_does_not_send_any()
    {
        var fridge = AddFridge("fridge-1");
        AddFridge("nowhere");
        (Properties.All[("place.lat", fridge)], Properties.All[("place.lon", fridge)]) = ("48.5", "9.25");

        var markers = Show(Tile(TileKind.Map, "place")).FindComponent<MapView>().Instance.Markers;

        Assert.Equal([("fridge-1", 48.5, 9.25)], markers.Select(m => (m.Id, m.Latitude, m.Longitude)));
    }

    [Fact]
    public void A_scope_narrows_the_alerts_to_its_devices()
    {
        var mine = AddFridge("mine");
        Alerts.Add("Mine too warm", mine);
        Alerts.Add("Other too warm", mine + 100);

        var tile = Show(Tile(TileKind.Alerts) with { Source = new() }, scope: new() { DeviceId = "mine" });

        Assert.Contains("Mine too warm", tile.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("Other too warm", tile.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void An_alert_is_acknowledged_on_its_tile_and_opens_there_by_itself()
    {
        var tile = Show(Tile(TileKind.Alerts) with { Source = new() });
        Alerts.Add("Fridge too warm");
        Services.GetRequiredService<ChangeFeed>().Publish(new(new(1), ChangeKind.Alert, 7));
        tile.WaitForState(() => tile.FindAll("button").Count == 1);

        tile.Find("button").Click();

        tile.WaitForAssertion(() => Assert.Equal(AlertStatus.Acknowledged, Alerts.All.Single().Status));
    }

    [Fact]
    public void A_tile_that_failed_says_why_and_asks_again()
    {
        AddFridge("fridge-1");
        Telemetry.Away = new UnavailableException("Storage is away.");
        var tile = Show(Tile(TileKind.Kpi, "temperature"));
        Assert.Contains("This tile could not be loaded", tile.Markup, StringComparison.Ordinal);

        Telemetry.Away = null;
        tile.FindAll("button").Single(b => b.TextContent.Trim() == "Try again").Click();

        tile.WaitForAssertion(() =>
            Assert.DoesNotContain("could not be loaded", tile.Markup, StringComparison.Ordinal)
        );
    }
}
