using System.Text;
using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Commands;
using IoTCentral.Core.Dashboards;
using IoTCentral.Core.Devices;
using IoTCentral.Web.Features.Dashboards;
using IoTCentral.Web.Tests.Devices.Commands;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Dashboards;

/// <summary>A tile that runs a command.</summary>
public sealed class CommandTileTests : BoardContext
{
    public CommandTileTests() => Templates.All.Add(Oven.Template);

    private static Tile Button(string command) =>
        Tile(TileKind.Command, command) with
        {
            Source = new() { TemplateId = Oven.Template.Id },
        };

    private Device AddOven(string id) => Devices.Add(id, change: d => d with { TemplateId = Oven.Template.Id });

    private static string ButtonOf(IRenderedComponent<TileView> tile) => tile.Find(".tile-act button").TextContent;

    [Fact]
    public async Task It_opens_the_form_and_shows_what_the_run_has_come_to()
    {
        AddOven("oven-1");
        Link.Answer = new(MethodOutcome.Answered, 200, Encoding.UTF8.GetBytes("1"));
        var dialogs = Dialogs();
        var tile = Show(Button("setPoint"), Board());
        Assert.Contains("not run yet", tile.Markup, StringComparison.Ordinal);

        await tile.Find("button").ClickAsync(new());
        await dialogs.Find("#cmd--setPoint-target").InputAsync("220");
        await dialogs.Find("form[aria-label='setPoint']").SubmitAsync();

        Assert.Equal("220", Encoding.UTF8.GetString(Link.Called!.Payload.Span));
        Assert.Contains("Baking", dialogs.Markup, StringComparison.Ordinal);
        Assert.Contains("done (200)", tile.Find("[role=status]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_run_of_another_person_is_shown_and_leads_to_the_history()
    {
        var oven = AddOven("oven-1");
        Commands.All.Add(
            new()
            {
                Id = Guid.CreateVersion7(),
                DeviceKey = oven.Key,
                Component = "",
                Name = "restart",
                State = CommandState.Failed,
                Failure = "command.not-connected",
                CalledAt = Clock.GetUtcNow(),
                CalledBy = "Bob",
            }
        );

        var tile = Show(Button("restart"), Board());

        Assert.Contains("not reached", tile.Find("[role=status]").TextContent, StringComparison.Ordinal);
        Assert.EndsWith("devices/oven-1?tab=commands", tile.Find("[role=status] a").GetAttribute("href")!);
    }

    [Fact]
    public async Task A_run_from_elsewhere_is_shown_at_once()
    {
        AddOven("oven-1");
        Link.Answer = new(MethodOutcome.Answered, 200, default);
        var tile = Show(Button("restart"), Board());
        Assert.Contains("not run yet", tile.Markup, StringComparison.Ordinal);

        var desk = Services.GetRequiredService<CommandDesk>();
        await desk.RunAsync(
            CallerWith(Role.Operator),
            "oven-1",
            new(new("", "restart")),
            Xunit.TestContext.Current.CancellationToken
        );

        await tile.WaitForAssertionAsync(() =>
            Assert.Contains("done (200)", tile.Find("[role=status]").TextContent, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Of_several_devices_one_is_chosen_in_the_dialog()
    {
        AddOven("oven-1");
        AddOven("oven-2");
        var dialogs = Dialogs();
        var tile = Show(Button("restart"), Board());

        await tile.Find("button").ClickAsync(new());
        Assert.Empty(dialogs.FindAll("form"));
        await dialogs.Find("#run-device").ChangeAsync("oven-2");
        await dialogs.Find("form[aria-label='restart']").SubmitAsync();

        Assert.Equal(2, Commands.All.Single().DeviceKey);
        Assert.Contains("oven-2", tile.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_may_not_runCommands_is_told_why_the_button_is_off()
    {
        AddOven("oven-1");
        var rights = Role.Operator.Permissions.Without(Permission.ExecuteCommands);
        var onlooker = Role.Operator with { Permissions = rights };

        var tile = Show(Button("restart"), Board(), role: onlooker);

        Assert.True(tile.Find("button").HasAttribute("disabled"));
        Assert.Contains("role does not include", tile.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_preview_runs_nothing()
    {
        AddOven("oven-1");

        var tile = Show(Button("restart"));

        Assert.Equal("restart…", ButtonOf(tile));
        Assert.True(tile.Find("button").HasAttribute("disabled"));
    }

    [Fact]
    public void A_command_that_has_left_the_template_is_said_to()
    {
        AddOven("oven-1");

        var tile = Show(Button("selfClean"), Board());

        Assert.Contains("no such command", tile.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Storage_away_is_said()
    {
        AddOven("oven-1");
        Devices.IsAway = true;

        var tile = Show(Button("restart"), Board());

        Assert.Contains("could not be loaded", tile.Markup, StringComparison.Ordinal);
    }
}
