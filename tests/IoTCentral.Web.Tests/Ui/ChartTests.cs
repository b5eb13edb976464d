using System.Runtime.InteropServices;
using Bunit;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Charts;
using IoTCentral.Web.Ui.Live;
using IoTCentral.Web.Ui.Times;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Ui;

public sealed class ChartTests : UiContext
{
    private static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly double NoonMs = Noon.ToUnixTimeMilliseconds();

    private readonly BunitJSModuleInterop _chart;
    private readonly BunitJSModuleInterop _live;

    public ChartTests()
    {
        _chart = JSInterop.SetupModule("./dist/chart.js");
        _live = JSInterop.SetupModule("./dist/live.js");
        (_chart.Mode, _live.Mode) = (JSRuntimeMode.Loose, JSRuntimeMode.Loose);
    }

    private LiveFrames Frames => Services.GetRequiredService<LiveFrames>();

    private static ChartLine Line(string id, params double?[] values) =>
        new(
            new ChartSeries
            {
                Id = id,
                Name = id.ToUpperInvariant(),
                Unit = "°C",
            },
            [.. values.Select((v, i) => new ChartPoint(Noon.AddSeconds(i), v))]
        );

    private IRenderedComponent<TimeChart> Chart(params ChartLine[] lines)
    {
        Interactive();
        return Render<TimeChart>(p =>
            p.Add(c => c.Lines, lines)
                .Add(c => c.Range, TimeRange.Live(TimeSpan.FromMinutes(1)))
                .Add(c => c.Label, "Temperature")
        );
    }

    private static double[] Doubles(object? bytes) => MemoryMarshal.Cast<byte, double>((byte[])bytes!).ToArray();

    private double[] LastFrame() => Doubles(_live.Invocations["frame"][^1].Arguments[0]);

    [Fact]
    public void History_goes_to_the_browser_as_one_array_with_gaps()
    {
        Chart(Line("a", 4.5, null), Line("b", 7));

        var sent = Doubles(_chart.Invocations["load"].Single().Arguments[1]);

        Assert.Equal([2, 2, NoonMs, NoonMs + 1000, 4.5, double.NaN, 1, NoonMs, 7], sent);
    }

    [Fact]
    public async Task Live_samples_of_a_page_go_as_one_array_a_frame()
    {
        var chart = Chart(Line("a"), Line("b"));

        chart.Instance.Add("b", Noon, 8.7);
        chart.Instance.Add("a", Noon.AddMilliseconds(250), 4.1);
        await Frames.FlushAsync(default);

        Assert.Equal([1, 1, NoonMs, 8.7, 1, 0, NoonMs + 250, 4.1], LastFrame());
    }

    [Fact]
    public async Task A_frame_without_samples_is_not_sent()
    {
        await Frames.FlushAsync(default);

        Assert.Empty(_live.Invocations["frame"]);
    }

    [Fact]
    public async Task A_sample_of_a_series_that_is_not_drawn_is_passed_over()
    {
        var chart = Chart(Line("a"));

        chart.Instance.Add("other", Noon, 1);
        await Frames.FlushAsync(default);

        Assert.Empty(_live.Invocations["frame"]);
    }

    [Fact]
    public async Task A_slow_browser_loses_the_oldest_samples_and_never_the_newest()
    {
        for (var i = 0; i <= 20_000; i++)
            Frames.Add(1, 0, Noon, i);
        await Frames.FlushAsync(default);

        Assert.Equal(1, Frames.Dropped);
        Assert.Equal((1.0, 20_000.0), (LastFrame()[3], LastFrame()[^1]));
    }

    [Fact]
    public void The_same_lines_are_not_sent_again_when_the_page_is_drawn_anew()
    {
        var lines = new[] { Line("a", 1) };
        var chart = Chart(lines);

        chart.Render(p => p.Add(c => c.Label, "Temperature again"));

        Assert.Single(_chart.Invocations["load"]);
        Assert.Empty(_chart.Invocations["update"]);
    }

    [Fact]
    public async Task Dragging_tells_the_page_the_range_and_a_double_click_the_whole()
    {
        var zooms = new List<TimeRange?>();
        Interactive();
        var chart = Render<TimeChart>(p =>
            p.Add(c => c.Lines, [Line("a", 1)]).Add(c => c.Label, "T").Add(c => c.OnZoom, zooms.Add)
        );

        await chart.InvokeAsync(() => chart.Instance.Zoomed(NoonMs, NoonMs + 60_000));
        await chart.InvokeAsync(() => chart.Instance.Zoomed(null, null));

        Assert.Equal([TimeRange.Between(Noon, Noon.AddMinutes(1)), null], zooms);
    }

    [Fact]
    public void Those_who_do_not_see_it_get_the_numbers()
    {
        var row = Chart(Line("a", 4.5, 8.7, null, 6)).Find("table tbody tr");

        Assert.Equal(["A", "6\u00a0°C", "4.5\u00a0°C", "8.7\u00a0°C"], row.Children.Select(c => c.TextContent));
    }

    [Fact]
    public void Without_samples_the_chart_says_so() =>
        Assert.Contains("Waiting for the first value…", Chart(Line("a")).Markup, StringComparison.Ordinal);

    [Fact]
    public void A_device_keeps_its_colour_and_the_first_eight_differ()
    {
        var colors = new SeriesColors();

        var first = Enumerable.Range(0, 8).Select(i => colors.Of($"fridge-{i}")).ToList();

        Assert.Equal(8, first.Distinct().Count());
        Assert.All(first, c => Assert.False(c.IsDashed));
        Assert.Equal(first[3], colors.Of("fridge-3"));
        Assert.True(colors.Of("the-ninth").IsDashed);
    }

    [Theory]
    [InlineData(new[] { 1.0, 3.0 }, "M0 22L100 2")]
    [InlineData(new[] { 5.0, 5.0 }, "M0 12L100 12")]
    [InlineData(new[] { 1.0, double.NaN, 3.0 }, "M0 22h0M100 2h0")]
    [InlineData(new double[0], "")]
    public void A_sparkline_spans_its_box_and_keeps_gaps(double[] values, string path) =>
        Assert.Equal(path, SparkPath.Of([.. values.Select(v => (double?)v)]));

    [Fact]
    public void A_state_that_reaches_over_the_edge_is_cut_there()
    {
        var row = new StateRow("Dairy 1", [new("running", Noon.AddHours(-1), Noon.AddHours(1), Tone.Accent)]);
        var timeline = Render<StateTimeline>(p =>
            p.Add(t => t.Rows, [row])
                .Add(t => t.From, Noon)
                .Add(t => t.To, Noon.AddHours(4))
                .Add(t => t.Label, "Compressor")
        );

        Assert.Equal("inset-inline-start:0%;width:25%", timeline.Find("li").GetAttribute("style"));
        Assert.StartsWith("running, 1 Jul 11:00", timeline.Find("li").TextContent, StringComparison.Ordinal);
    }
}
