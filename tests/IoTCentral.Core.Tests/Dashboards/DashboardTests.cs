using IoTCentral.Core.Dashboards;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Live;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Tests.Dashboards;

public sealed class DashboardTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_new_tile_goes_below_all_others()
    {
        var dashboard = Overview().Add(Line("a") with { Height = 4 }).Add(Line("b"));

        Assert.Equal((0, 4), (dashboard.Tiles[1].X, dashboard.Tiles[1].Y));
    }

    [Fact]
    public void Tiles_come_back_from_json_as_they_were()
    {
        Tile[] tiles =
        [
            Line("a") with
            {
                LimitProperty = "limit",
                IsOfNow = true,
                Source = new TileSource { TemplateId = "dtmi:x;1", Properties = [new("", "store", "017")] },
                Series =
                [
                    new TileSeries
                    {
                        Component = "c",
                        Name = "t",
                        Aggregate = Aggregate.Maximum,
                        IsOnRightAxis = true,
                    },
                ],
            },
        ];

        var read = DashboardJson.Read(DashboardJson.Write(tiles));

        Assert.Equivalent(tiles, read, strict: true);
    }

    [Fact]
    public void Every_fault_is_told_with_its_place()
    {
        var faults = DashboardRules.Check(
            Overview() with
            {
                Name = " ",
                Tiles = [Line("a") with { X = 10, Width = 6 }, Line("a") with { Source = new() }],
            }
        );

        Assert.Equal(["name", "tiles[0]", "tiles[1].source", "tiles"], faults.Select(f => f.Path));
    }

    [Fact]
    public void A_button_runs_one_command()
    {
        var button = Line("a") with { Kind = TileKind.Command };
        TileSeries[] two = [new() { Name = "restart" }, new() { Name = "defrost" }];

        Assert.Empty(Faults(button with { Series = two[..1] }));
        Assert.Equal(["tiles[0].series"], Faults(button with { Series = two }));
        Assert.Equal(["tiles[0].series"], Faults(button with { Series = [] }));

        static IEnumerable<string> Faults(Tile tile) =>
            DashboardRules.Check(Overview() with { Tiles = [tile] }).Select(f => f.Path);
    }

    [Theory]
    [InlineData(Aggregate.Maximum, 9, "b")]
    [InlineData(Aggregate.Minimum, 1, "a")]
    [InlineData(Aggregate.Average, 4, null)]
    [InlineData(Aggregate.Sum, 16, null)]
    [InlineData(Aggregate.Count, 4, null)]
    [InlineData(Aggregate.Last, 9, "b")]
    public void A_key_figure_is_taken_over_all_devices(Aggregate aggregate, double value, string? device)
    {
        var figure = KeyFigures.Of(aggregate, [(DeviceOf("a"), [Bucket(0, 1, 2)]), (DeviceOf("b"), [Bucket(1, 4, 9)])]);

        Assert.Equal(value, figure.Value);
        Assert.Equal(device, figure.Device?.Device.Id);
    }

    [Fact]
    public void A_figure_of_now_leaves_out_devices_that_have_been_silent_since_before_the_range()
    {
        TileValue[] newest = [new(DeviceOf("silent"), Last(-13, 12)), new(DeviceOf("talks"), Last(-1, 4))];

        var figure = KeyFigures.OfNewest(
            new() { Name = "t", Aggregate = Aggregate.Maximum },
            newest,
            Noon.AddHours(-12)
        );

        Assert.Equal((4, "talks", Noon.AddHours(-1)), (figure.Value, figure.Device?.Device.Id, figure.At));
    }

    [Fact]
    public void A_share_of_now_is_of_the_devices_whose_state_is_known()
    {
        TileValue[] newest =
        [
            new(DeviceOf("on"), State(-1, "on")),
            new(DeviceOf("off"), State(-2, "off")),
            new(DeviceOf("also on"), State(-3, "on")),
            new(DeviceOf("long ago"), State(-13, "on")),
            new(DeviceOf("never"), null),
        ];
        TileSeries series = new()
        {
            Name = "mode",
            Aggregate = Aggregate.TimeInState,
            State = "on",
        };

        var figure = KeyFigures.OfNewest(series, newest, Noon.AddHours(-12));

        Assert.Equal(200 / 3d, figure.Value);
        Assert.Null(KeyFigures.OfNewest(series, newest[4..], Noon.AddHours(-12)).Value);

        static LastValue State(int hours, string state) =>
            new(Point.Of("mode", state), Noon.AddHours(hours), Noon.AddHours(hours));
    }

    [Fact]
    public void Time_in_a_state_needs_the_state_and_a_grouping_by_property_the_property()
    {
        var tile = Line("a") with { Series = [new() { Name = "mode", Aggregate = Aggregate.TimeInState }] };
        Assert.Equal(["tiles[0].series"], Faults(tile));
        Assert.Empty(Faults(tile with { Series = [tile.Series[0] with { State = "on" }] }));
        // the time in each of two states
        Assert.Empty(
            Faults(tile with { Series = [tile.Series[0] with { State = "on" }, tile.Series[0] with { State = "off" }] })
        );

        Assert.Equal(["tiles[0].grouping"], Faults(Line("a") with { Grouping = TileGrouping.Property }));
        Assert.Empty(Faults(Line("a") with { Grouping = TileGrouping.Property, GroupProperty = "store" }));
        Assert.Empty(Faults(Line("a") with { Grouping = TileGrouping.All }));

        static IEnumerable<string> Faults(Tile tile) =>
            DashboardRules.Check(Overview() with { Tiles = [tile] }).Select(f => f.Path);
    }

    [Fact]
    public void Without_values_there_is_no_figure_but_a_count_of_none()
    {
        Assert.Null(KeyFigures.Of(Aggregate.Average, [(DeviceOf("a"), [])]).Value);
        Assert.Equal(0, KeyFigures.Of(Aggregate.Count, [(DeviceOf("a"), [])]).Value);
    }

    [Fact]
    public void A_scope_narrows_the_tiles_own_question()
    {
        var scope = new DashboardScope { Property = new("", "store", "017") };

        var filter = scope.Narrow(new TileSource { TemplateId = "dtmi:x;1", Properties = [new("", "kind", "dairy")] });

        Assert.Equal("dtmi:x;1", filter.TemplateId);
        Assert.Equal(["kind", "store"], filter.Properties.Select(p => p.Name));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(24 * 7)]
    [InlineData(24 * 30)]
    [InlineData(24 * 365)]
    public void A_chart_has_at_most_some_four_hundred_buckets(int hours)
    {
        var range = TimeSpan.FromHours(hours);

        Assert.InRange(range / (ChartBuckets.For(range) ?? range), 1, 400);
    }

    private static LastValue Last(int hours, double number) =>
        new(Point.Of("t", number), Noon.AddHours(hours), Noon.AddHours(hours));

    private static SeriesBucket Bucket(int minute, double first, double last) =>
        new(Noon.AddMinutes(minute), 2, (first + last) / 2, first, last, first + last, first, last);

    private static TileDevice DeviceOf(string id) =>
        new(
            new Device
            {
                TenantId = new(1),
                Id = id,
                Name = id,
            },
            null,
            null
        );

    private static Dashboard Overview() => new() { Id = "overview", Name = "Overview" };

    private static Tile Line(string id) =>
        new()
        {
            Id = id,
            Kind = TileKind.Line,
            Source = new() { TemplateId = "dtmi:x;1" },
            Series = [new TileSeries { Name = "t" }],
        };
}
