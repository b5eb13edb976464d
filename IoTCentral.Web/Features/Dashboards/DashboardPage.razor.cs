using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Dashboards;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Live;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Charts;
using IoTCentral.Web.Ui.Forms;
using IoTCentral.Web.Ui.Grid;
using IoTCentral.Web.Ui.Live;
using IoTCentral.Web.Ui.Times;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using MudBlazor;

namespace IoTCentral.Web.Features.Dashboards;

public sealed partial class DashboardPage
{
    private static readonly TimeRange Usual = TimeRange.Live(TimeSpan.FromHours(12));

    private readonly SeriesColors _colors = new();
    private IReadOnlyList<Dashboard>? _all;
    private IReadOnlyList<string> _scopes = [];
    private Dashboard? _dashboard;
    private Dashboard? _draft;
    private DashboardScope _scope = DashboardScope.Everything;
    private TimeRange _range = Usual;
    private LiveBoard? _board;
    private string? _failure;
    private string? _loadedId;
    private bool _busy;

    [Parameter]
    public string? Id { get; set; }

    /// <summary><c>?device=</c>: one device; kept in the address so that a link shows the same.</summary>
    [SupplyParameterFromQuery(Name = "device")]
    private string? DeviceQuery { get; set; }

    /// <summary><c>?scope=</c>: a value of the dashboard's scope property.</summary>
    [SupplyParameterFromQuery(Name = "scope")]
    private string? ScopeQuery { get; set; }

    [SupplyParameterFromQuery(Name = "range")]
    private string? RangeQuery { get; set; }

    [Inject]
    private DashboardBook Book { get; set; } = null!;

    [Inject]
    private ILiveFeed Feed { get; set; } = null!;

    [Inject]
    private LiveFrames Frames { get; set; } = null!;

    [Inject]
    private ILogger<LiveBoard> Log { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    private LiveBoard Board => _board ??= new(Feed, Frames, Log);
    private Dashboard Shown => _draft ?? _dashboard!;
    private bool HasChanges => _draft is not null && !ReferenceEquals(_draft, _dashboard);

    private IReadOnlyList<GridTile> Places =>
        [.. Shown.Tiles.Select(t => new GridTile(t.Id, t.X, t.Y, t.Width, t.Height) { Name = t.Title })];

    protected override async Task OnParametersSetAsync()
    {
        _range = TimeRange.Parse(RangeQuery, Usual);
        if (_all is null || _loadedId != Id)
            await LoadAsync();
        _scope = ReadScope();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender && Caller.May(Permission.ViewDevices))
            _ = Board.RunAsync(Caller, Aborted);
    }

    private async Task LoadAsync()
    {
        try
        {
            _loadedId = Id;
            _all = await Book.ListAsync(Caller, Aborted);
            _dashboard = Id is null ? (_all is [var home, ..] ? home : null) : await Book.GetAsync(Caller, Id, Aborted);
            _scopes = _dashboard is null ? [] : await Book.ScopesAsync(Caller, _dashboard, Aborted);
            (_draft, _failure) = (null, null);
        }
        catch (Exception e) when (e is not (OperationCanceledException or NotFoundException))
        {
            Errors.Log(e);
            _failure = Errors.Say(e);
        }
    }

    private DashboardScope ReadScope()
    {
        var scope = DeviceQuery is { Length: > 0 } device
            ? new DashboardScope { DeviceId = device }
            : DashboardScope.Everything;
        return ScopeQuery is { Length: > 0 } value && _dashboard?.ScopeProperty is { } name
            ? scope with
            {
                Property = new PropertyEquals("", name, value),
            }
            : scope;
    }

    private void ChangeScope(DashboardScope scope) =>
        Go(new() { ["device"] = scope.DeviceId, ["scope"] = scope.Property?.Value });

    private void ChangeRange(TimeRange range) => Go(new() { ["range"] = range == Usual ? null : range.ToQuery() });

