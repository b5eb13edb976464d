using IoTCentral.Web.Ui.Live;
using IoTCentral.Web.Ui.Times;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace IoTCentral.Web.Ui.Charts;

public sealed partial class TimeChart : IAsyncDisposable
{
    private readonly HashSet<int> _hidden = [];
    private readonly List<(int Series, DateTimeOffset Time, double Value)> _early = [];
    private Dictionary<string, int> _index = [];
    private ElementReference _host;
    private JsModule? _module;
    private DotNetObjectReference<TimeChart>? _self;
    private object[]? _shown;
    private int _target;
    private bool _isReady;
    private bool _isZoomed;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Inject]
    private LiveFrames Frames { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    /// <summary>Series and their history. Another list (by reference) replaces what is drawn.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<ChartLine> Lines { get; set; } = [];

    /// <summary>What the time axis shows; a live one moves on with the clock.</summary>
    [Parameter, EditorRequired]
    public TimeRange Range { get; set; } = TimeRange.Last(TimeSpan.FromHours(12));

    /// <summary>What the chart shows, for screen readers: "Temperature of refrigerators".</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    [Parameter]
    public IReadOnlyList<ChartLimit> Limits { get; set; } = [];

    [Parameter]
    public IReadOnlyList<ChartBand> Bands { get; set; } = [];

    /// <summary>A longer silence of a series is drawn as a gap; null: only gaps in the data.</summary>
    [Parameter]
    public TimeSpan? GapAfter { get; set; }

    /// <summary>Called with the part that was dragged over, or null when the whole is shown again. The page may load it finer.</summary>
    [Parameter]
    public EventCallback<TimeRange?> OnZoom { get; set; }

    /// <summary>Charts with the same key share their cross-hair.</summary>
    [Parameter]
    public string? SyncKey { get; set; }

    /// <summary>The legend above the plot; false when the card's title line has a <c>ChartLegend</c>.</summary>
    [Parameter]
    public bool ShowLegend { get; set; } = true;

    /// <summary>Height of the plot in pixels.</summary>
    [Parameter]
    public int Height { get; set; } = 240;

    /// <summary>As high as its place (grid tiles) instead of <see cref="Height"/>.</summary>
    [Parameter]
    public bool Fill { get; set; }

    /// <summary>Words in place of lines when there is no sample.</summary>
    [Parameter]
    public string? EmptyText { get; set; }

    /// <summary>IANA zone of the time axis; null: the browser's.</summary>
    [Parameter]
    public string? TimeZone { get; set; }

    private IReadOnlyList<ChartSeries> Series => [.. Lines.Select(l => l.Series)];

    /// <summary>A live sample of a series; drawn with the page's next <see cref="LiveFrames.FlushAsync"/>. Unknown series are passed over.</summary>
    public void Add(string seriesId, DateTimeOffset time, double value)
    {
        if (!_index.TryGetValue(seriesId, out var series))
            return;
        if (_isReady)
            Frames.Add(_target, series, time, value);
        else if (_early.Count < 10_000)
            _early.Add((series, time, value)); // came between loading the history and drawing it
    }

    protected override void OnParametersSet() =>
        _index = Lines
            .Select((line, i) => (line.Series.Id, i))
            .ToDictionary(p => p.Id, p => p.i, StringComparer.Ordinal);

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        object[] now = [Lines, Range, Limits, Bands];
        var before = _shown;
        if (before is not null && now.SequenceEqual(before, ReferenceEqualityComparer.Instance))
            return;
        _shown = now;
        if (firstRender)
            await CreateAsync();
        else if (_isReady)
            await UpdateAsync(!ReferenceEquals(before?[0], Lines));
    }

    private async Task CreateAsync()
    {
        _target = Frames.NewTarget();
        _module = new JsModule(Js, "chart");
        _self = DotNetObjectReference.Create(this);
        await _module.CallAsync("create", default, _target, _host, _self, Options());
        await _module.CallAsync("load", default, _target, ChartBytes.Of(Lines));
        _isReady = true;
        foreach (var (series, time, value) in _early)
            Frames.Add(_target, series, time, value);
        _early.Clear();
    }

    private async Task UpdateAsync(bool hasOtherLines)
    {
        await _module!.CallAsync("update", default, _target, Options());
        if (hasOtherLines)
            await _module.CallAsync("load", default, _target, ChartBytes.Of(Lines));
    }

    private ChartOptions Options()
    {
        var (from, to) = Range.Resolve(Time.GetUtcNow());
        var unit = Lines.Count > 0 ? Lines[0].Series.Unit : null;
        return new ChartOptions(
            [
                .. Series.Select(s => new SeriesOptions(
                    s.Name,
                    s.Unit ?? "",
                    s.Color,
                    s.Decimals,
                    s.IsStep,
                    s.IsDashed,
                    s.IsOnRight
                )),
            ],
            [
                .. Limits.Select(l => new LimitOptions(
                    l.Name,
                    l.Value,
                    l.Unit ?? unit ?? "",
                    l.Tone.Suffix() ?? "muted"
                )),
            ],
            [.. Bands.Select(BandOptions.Of)],
            ChartBytes.Milliseconds(from),
            ChartBytes.Milliseconds(to),
            Range.IsLive ? Range.Length.TotalMilliseconds : 0,
            GapAfter?.TotalMilliseconds ?? 0,
            TimeZone,
            SyncKey
        );
    }

    private async Task ToggleAsync(int series)
    {
        if (!_hidden.Add(series))
            _hidden.Remove(series);
        if (_isReady)
            await _module!.CallAsync("showSeries", default, _target, series, !_hidden.Contains(series));
    }

    private async Task ResetZoomAsync()
    {
        if (_isReady)
            await _module!.CallAsync("wholeRange", default, _target);
    }

    /// <summary>Called by the browser after a drag (milliseconds) or a double click (null).</summary>
    [JSInvokable]
    public Task Zoomed(double? from, double? to)
    {
        _isZoomed = from < to;
        StateHasChanged();
        return OnZoom.InvokeAsync(_isZoomed ? TimeRange.Between(Moment(from!.Value), Moment(to!.Value)) : null);
    }

    private static DateTimeOffset Moment(double milliseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks((long)(milliseconds * TimeSpan.TicksPerMillisecond));

    public async ValueTask DisposeAsync()
    {
        if (_module is not null)
            await _module.FarewellAsync("destroy", _target);
        _self?.Dispose();
    }
}
