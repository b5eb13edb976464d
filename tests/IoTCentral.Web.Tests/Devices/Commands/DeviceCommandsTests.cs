using System.Text;
using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Commands;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Twins;
using IoTCentral.Web.Features.Devices.Commands;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Devices.Commands;

public sealed class DeviceCommandsTests : DeviceContext
{
    private readonly MemoryCommands _commands = new();
    private readonly MemoryQueue _queue = new();
    private readonly AnsweringLink _link = new();
    private readonly Device _device;

    public DeviceCommandsTests()
    {
        Services.AddSingleton<ICommandStore>(_commands);
        Services.AddSingleton<ICloudMessageStore>(_queue);
        Services.AddSingleton<ITwinStore>(new MemoryTwins());
        Services.AddSingleton<IDeviceLink>(_link);
        Services.AddSingleton<TwinRegistry>();
        Services.AddSingleton<CloudMessages>();
        Services.AddSingleton<CommandDesk>();
        Templates.All.Add(Oven.Template);
        _device = Devices.Add("oven-1", "Oven 1", d => d with { TemplateId = Oven.Template.Id });
    }

    private IRenderedComponent<DeviceCommands> Tab(Role? role = null, bool hasTemplate = true)
    {
        if (!hasTemplate)
            Devices.All[0] = _device with { TemplateId = null };
        return Render<DeviceCommands>(p =>
            p.Add(c => c.Caller, CallerWith(role ?? Role.Operator))
                .Add(c => c.Device, Devices.All[0])
                .Add(c => c.Template, hasTemplate ? Oven.Template : null)
        );
    }

    private static Task RunAsync(IRenderedComponent<DeviceCommands> tab, string command) =>
        tab.Find($"form[aria-label='{command}']").SubmitAsync();

    private static string History(IRenderedComponent<DeviceCommands> tab) =>
        tab.Find("table[aria-label='Command history']").TextContent;

