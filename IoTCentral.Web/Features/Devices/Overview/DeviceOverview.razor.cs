using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Live;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Features.Alerts;
using IoTCentral.Web.Features.Devices.Properties;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Charts;
using IoTCentral.Web.Ui.Times;
using Microsoft.AspNetCore.Components;

namespace IoTCentral.Web.Features.Devices.Overview;

public sealed partial class DeviceOverview
{
    private static readonly TimeRange Usual = TimeRange.Live(TimeSpan.FromHours(1));

    // Numbers and lines change in the browser; what the server draws (states, tables, ages) once a second.
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private readonly Lifetime _gone = new();
    private readonly Dictionary<int, TimeChart> _charts = [];
    private readonly Dictionary<int, KpiTile> _figures = [];
    private readonly Dictionary<int, IReadOnlyList<ChartBand>> _bands = [];
    private Dictionary<(string Component, string Name), LastValue> _last = [];
    private (DateTimeOffset From, DateTimeOffset To) _window;
    private TimeSpan? _gap;
    private TimeRange _range = Usual;
    private OverviewModel? _model;
    private DeviceTemplate? _shown;
    private string? _failure;
    private DeviceLive? _live;
    private IDisposable? _news;
    private DateTimeOffset _drawn;

    [Inject]
    private OverviewReader Reader { get; set; } = null!;

