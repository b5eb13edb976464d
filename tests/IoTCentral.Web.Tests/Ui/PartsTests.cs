using Bunit;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Forms;
using IoTCentral.Web.Ui.Tables;
using IoTCentral.Web.Ui.Times;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace IoTCentral.Web.Tests.Ui;

public sealed class PartsTests : UiContext
{
    private sealed record Fridge(string Name, double Now);

    private static readonly RenderFragment Columns = b =>
    {
        b.OpenComponent<TableColumn<Fridge>>(0);
        b.AddComponentParameter(1, "Title", "Device");
        b.AddComponentParameter(2, "SortKey", "name");
        b.AddComponentParameter(3, "Href", (Func<Fridge, string?>)(f => $"devices/{f.Name}"));
        b.AddComponentParameter(4, "ChildContent", (RenderFragment<Fridge>)(f => c => c.AddContent(0, f.Name)));
        b.CloseComponent();
    };

    private IRenderedComponent<DataTable<Fridge>> Table(IReadOnlyList<Fridge>? items, Action<Sort>? onSort = null) =>
        Render<DataTable<Fridge>>(p =>
            p.Add(t => t.Items, items)
                .Add(t => t.Key, f => f.Name)
                .Add(t => t.Empty, "<p>No devices yet</p>")
                .Add(t => t.Sort, new Sort("name"))
                .Add(t => t.SortChanged, onSort ?? (_ => { }))
                .Add(t => t.ChildContent, Columns)
        );

    [Fact]
    public void A_table_shows_its_rows_with_links()
    {
        var table = Table([new("Dairy 1", 8.7), new("Dairy 2", 4.1)]);

        Assert.Equal(["Dairy 1", "Dairy 2"], table.FindAll("td").Select(c => c.TextContent.Trim()));
        Assert.Equal("devices/Dairy 1", table.Find("td a").GetAttribute("href"));
    }

    [Fact]
    public void A_table_without_rows_says_what_to_do() =>
        Assert.Equal("No devices yet", Table([]).Find("p").TextContent);

    [Fact]
    public void A_table_that_still_loads_is_a_skeleton() =>
        Assert.Equal("Loading…", Table(null).Find("[role=status]").TextContent.Trim());

    [Fact]
    public void Sorting_by_the_same_column_again_turns_the_order()
    {
        Sort? asked = null;
        var table = Table([new("Dairy 1", 8.7)], s => asked = s);

        table.Find("th button").Click();

        Assert.Equal(new Sort("name", IsDescending: true), asked);
        Assert.Equal("ascending", table.Find("th").GetAttribute("aria-sort"));
    }

    [Fact]
    public async Task A_dangerous_act_waits_for_the_name()
    {
        var dialogs = Render<MudDialogProvider>();
        var question = new Question("Delete Dairy 1?", "Its history goes.", "Delete device") { TypeName = "dairy-1" };
        var answer = ConfirmDialog.AskAsync(Services.GetRequiredService<IDialogService>(), question);

        IRenderedComponent<MudButton> Act() =>
            dialogs
                .FindComponents<MudButton>()
                .Single(b => b.Markup.Contains("Delete device", StringComparison.Ordinal));
        await dialogs.WaitForStateAsync(() => dialogs.FindAll("input").Count == 1);
        Assert.True(Act().Instance.Disabled);
        await dialogs.Find("input").InputAsync("dairy-1");
        await Act().Find("button").ClickAsync();

        Assert.True(await answer);
    }

    [Fact]
    public void Code_changes_with_its_tab()
    {
        var block = Render<CodeBlock>(p => p.Add(c => c.Samples, [new("Node", "npm i"), new("Python", "pip install")]));

        block.FindAll("[role=tab]").Single(t => t.TextContent.Trim() == "Python").Click();

        Assert.Equal("pip install", block.Find("code").TextContent);
    }

    [Fact]
    public void A_state_is_more_than_a_colour()
    {
        var fine = Render<StateChip>(p => p.Add(c => c.Tone, Tone.Good).Add(c => c.Text, "fine"));
        var warm = Render<StateChip>(p => p.Add(c => c.Tone, Tone.Critical).Add(c => c.Text, "over limit"));

        Assert.Equal("over limit", warm.Find("span span").TextContent);
        Assert.NotEqual(fine.Find("svg").InnerHtml, warm.Find("svg").InnerHtml);
    }

    [Fact]
    public void An_age_carries_its_time_for_readers_without_script()
    {
        var age = Render<Age>(p => p.Add(a => a.At, new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.FromHours(2))));

        Assert.Equal("2026-07-01 10:00:00Z", age.Find("iot-age").TextContent);
    }

    [Fact]
    public void A_field_shows_its_error_in_place_of_its_help()
    {
        var field = Render<Field>(p =>
            p.Add(f => f.Label, "Name")
                .Add(f => f.For, "name")
                .Add(f => f.Help, "As people call it")
                .Add(f => f.Error, "A name is needed.")
        );

        Assert.Equal("A name is needed.", field.Find("[role=alert]").TextContent);
        Assert.DoesNotContain("As people call it", field.Markup, StringComparison.Ordinal);
    }
}
