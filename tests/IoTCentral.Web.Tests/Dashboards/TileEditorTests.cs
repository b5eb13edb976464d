using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Dashboards;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Web.Features.Dashboards;
using IoTCentral.Web.Tests.Devices;
using IoTCentral.Web.Tests.Devices.Commands;
using IoTCentral.Web.Ui.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace IoTCentral.Web.Tests.Dashboards;

public sealed class TileEditorTests : BoardContext
{
    private Task<Tile?> _answer = Task.FromResult<Tile?>(null);

    /// <summary>The dialog where it really appears: under the frame that hands the caller down, far from the page.</summary>
    private async Task<IRenderedComponent<MudDialogProvider>> OpenAsync(Tile tile)
    {
        Interactive();
        Render<MudPopoverProvider>(p => p.AddCascadingValue(FreshMarket));
        var dialogs = Render<MudDialogProvider>(p =>
            p.AddCascadingValue(CallerWith(Role.Administrator)).AddCascadingValue(FreshMarket)
        );
        var service = Services.GetRequiredService<IDialogService>();
        await dialogs.InvokeAsync(() =>
        {
            _answer = TileEditor.EditAsync(service, "Tile", tile);
        });
        await dialogs.WaitForStateAsync(() => dialogs.FindAll("#tile-template").Count == 1);
        return dialogs;
    }

    private static IEnumerable<string> Options(IRenderedComponent<MudDialogProvider> dialogs, string select) =>
        dialogs.Find(select).Children.Select(o => o.TextContent.Trim());

    private static void Press(IRenderedComponent<MudDialogProvider> dialogs, string words) =>
        dialogs.FindAll("button").Single(b => b.TextContent.Trim() == words).Click();

    [Fact]
    public async Task A_new_tile_is_made_from_a_template_and_one_of_its_signals()
    {
        var dialogs = await OpenAsync(TileEditor.NewTile());

        Assert.Equal(["Choose a device template", "Fridge"], Options(dialogs, "#tile-template"));
        await dialogs.Find("#tile-template").ChangeAsync(Fridge.TemplateId);
        Assert.Contains("temperature (°C)", Options(dialogs, "#tile-signal"));
        await dialogs.Find("#tile-signal").ChangeAsync("temperature");
        Press(dialogs, "Apply");

        var tile = (await _answer)!;
        Assert.Equal(("temperature · Fridge", "temperature"), (tile.Title, tile.Series.Single().Name));
    }

    [Fact]
    public async Task A_tile_opens_with_the_moment_and_the_side_of_the_limit_it_has()
    {
        var dialogs = await OpenAsync(Tile(TileKind.Kpi) with { IsOfNow = true, IsLimitBelow = true });

        Assert.Equal("true", dialogs.Find("#tile-moment").GetAttribute("value"));
        Assert.Equal("true", dialogs.Find("[aria-label='Side of the limit']").GetAttribute("value"));
    }

    [Fact]
    public async Task Of_an_enumeration_the_time_in_one_of_its_states_is_drawn()
    {
        var dialogs = await OpenAsync(Tile(TileKind.Line));

        await dialogs.Find("#tile-signal").ChangeAsync("mode");
        Assert.Equal(["Time in state"], Options(dialogs, "#tile-signal-aggregate"));
        Press(dialogs, "Apply");
        Assert.Contains("Say which state", dialogs.Markup, StringComparison.Ordinal);
        var states = dialogs.Find("[aria-label='State']");
        await states.ChangeAsync(states.Children[1].GetAttribute("value")!);
        Press(dialogs, "Apply");

        var series = (await _answer)!.Series.Single();
        Assert.Equal(("mode", Aggregate.TimeInState), (series.Name, series.Aggregate));
        Assert.False(string.IsNullOrEmpty(series.State));
    }

    [Fact]
    public async Task A_state_tile_has_no_aggregate_after_a_chart_had_one()
    {
        var dialogs = await OpenAsync(Tile(TileKind.Line));
        await dialogs.Find("#tile-signal").ChangeAsync("mode");

        await dialogs.Find("#tile-kind").ChangeAsync(nameof(TileKind.State));
        Press(dialogs, "Apply");

        Assert.Equal(Aggregate.Average, (await _answer)!.Series.Single().Aggregate);
    }