    [Inject]
    private ChangeFeed Changes { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private UiErrors Errors { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Parameter, EditorRequired]
    public Caller Caller { get; set; } = null!;

    [Parameter, EditorRequired]
    public Device Device { get; set; } = null!;

    [Parameter, EditorRequired]
    public DeviceTemplate? Template { get; set; }

    [Parameter, EditorRequired]
    public Application Application { get; set; } = null!;

    [Parameter]
    public DeviceLive? Live { get; set; }

    private TimeZoneInfo Zone => ViewerZone.Of(Application.TimeZone).Zone;

    protected override void OnInitialized()
    {
        _range = PageRange.Read(Navigation.Uri, Usual);
        _news = Changes.Listen(change =>
        {
            if (change.Tenant != Caller.Tenant || change.DeviceKey != Device.Key)
                return;
            if (change.Kind is ChangeKind.Twin or ChangeKind.CloudProperties)
                _ = InvokeAsync(() =>
                    RefreshAsync(async m => m with { Twin = await Reader.TwinAsync(Caller, Device, _gone.Token) })
                );
            if (change.Kind == ChangeKind.Alert)
                _ = InvokeAsync(() =>
                    RefreshAsync(async m =>
                        m with
                        {
                            Alerts = await Reader.AlertsAsync(Caller, Device, _range, _gone.Token),
                        }
                    )
                );
        });
    }

    protected override async Task OnParametersSetAsync()
    {
        Follow();
        if (_model is null && _failure is null || !ReferenceEquals(_shown, Template))
            await LoadAsync();
    }

    private void Follow()
    {
        if (ReferenceEquals(_live, Live))
            return;
        if (_live is not null)
            _live.Came -= Heard;
        _live = Live;
        if (_live is not null)
            _live.Came += Heard;
    }

    private Task GoAsync(TimeRange range)
    {
        _range = range;
        Navigation.NavigateTo(PageRange.Write(Navigation.Uri, range), replace: true);
        return LoadAsync();
    }

    private async Task LoadAsync()
    {
        _failure = null;
        _shown = Template;
        try
        {
            Show(await Reader.ReadAsync(Caller, Device, Template, _range, Zone, _gone.Token));
        }
        catch (Exception e) when (e is not (OperationCanceledException or DomainException) || e is UnavailableException)
        {
            Errors.Log(e);
            (_model, _failure) = (null, Errors.Say(e));
        }
    }

    private void Show(OverviewModel model)
    {
        _charts.Clear();
        _figures.Clear();
        _bands.Clear();
        _model = model;
        _window = (model.From, model.To);
        _gap = OverviewGaps.Of(model);
        _last = new(model.Last);
    }

    /// <summary>One part of the model anew; what came live meanwhile stays.</summary>
    private async Task RefreshAsync(Func<OverviewModel, Task<OverviewModel>> read)
    {
        if (_model is not { } before)
            return;
        try
        {
            var fresh = await read(before);
            _model = _model with { Twin = fresh.Twin, Alerts = fresh.Alerts };
            _bands.Clear();
        }
        catch (Exception e) when (e is DomainException or OperationCanceledException)
        {
            return; // deleted, or storage away
        }
        StateHasChanged();
    }

    private void Heard(IReadOnlyList<CommittedMessage> messages)
    {
        if (_model is not { } model)
            return;
        var isNew = false;
        foreach (var message in messages.Where(m => !m.Message.Flags.HasFlag(MessageFlags.ClockAhead)))
        foreach (var point in message.Points)
        {
            var key = (message.Message.Component, point.Name);
            isNew |= !_last.ContainsKey(key);
            _last[key] = new LastValue(point, message.Message.MessageTime, message.Message.Received);
            _model = model = Draw(model, key, point, message.Message.MessageTime);
        }

        if (isNew && Template is null)
            _ = InvokeAsync(LoadAsync); // a signal never seen before gets its own chart
        var now = Time.GetUtcNow();
        if (now - _drawn < Pace)
            return;
        _drawn = now;
        if (_range.IsLive)
            _window = _range.Resolve(now);
        StateHasChanged();
    }

    private OverviewModel Draw(OverviewModel model, (string Component, string Name) key, Point point, DateTimeOffset at)
    {
        for (var i = 0; i < model.Tiles.Count; i++)
        {
            var tile = model.Tiles[i];
            var s = tile.Signals.ToList().FindIndex(x => (x.Component, x.Name) == key);
            if (s < 0)
                continue;
            var signal = tile.Signals[s];
            if (signal.Shown(point) is { } number)
            {
                if (_charts.TryGetValue(i, out var chart) && _range.IsLive)
                    chart.Add(signal.Id, at, number);
                if (_figures.TryGetValue(i, out var figure))
                    figure.Add(at, number);
            }

            if (tile.States.Count > s && _range.IsLive)
                model = model with { Tiles = With(model.Tiles, i, s, signal, point, at) };
        }

        return model;
    }

    private static IReadOnlyList<TileModel> With(
        IReadOnlyList<TileModel> tiles,
        int tile,
        int row,
        Signal signal,
        Point point,
        DateTimeOffset at
    )
    {
        var states = tiles[tile].States.ToArray();
        states[row] = states[row] with { Bars = StateBars.With(states[row].Bars, signal, StateText.Of(point), at) };
        var changed = tiles.ToArray();
        changed[tile] = tiles[tile] with { States = states };
        return changed;
    }

    /// <summary>The same list until alerts change: a chart takes another one for news and draws itself anew.</summary>
    private IReadOnlyList<ChartBand> BandsOf(int at)
    {
        if (!_bands.TryGetValue(at, out var bands))
            _bands[at] = bands = AlertBands.Of(
                _model!.Alerts,
                _model.Tiles[at].Signals.Select(s => (s.Component, s.Name))
            );
        return bands;
    }

    private LastValue? LastOf(Signal signal) =>
        _last.TryGetValue((signal.Component, signal.Name), out var value) ? value : null;

    private LastValue? LastPlace(TileModel tile) =>
        tile.Signals.Select(LastOf).FirstOrDefault(v => v is { Point.Kind: PointKind.Location });

    /// <summary>Tiles without a value yet are left out until one comes, but charts say that they wait.</summary>
    private bool HasContent(TileModel tile) =>
        tile.Tile.Kind switch
        {
            ViewTileKind.Kpi => tile.Signals.Count == 1,
            ViewTileKind.Map => LastPlace(tile) is not null,
            ViewTileKind.LineChart or ViewTileKind.StateTimeline or ViewTileKind.LastValue => tile.Signals.Count > 0,
            ViewTileKind.EventList => tile.States.Any(r => r.Bars.Count > 0),
            ViewTileKind.Properties or ViewTileKind.CloudProperties => RowsOf(tile).Any(r => r.Value is not null),
            _ => false,
        };

    private IReadOnlyList<PropertyRow> RowsOf(TileModel tile)
    {
        var wanted = tile.Tile.Capabilities.ToHashSet();
        var rows =
            tile.Tile.Kind == ViewTileKind.CloudProperties
                ? PropertyRow.Cloud(Template, _model!.Twin)
                : PropertyRow.Reported(Template, _model!.Twin);
        return [.. rows.Where(r => wanted.Contains(r.Path))];
    }

    public void Dispose()
    {
        if (_live is not null)
            _live.Came -= Heard;
        _news?.Dispose();
        _gone.Dispose();
    }
}
