using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace IoTCentral.Web.Ui.Grid;

public sealed partial class DashboardGrid : IAsyncDisposable
{
    // as in grid.css
    private const int RowHeight = 64;
    private const int Gap = 12;

    private readonly string _id = $"grid-{Guid.CreateVersion7():n}";
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private List<string> _order = [];
    private ElementReference _host;
    private JsModule? _module;
    private DotNetObjectReference<DashboardGrid>? _self;
    private bool _isEditingShown;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Parameter, EditorRequired]
    public IReadOnlyList<GridTile> Tiles { get; set; } = [];

    /// <summary>What a tile shows; a <c>Card</c> with <c>Fill</c> takes its whole place.</summary>
    [Parameter, EditorRequired]
    public RenderFragment<GridTile> ChildContent { get; set; } = _ => _ => { };

    /// <summary>Buttons in the corner of each tile while editing: configure, duplicate, remove.</summary>
    [Parameter]
    public RenderFragment<GridTile>? Actions { get; set; }

    /// <summary>Tiles can be moved and resized; their content is covered.</summary>
    [Parameter]
    public bool IsEditing { get; set; }

    /// <summary>The tiles with their new places after each move; the page keeps them and hands them back.</summary>
    [Parameter]
    public EventCallback<IReadOnlyList<GridTile>> TilesChanged { get; set; }

    // Elements keep their order while they are dragged about; outside editing it is the reading order.
    private IEnumerable<(GridTile Tile, int N)> Shown
    {
        get
        {
            var tiles = Tiles.ToDictionary(t => t.Id, StringComparer.Ordinal);
            return _order.Where(tiles.ContainsKey).Select(id => (tiles[id], _numbers[id]));
        }
    }

    // The places are rules of a style element and not of the tiles: what an element carries itself belongs to the editor.
    private MarkupString Places
    {
        get
        {
            var css = new StringBuilder();
            foreach (var (tile, n) in Shown)
                css.Append(
                    CultureInfo.InvariantCulture,
                    $"#{_id}>[data-n='{n}']{{--x:{tile.X + 1};--y:{tile.Y + 1};--w:{tile.Width};--h:{tile.Height}}}"
                );
            return new MarkupString(css.ToString());
        }
    }

    protected override void OnParametersSet()
    {
        foreach (var tile in Tiles)
            _numbers.TryAdd(tile.Id, _numbers.Count + 1);
        var reading = GridTile.InOrder(Tiles).Select(t => t.Id).ToList();
        _order = IsEditing ? [.. _order, .. reading.Except(_order)] : reading;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (IsEditing == _isEditingShown)
        {
            if (IsEditing && _module is not null)
                await _module.CallAsync("sync", default, _host);
            return;
        }
        _isEditingShown = IsEditing;
        _module ??= new JsModule(Js, "grid");
        _self ??= DotNetObjectReference.Create(this);
        if (IsEditing)
            await _module.CallAsync("edit", default, _host, _self, new { row = RowHeight, gap = Gap });
        else
            await _module.CallAsync("finish", default, _host);
    }

    /// <summary>Called by the browser with the tiles that were moved or had to give way.</summary>
    [JSInvokable]
    public Task Placed(IReadOnlyList<Place> places)
    {
        var byNumber = places.ToDictionary(p => p.N);
        IReadOnlyList<GridTile> changed =
        [
            .. Tiles.Select(t =>
                byNumber.TryGetValue(_numbers[t.Id], out var p)
                    ? t with
                    {
                        X = p.X,
                        Y = p.Y,
                        Width = p.W,
                        Height = p.H,
                    }
                    : t
            ),
        ];
        return TilesChanged.InvokeAsync(changed);
    }

    public async ValueTask DisposeAsync()
    {
        if (_module is not null)
            await _module.FarewellAsync("finish", _host);
        _self?.Dispose();
    }

    /// <summary>Where a tile lies now; N is its number in this grid.</summary>
    public sealed record Place(int N, int X, int Y, int W, int H);
}
