using Bunit;
using IoTCentral.Web.Ui.Grid;

namespace IoTCentral.Web.Tests.Ui;

public sealed class DashboardGridTests : UiContext
{
    private readonly BunitJSModuleInterop _grid;

    public DashboardGridTests()
    {
        _grid = JSInterop.SetupModule("./dist/grid.js");
        _grid.Mode = JSRuntimeMode.Loose;
    }

    private static readonly GridTile[] Tiles =
    [
        new("alerts", 8, 2, 4, 5),
        new("chart", 0, 2, 8, 5),
        new("coldest", 0, 0, 3, 2),
    ];

    private IRenderedComponent<DashboardGrid> Grid(bool isEditing, Action<IReadOnlyList<GridTile>>? changed = null) =>
        Render<DashboardGrid>(p =>
            p.Add(g => g.Tiles, Tiles)
                .Add(g => g.IsEditing, isEditing)
                .Add(g => g.TilesChanged, changed ?? (_ => { }))
                .Add(g => g.ChildContent, t => $"<p>{t.Id}</p>")
                .Add(g => g.Actions, t => $"<button>Remove {t.Id}</button>")
        );

    [Fact]
    public void Tiles_stand_in_reading_order_which_is_the_order_on_a_phone()
    {
        var shown = Grid(isEditing: false).FindAll("p").Select(p => p.TextContent);

        Assert.Equal(["coldest", "chart", "alerts"], shown);
    }

    [Fact]
    public void Looking_at_a_dashboard_fetches_no_editor()
    {
        var grid = Grid(isEditing: false);

        Assert.Empty(_grid.Invocations);
        Assert.Empty(grid.FindAll("button"));
        Assert.Contains("{--x:1;--y:3;--w:8;--h:5}", grid.Find("style").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_move_in_the_browser_comes_back_as_new_places()
    {
        IReadOnlyList<GridTile> placed = [];
        var grid = Grid(isEditing: true, t => placed = t);
        var number = int.Parse(grid.Find("[gs-w='8']").GetAttribute("data-n")!, null);

        await grid.InvokeAsync(() => grid.Instance.Placed([new(number, 4, 0, 8, 6)]));

        Assert.Equal(new GridTile("chart", 4, 0, 8, 6), placed.Single(t => t.Id == "chart"));
        Assert.Equal(Tiles[0], placed.Single(t => t.Id == "alerts"));
    }

    [Fact]
    public void While_editing_elements_keep_their_order_and_new_ones_come_last()
    {
        var grid = Grid(isEditing: true);

        grid.Render(p =>
            p.Add(g => g.Tiles, [.. Tiles.Select(t => t with { Y = 9 - t.Y }), new GridTile("new", 0, 0, 3, 2)])
        );

        Assert.Equal(["coldest", "chart", "alerts", "new"], grid.FindAll("p").Select(p => p.TextContent));
        Assert.NotEmpty(_grid.Invocations["sync"]);
    }

    [Fact]
    public void A_new_tile_goes_below_everything() =>
        Assert.Equal(new GridTile("new", 0, 7, 3, 2), GridTile.Below(Tiles, "new", 3, 2));
}