    [Fact]
    public async Task A_command_is_run_and_its_answer_shown_and_kept()
    {
        _link.Answer = new(MethodOutcome.Answered, 200, Encoding.UTF8.GetBytes("1"));
        var tab = Tab();
        Assert.Contains("No command was run yet", tab.Markup, StringComparison.Ordinal);

        await tab.Find("#cmd--setPoint-target").InputAsync("220");
        await RunAsync(tab, "setPoint");

        Assert.Equal(("setPoint", "220"), (_link.Called!.Name, Encoding.UTF8.GetString(_link.Called.Payload.Span)));
        var answer = tab.Find("form[aria-label='setPoint'] [role=status]").TextContent;
        Assert.Contains("done (200)", answer, StringComparison.Ordinal);
        Assert.Contains("Baking", answer, StringComparison.Ordinal);
        Assert.Contains("220.0\u00a0°C", History(tab), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_without_a_request_is_called_with_one_that_is_JSON_all_the_same()
    {
        await RunAsync(Tab(), "restart");

        Assert.Equal("null", Encoding.UTF8.GetString(_link.Called!.Payload.Span));
    }

    [Fact]
    public async Task Why_a_device_was_not_reached_stands_beside_the_command()
    {
        _link.Answer = MethodAnswer.Without(MethodOutcome.NotConnected);
        var tab = Tab();

        await RunAsync(tab, "restart");

        Assert.Contains("not connected", tab.Find("form[aria-label='restart'] [role=alert]").TextContent);
        Assert.Contains("not reached", History(tab), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_does_not_fit_is_not_sent()
    {
        var tab = Tab();

        await tab.Find("#cmd--setPoint-target").InputAsync("500");
        await RunAsync(tab, "setPoint");

        Assert.Contains("at most 280", tab.Find("form[aria-label='setPoint'] [role=alert]").TextContent);
        Assert.Null(_link.Called);
        Assert.Empty(_commands.All);
    }

    [Fact]
    public async Task A_command_that_waits_for_its_device_says_so()
    {
        var tab = Tab();

        await RunAsync(tab, "wake");

        Assert.Contains("Queued.", tab.Find("form[aria-label='wake'] [role=status]").TextContent);
        Assert.Contains("queued", History(tab), StringComparison.Ordinal);
        Assert.Contains("Command wake", tab.Find("table[aria-label='Messages to the device']").TextContent);
    }

    [Fact]
    public async Task The_button_is_busy_until_the_device_has_answered()
    {
        var answer = new TaskCompletionSource<MethodAnswer>();
        _link.Pending = answer.Task;
        var tab = Tab();

        var run = RunAsync(tab, "restart");
        var button = tab.Find("button[aria-label='Run restart']");
        Assert.True(button.HasAttribute("disabled"));
        answer.SetResult(new(MethodOutcome.Answered, 202, default));
        await run;

        await tab.WaitForAssertionAsync(() =>
            Assert.False(tab.Find("button[aria-label='Run restart']").HasAttribute("disabled"))
        );
        Assert.Contains("accepted, still at it (202)", tab.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_moment_among_the_values_has_its_year_and_its_zone()
    {
        var words = Render<PayloadWords>(p =>
            p.Add(w => w.Payload, Oven.Start.Request).Add(w => w.Json, """{"begin":"1970-01-01T00:00:00Z"}""")
        );

        Assert.Equal("zoned", words.Find("iot-time").GetAttribute("format"));
    }

    [Fact]
    public async Task A_device_without_a_template_takes_any_command()
    {
        _link.Answer = new(MethodOutcome.Answered, 404, default);
        var tab = Tab(hasTemplate: false);

        await tab.Find("#cmd-name").InputAsync("pump*stop");
        await tab.Find("#cmd-request").InputAsync("""{"now":true}""");
        await tab.Find("form").SubmitAsync();

        Assert.Equal("pump*stop", _link.Called!.Name);
        Assert.Contains("refused (404)", History(tab), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_is_no_JSON_is_told_beside_its_field()
    {
        var tab = Tab(hasTemplate: false);

        await tab.Find("#cmd-name").InputAsync("stop");
        await tab.Find("#cmd-request").InputAsync("now!");
        await tab.Find("form").SubmitAsync();

        Assert.Contains("not valid JSON", tab.Find("#cmd-request-error").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_may_not_run_commands_sees_their_history_only()
    {
        var tab = Tab(Viewer);

        Assert.Empty(tab.FindAll("form"));
        Assert.DoesNotContain("Send a message", tab.Markup, StringComparison.Ordinal);
        Assert.Contains("No command was run yet", tab.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_is_sent_with_its_properties_and_taken_back()
    {
        var dialogs = Dialogs();
        var tab = Tab();
        var sending = Button(tab, "Send a message…").ClickAsync(new()); // ends with the dialog
        await dialogs.WaitForStateAsync(() => dialogs.FindAll("#send-body").Count == 1);

        await dialogs.Find("#send-body").InputAsync("hello");
        await dialogs.Find("#send-ttl").ChangeAsync("1440");
        await Button(dialogs, "Add property").ClickAsync(new());
        await dialogs.Find("input[aria-label='Name of property 1']").ChangeAsync("priority");
        await dialogs.Find("input[aria-label='Value of property 1']").ChangeAsync("high");
        await dialogs.Find("form").SubmitAsync();
        await sending;

        var message = Assert.Single(_queue.All);
        Assert.Equal("hello", Encoding.UTF8.GetString(message.Body.Span));
        Assert.Equal(("high", TimeSpan.FromDays(1)), (message.Properties["priority"], message.TimeToLive));
        await tab.WaitForAssertionAsync(() => Assert.Contains("priority=high", tab.Markup, StringComparison.Ordinal));

        var purging = Button(tab, "Take back all that wait").ClickAsync(new());
        await dialogs.WaitForAssertionAsync(() => Button(dialogs, "Take back"));
        await Button(dialogs, "Take back").ClickAsync(new());
        await purging;

        await tab.WaitForAssertionAsync(() => Assert.Contains("taken back", tab.Markup, StringComparison.Ordinal));
    }

    private static Role Viewer { get; } =
        new("viewer", "Viewer", PermissionSet.Of(Permission.ViewApplication, Permission.ViewDevices));

    private static AngleSharp.Dom.IElement Button<T>(IRenderedComponent<T> of, string words)
        where T : Microsoft.AspNetCore.Components.IComponent =>
        of.FindAll("button").Single(b => b.TextContent.Trim() == words);
}