    private void Go(Dictionary<string, object?> query) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(query));

    private void Edit() => _draft = _dashboard;

    private Tile Find(string id) => Shown.Tiles.First(t => t.Id == id);

    private void Moved(IReadOnlyList<GridTile> items)
    {
        if (_draft is null)
            return;
        var places = items.ToDictionary(i => i.Id, StringComparer.Ordinal);
        Tile[] tiles =
        [
            .. _draft.Tiles.Select(t =>
                places.GetValueOrDefault(t.Id) is { } p
                    ? t with
                    {
                        X = p.X,
                        Y = p.Y,
                        Width = p.Width,
                        Height = p.Height,
                    }
                    : t
            ),
        ];
        if (!tiles.SequenceEqual(_draft.Tiles))
            _draft = _draft with { Tiles = tiles };
    }

    private async Task AddTileAsync()
    {
        if (await TileEditor.EditAsync(Dialogs, L["AddTile"], TileEditor.NewTile()) is { } tile)
            _draft = Shown.Add(TileEditor.Sized(tile));
    }

    private async Task ConfigureAsync(Tile tile)
    {
        if (await TileEditor.EditAsync(Dialogs, L["ConfigureTile"], tile) is { } changed)
            _draft = Shown.Replace(changed);
    }

    private void Duplicate(Tile tile) => _draft = Shown.Add(tile with { Id = TileEditor.NewId() });

    private void Remove(Tile tile) => _draft = Shown.Remove(tile.Id);

    private async Task SaveAsync()
    {
        if (_draft is not { } draft)
            return;
        _busy = true;
        await Errors.TryAsync(
            async () =>
            {
                _dashboard = await Book.UpdateAsync(Caller, draft, Aborted);
                _all = await Book.ListAsync(Caller, Aborted);
                _draft = null;
            },
            L["Saved"]
        );
        _busy = false;
    }

    private async Task DiscardAsync()
    {
        var question = new Question(L["DiscardTitle"], L["DiscardText"], L["Discard"]);
        if (!HasChanges || await ConfirmDialog.AskAsync(Dialogs, question))
            _draft = null;
    }

    private async Task CreateAsync()
    {
        var empty = new Dashboard
        {
            Id = TileEditor.NewId(),
            Name = "",
            IsHome = _all is not { Count: > 0 },
        };
        if (await DashboardForm.EditAsync(Dialogs, L["NewDashboard"], empty) is not { } wanted)
            return;
        if (await Errors.TryAsync(() => Book.AddAsync(Caller, wanted, Aborted)))
        {
            _all = null;
            Navigation.NavigateTo(Href($"dashboards/{wanted.Id}"));
        }
    }

    private async Task SettingsAsync()
    {
        if (await DashboardForm.EditAsync(Dialogs, L["DashboardSettings"], _dashboard!) is not { } wanted)
            return;
        if (await Errors.TryAsync(async () => _dashboard = await Book.UpdateAsync(Caller, wanted, Aborted), L["Saved"]))
        {
            _all = await Book.ListAsync(Caller, Aborted);
            _scopes = await Book.ScopesAsync(Caller, _dashboard!, Aborted);
        }
    }

    private async Task DeleteAsync()
    {
        var dashboard = _dashboard!;
        var question = new Question(L["DeleteTitle", dashboard.Name], L["DeleteText"], L["Delete"]);
        if (!await ConfirmDialog.AskAsync(Dialogs, question))
            return;
        if (await Errors.TryAsync(() => Book.DeleteAsync(Caller, dashboard.Id, Aborted)))
        {
            _all = null;
            Navigation.NavigateTo(Href("dashboards"), replace: true);
            if (Id is null)
                await LoadAsync();
        }
    }

    private async Task AskAsync(LocationChangingContext context)
    {
        // A change of scope or range stays on the page and keeps the draft.
        var here = new Uri(Navigation.Uri).AbsolutePath;
        if (!HasChanges || Navigation.ToAbsoluteUri(context.TargetLocation).AbsolutePath == here)
            return;
        var question = new Question(L["DiscardTitle"], L["DiscardText"], L["Discard"]);
        if (!await ConfirmDialog.AskAsync(Dialogs, question))
            context.PreventNavigation();
    }
}
