using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Features.Alerts;
using IoTCentral.Web.Tests.Ui;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace IoTCentral.Web.Tests.Alerts;

public sealed class AlertTableTests : UiContext
{
    public AlertTableTests() => Services.AddAlertPages().AddAlerts(Alerts);

    internal MemoryAlerts Alerts { get; } = new();

    private (IRenderedComponent<AlertTable> Table, IRenderedComponent<MudDialogProvider> Dialogs) Open(
        Role? role = null,
        AlertFilter? filter = null
    )
    {
        Render<MudPopoverProvider>();
        var dialogs = Render<MudDialogProvider>();
        var table = Render<AlertTable>(p =>
            p.Add(t => t.Caller, CallerWith(role ?? Role.Operator))
                .Add(t => t.Application, App())
                .Add(t => t.Filter, filter ?? new AlertFilter { OnlyUnresolved = true })
        );
        return (table, dialogs);
    }

    // not awaited: what it opens is answered later
    private static void Press(AngleSharp.Dom.IElement element) => element.Click();

    private void Tell(ChangeKind kind, int tenant = 1, long? device = null) =>
        Services.GetRequiredService<ChangeFeed>().Publish(new(new(tenant), kind, device));

    [Fact]
    public async Task An_alert_is_acknowledged_with_what_is_done_about_it()
    {
        var alert = Alerts.Add("Fridge too warm");
        var (table, dialogs) = Open();

        Press(table.Find("[aria-label='Acknowledge Fridge too warm']"));
        await dialogs.WaitForStateAsync(() => dialogs.FindAll("#note").Count == 1);
        await dialogs.Find("#note").InputAsync("Goods moved");
        Press(dialogs.FindAll("button").Single(b => b.TextContent.Trim() == "Acknowledge"));

        await table.WaitForAssertionAsync(() =>
            Assert.Contains("acknowledged", table.Markup, StringComparison.Ordinal)
        );
        var act = Assert.Single(Alerts.Acts);
        Assert.Equal((alert.Id, "Goods moved", "M. Keller"), (act.AlertId, act.Note, act.ActorName));
        Assert.Empty(table.FindAll("[aria-label='Acknowledge Fridge too warm']"));
    }

    [Fact]
    public async Task Changing_ones_mind_acknowledges_nothing()
    {
        Alerts.Add("Fridge too warm");
        var (table, dialogs) = Open();

        Press(table.Find("[aria-label='Acknowledge Fridge too warm']"));
        await dialogs.WaitForStateAsync(() => dialogs.FindAll("#note").Count == 1);
        Press(dialogs.FindAll("button").Single(b => b.TextContent.Trim() == "Cancel"));

        await dialogs.WaitForAssertionAsync(() => Assert.Empty(dialogs.FindAll("#note")));
        Assert.Empty(Alerts.Acts);
    }

    [Fact]
    public void Whoever_may_only_look_gets_no_button()
    {
        Alerts.Add("Fridge too warm");
        var looker = Role.Operator with { Permissions = Role.Operator.Permissions.Without(Permission.HandleAlerts) };

        var (table, _) = Open(looker);

        Assert.Contains("Fridge too warm", table.Markup, StringComparison.Ordinal);
        Assert.Empty(table.FindAll("button"));
    }

    [Fact]
    public void An_alert_that_opens_now_appears_by_itself()
    {
        var (table, _) = Open();
        Assert.Contains("No open alerts", table.Markup, StringComparison.Ordinal);

        Alerts.Add("Fridge too warm");
        Tell(ChangeKind.Alert);

        table.WaitForAssertion(() => Assert.Contains("Fridge too warm", table.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public void News_of_others_do_not_ask_again()
    {
        var (table, _) = Open(filter: new AlertFilter { DeviceKey = 7 });
        Alerts.Add("Fridge too warm");

        Tell(ChangeKind.Alert, tenant: 2, device: 7);
        Tell(ChangeKind.Alert, device: 8);
        Tell(ChangeKind.Rule, device: 7);

        Assert.DoesNotContain("Fridge too warm", table.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_seen_stands_beside_the_limit_in_their_unit()
    {
        var fact = new AlertFact
        {
            Label = "Temperature",
            Unit = "°C",
            IsTrue = true,
            Worst = 8.7,
            Limit = RuleValue.Of(7),
        };
        Alerts.Add("Fridge too warm", change: a => a with { Facts = new AlertFacts { Conditions = [fact] } });

        var (table, _) = Open();

        Assert.Contains("Temperature 8.7\u00a0°C, limit 7\u00a0°C", table.Markup, StringComparison.Ordinal);
    }
}