    [Fact]
    public async Task Devices_share_a_line_by_a_property_that_is_named()
    {
        var dialogs = await OpenAsync(Tile(TileKind.Line, "temperature"));
        Assert.Equal(
            ["each device", "all devices together", "each organization", "each value of a property"],
            Options(dialogs, "#tile-grouping")
        );

        await dialogs.Find("#tile-grouping").ChangeAsync(nameof(TileGrouping.Property));
        Press(dialogs, "Apply");
        Assert.Contains("Choose the property", dialogs.Markup, StringComparison.Ordinal);
        await dialogs.FindAll("[aria-label='Property']")[^1].ChangeAsync("store");
        Press(dialogs, "Apply");

        var tile = (await _answer)!;
        Assert.Equal((TileGrouping.Property, "store"), (tile.Grouping, tile.GroupProperty));
    }

    [Fact]
    public async Task Each_kind_offers_the_signals_it_can_show()
    {
        var dialogs = await OpenAsync(Tile(TileKind.Line));
        Assert.DoesNotContain("place", Options(dialogs, "#tile-signal"));

        await dialogs.Find("#tile-kind").ChangeAsync(nameof(TileKind.State));
        Assert.Equal(["Choose what to show", "mode", "door"], Options(dialogs, "#tile-signal"));

        await dialogs.Find("#tile-kind").ChangeAsync(nameof(TileKind.Map));
        Assert.Equal(["Choose what to show", "place"], Options(dialogs, "#tile-signal"));
    }

    [Fact]
    public async Task A_button_takes_a_command_of_the_template()
    {
        Templates.All.Add(Oven.Template);
        var dialogs = await OpenAsync(TileEditor.NewTile());

        await dialogs.Find("#tile-kind").ChangeAsync(nameof(TileKind.Command));
        await dialogs.Find("#tile-template").ChangeAsync(Oven.Template.Id);
        Assert.Equal(
            ["Choose a command", "restart", "setPoint", "start", "wake"],
            Options(dialogs, "#tile-signal").Select(o => o.Split(" (")[0])
        );
        await dialogs.Find("#tile-signal").ChangeAsync("restart");
        Press(dialogs, "Apply");

        var tile = (await _answer)!;
        Assert.Equal((TileKind.Command, "restart"), (tile.Kind, tile.Series.Single().Name));
    }

    [Fact]
    public async Task A_chart_takes_several_signals_each_on_its_axis()
    {
        var dialogs = await OpenAsync(Tile(TileKind.Line, "temperature"));

        Press(dialogs, "Add a signal");
        await dialogs.Find("#tile-signal-2").ChangeAsync("door");
        await dialogs.Find("[aria-label='Axis of signal 2']").ChangeAsync("right");
        await dialogs.Find("[aria-label='Aggregate of signal 2']").ChangeAsync(nameof(Aggregate.Maximum));
        Press(dialogs, "Apply");

        Assert.Equal(
            [("temperature", false, Aggregate.Average), ("door", true, Aggregate.Maximum)],
            (await _answer)!.Series.Select(s => (s.Name, s.IsOnRightAxis, s.Aggregate))
        );
    }

    [Fact]
    public async Task A_signal_can_be_taken_away_again()
    {
        var dialogs = await OpenAsync(Tile(TileKind.Line, "temperature", "door"));

        await dialogs.Find("[aria-label='Remove signal 1']").ClickAsync();
        Press(dialogs, "Apply");

        Assert.Equal(["door"], (await _answer)!.Series.Select(s => s.Name));
    }

    [Fact]
    public async Task The_same_signal_twice_is_told_beside_its_field()
    {
        var dialogs = await OpenAsync(Tile(TileKind.Line, "temperature", "temperature"));

        Press(dialogs, "Apply");

        Assert.Contains("twice", dialogs.Find("#tile-signal-error").TextContent, StringComparison.Ordinal);
        Assert.False(_answer.IsCompleted);
    }

    [Fact]
    public async Task Nine_signals_are_not_offered()
    {
        var dialogs = await OpenAsync(Tile(TileKind.Line, [.. Enumerable.Range(1, 8).Select(i => $"s{i}")]));

        Assert.DoesNotContain(dialogs.FindAll("button"), b => b.TextContent.Trim() == "Add a signal");
    }

    [Fact]
    public async Task Without_a_signal_it_says_what_is_missing_and_stays_open()
    {
        var dialogs = await OpenAsync(Tile(TileKind.Kpi));

        Press(dialogs, "Apply");

        Assert.Contains(
            "Choose what to show",
            dialogs.Find("#tile-signal-error").TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_preview_is_the_tile_itself()
    {
        AddFridge("fridge-1");
        var dialogs = await OpenAsync(Tile(TileKind.LastValue));
        Assert.DoesNotContain("fridge-1", dialogs.Markup, StringComparison.Ordinal);

        await dialogs.Find("#tile-signal").ChangeAsync("temperature");

        await dialogs.WaitForAssertionAsync(() =>
            Assert.Contains("fridge-1", dialogs.Markup, StringComparison.Ordinal)
        );
    }
}
