using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Dashboards;
using IoTCentral.Web.Features.Dashboards;
using IoTCentral.Web.Tests.Devices;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace IoTCentral.Web.Tests.Dashboards;

public sealed class DashboardPageTests : BoardContext
{
    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    private static Dashboard Stores(params Tile[] tiles) =>
        new()
        {
            Id = "stores",
            Name = "Store overview",
            IsHome = true,
            ScopeProperty = "store",
            Tiles = tiles,
        };

    private (
        IRenderedComponent<DashboardPage> Page,
        IRenderedComponent<MudPopoverProvider> Menus,
        IRenderedComponent<MudDialogProvider> Dialogs
    ) Open(string query = "", Role? role = null)
    {
        Interactive();
        var caller = CallerWith(role ?? Role.Administrator);
        var menus = Render<MudPopoverProvider>();
        var dialogs = Render<MudDialogProvider>(p => p.AddCascadingValue(caller).AddCascadingValue(FreshMarket));
        Navigation.NavigateTo($"/apps/fresh-market/dashboards{query}");
        var page = Render<DashboardPage>(p => p.AddCascadingValue(caller).AddCascadingValue(FreshMarket));
        return (page, menus, dialogs);
    }

    private static void Press<T>(IRenderedComponent<T> on, string words)
        where T : IComponent => on.FindAll("button").Single(b => b.TextContent.Trim() == words).Click();

    private static bool Has(IRenderedComponent<DashboardPage> page, string words) =>
        page.FindAll("button").Any(b => b.TextContent.Trim() == words);

    private void TwoStores()
    {
        foreach (var (id, store) in new[] { ("fridge-a", "Leeds"), ("fridge-b", "York") })
        {
            Properties.All[("store", AddFridge(id))] = store;
            Devices.Properties[id] = new() { ["store"] = store };
        }
    }

    [Fact]
    public async Task The_first_dashboard_is_made_from_an_empty_page()
    {
        var (page, _, dialogs) = Open();

        Press(page, "New dashboard");
        await dialogs.WaitForStateAsync(() => dialogs.FindAll("#dashboard-name").Count == 1);
        await dialogs.Find("#dashboard-name").InputAsync("Cold room");
        Press(dialogs, "Save");

        await page.WaitForAssertionAsync(() => Assert.Equal("Cold room", Boards.All.Single().Name));
        Assert.True(Boards.All[0].IsHome);
        Assert.EndsWith($"dashboards/{Boards.All[0].Id}", Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_may_only_look_gets_neither_edit_nor_new()
    {
        Boards.All.Add(Stores());
        var looker = Role.Operator with
        {
            Permissions = PermissionSet.Of(Permission.ViewDashboards, Permission.ViewDevices),
        };

        var (page, _, _) = Open(role: looker);

        Assert.Contains("Store overview", page.Markup, StringComparison.Ordinal);
        Assert.False(Has(page, "Edit") || Has(page, "Add tile"));
    }

    [Fact]
    public void A_scope_that_is_chosen_stands_in_the_address_and_narrows_the_tiles()
    {
        TwoStores();
        Boards.All.Add(Stores(Tile(TileKind.LastValue, "temperature")));
        var (page, menus, _) = Open();
        Assert.Contains("fridge-b", page.Markup, StringComparison.Ordinal);

        page.Find("[aria-label='Scope: All devices'], [aria-label*='All devices']").Click();
        menus.WaitForState(() => menus.Markup.Contains("Leeds", StringComparison.Ordinal));
        menus.FindAll(".mud-menu-item").Single(i => i.TextContent.Trim() == "Leeds").Click();

        page.WaitForAssertion(() =>
            Assert.EndsWith("dashboards?scope=Leeds", Navigation.Uri, StringComparison.Ordinal)
        );
        page.WaitForAssertion(() => Assert.DoesNotContain("fridge-b", page.Markup, StringComparison.Ordinal));
        Assert.Contains("fridge-a", page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?scope=York", "fridge-b", "fridge-a")]
    [InlineData("?device=fridge-a", "fridge-a", "fridge-b")]
    public void A_link_with_a_scope_shows_the_same_to_everybody(string query, string shown, string hidden)
    {
        TwoStores();
        Boards.All.Add(Stores(Tile(TileKind.LastValue, "temperature")));

        var (page, _, _) = Open(query);

        Assert.Contains(shown, page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(hidden, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Tiles_that_are_duplicated_and_removed_are_only_so_once_saved()
    {
        Boards.All.Add(Stores(Tile(TileKind.Kpi, "temperature"), Tile(TileKind.Line, "temperature")));
        var (page, _, _) = Open();

        Press(page, "Edit");
        page.Find("[aria-label*='uplicate'][aria-label*='A Line']").Click();
        page.Find("[aria-label*='emove'][aria-label*='A Kpi']").Click();
        Assert.Equal([TileKind.Kpi, TileKind.Line], Boards.All[0].Tiles.Select(t => t.Kind));
        Press(page, "Save");

        page.WaitForState(() => Has(page, "Edit"));
        Assert.Equal([TileKind.Line, TileKind.Line], Boards.All[0].Tiles.Select(t => t.Kind));
        Assert.Equal(2, Boards.All[0].Tiles.Select(t => t.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_tile_is_added_by_its_editor_below_the_others()
    {
        Boards.All.Add(Stores(Tile(TileKind.Kpi, "temperature") with { Height = 2 }));
        var (page, _, dialogs) = Open();

        Press(page, "Edit");
        Press(page, "Add tile");
        await dialogs.WaitForStateAsync(() => dialogs.FindAll("#tile-template").Count == 1);
        await dialogs.Find("#tile-template").ChangeAsync(Fridge.TemplateId);
        await dialogs.Find("#tile-signal").ChangeAsync("temperature");
        Press(dialogs, "Apply");
        await page.WaitForStateAsync(() => page.Markup.Contains("temperature · Fridge", StringComparison.Ordinal));
        Press(page, "Save");

        await page.WaitForAssertionAsync(() => Assert.Equal(2, Boards.All[0].Tiles.Count));
        Assert.Equal((0, 2, 6, 4), Place(Boards.All[0].Tiles[1]));

        static (int, int, int, int) Place(Tile t) => (t.X, t.Y, t.Width, t.Height);
    }

    [Fact]
    public void What_somebody_else_saved_meanwhile_is_not_overwritten()
    {
        Boards.All.Add(Stores(Tile(TileKind.Kpi, "temperature")));
        var (page, _, _) = Open();

        Press(page, "Edit");
        page.Find("[aria-label*='uplicate']").Click();
        Boards.All[0] = Boards.All[0] with { Version = 9, Name = "Hers" };
        Press(page, "Save");

        Assert.Equal(("Hers", 1), (Boards.All[0].Name, Boards.All[0].Tiles.Count));
        Assert.True(Has(page, "Save"), "what was made is still there");
    }
}
