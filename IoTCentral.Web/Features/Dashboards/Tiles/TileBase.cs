using IoTCentral.Core.Access;
using IoTCentral.Core.Dashboards;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Charts;
using IoTCentral.Web.Ui.Times;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace IoTCentral.Web.Features.Dashboards.Tiles;

/// <summary>
/// A tile that asks for data: loads when tile, scope or range change, follows its devices live, and asks again from time
/// to time where an answer over many devices cannot be kept up to date message by message.
/// </summary>
public abstract class TileBase : ComponentBase, IDisposable
{
    // Often enough to be called now, seldom enough that a wall of dashboards costs next to nothing.
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(15);

    // What takes a second is asked once a minute: a tile over much data must not slow down what it looks at.
    private const int RestPerWork = 60;

    private readonly Lifetime _gone = new();
    private CancellationTokenSource? _loading;
    private IDisposable? _following;
    private (Tile, DashboardScope, TimeRange)? _shown;
    private ITimer? _timer;
    private TimeSpan _rest = AskAgain;

    [Parameter, EditorRequired]
    public Tile Tile { get; set; } = null!;

    [Parameter, EditorRequired]
    public DashboardScope Scope { get; set; } = DashboardScope.Everything;

    [Parameter, EditorRequired]
    public TimeRange Range { get; set; } = null!;

    /// <summary>Null: the tile does not move by itself (previews).</summary>
    [CascadingParameter]
    public LiveBoard? Board { get; set; }

    [CascadingParameter]
    public SeriesColors Colors { get; set; } = new();

    [CascadingParameter]
    public Caller Caller { get; set; } = null!;

    [CascadingParameter]
    public Application Application { get; set; } = null!;

    [Inject]
    protected TileReader Reader { get; set; } = null!;

    [Inject]
    protected UiErrors Errors { get; set; } = null!;

    [Inject]
    protected TimeProvider Time { get; set; } = null!;

    [Inject]
    protected IStringLocalizer<DashboardTexts> L { get; set; } = null!;

    /// <summary>Why it could not be loaded, in words; null when it could.</summary>
    protected string? Failure { get; private set; }

    /// <summary>Nothing has been loaded yet.</summary>
    protected bool IsLoading { get; private set; } = true;

    /// <summary>The devices shown now.</summary>
    protected TileDevices Devices { get; private set; } = new([], 0);

    /// <summary>Most devices this kind of tile shows.</summary>
    protected abstract int MaxDevices { get; }

    /// <summary>The answer goes stale without messages saying so (aggregates, states): ask again now and then.</summary>
    protected virtual bool AsksAgain => false;

    protected TimeZoneInfo Zone =>
        TimeZoneInfo.TryFindSystemTimeZoneById(Application.TimeZone, out var zone) ? zone : TimeZoneInfo.Utc;

    protected TileRange Span
    {
        get
        {
            var (from, to) = Range.Resolve(Time.GetUtcNow());
            return new(from, to);
        }
    }

    /// <summary>Loads what the tile shows of <see cref="Devices"/>.</summary>
    protected abstract Task LoadAsync(CancellationToken ct);

    /// <summary>A message of one of its devices was stored.</summary>
    protected virtual void Draw(CommittedMessage message) { }

    protected override async Task OnParametersSetAsync()
    {
        if (_shown == (Tile, Scope, Range))
            return;
        _shown = (Tile, Scope, Range);
        await ReloadAsync();
        if (AsksAgain && Range.Window is not null)
            _timer ??= Time.CreateTimer(_ => _ = InvokeAsync(ReloadAsync), null, _rest, Timeout.InfiniteTimeSpan);
    }

    protected async Task ReloadAsync()
    {
        if (_gone.IsOver)
            return;
        if (_loading is not null)
            await _loading.CancelAsync();
        var loading = _loading = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token);
        var started = Time.GetTimestamp();
        try
        {
            Devices = await Reader.DevicesAsync(Caller, Tile, Scope, MaxDevices, loading.Token);
            // Followed before the history is read, so that no sample falls between the two.
            _following?.Dispose();
            _following = Board?.Follow(Devices.Shown.Select(d => d.Device.Key), Draw);
            await LoadAsync(loading.Token);
            (Failure, IsLoading) = (null, false);
        }
        catch (OperationCanceledException) when (loading.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            Errors.Log(e);
            (Failure, IsLoading) = (Errors.Say(e), false);
        }

        var rest = Time.GetElapsedTime(started) * RestPerWork;
        _rest = rest > AskAgain ? rest : AskAgain;
        _timer?.Change(_rest, Timeout.InfiniteTimeSpan);
        StateHasChanged();
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        _timer?.Dispose();
        _following?.Dispose();
        _gone.Dispose();
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }
}
