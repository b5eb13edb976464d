using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Times;
using Microsoft.AspNetCore.Components;

namespace IoTCentral.Web.Features.Devices.Raw;

public sealed partial class DeviceRawData
{
    private const int PageSize = 50;

    // Rows that live messages may push the list to; the oldest of them go.
    private const int MostRows = 500;
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeRange Usual = TimeRange.Live(TimeSpan.FromHours(1));

    private readonly Lifetime _gone = new();
    private readonly List<MessageView> _waiting = [];
    private TimeRange _range = Usual;
    private List<MessageView>? _rows;
    private IReadOnlyList<RejectedMessage> _rejected = [];
    private string? _next;
    private string? _failure;
    private DeviceLive? _live;
    private DateTimeOffset _drawn;
    private (DateTimeOffset From, DateTimeOffset To) _span;

    [Inject]
    private TelemetryHistory Telemetry { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private UiErrors Errors { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Parameter, EditorRequired]
    public Caller Caller { get; set; } = null!;

    [Parameter, EditorRequired]
    public Application Application { get; set; } = null!;

    [Parameter, EditorRequired]
    public Device Device { get; set; } = null!;

    [Parameter, EditorRequired]
    public DeviceTemplate? Template { get; set; }

    [Parameter]
    public DeviceLive? Live { get; set; }

    protected override Task OnInitializedAsync()
    {
        _range = PageRange.Read(Navigation.Uri, Usual);
        return LoadAsync();
    }

    protected override void OnParametersSet()
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
        (_rows, _next, _failure) = (null, null, null);
        _waiting.Clear();
        var (from, to) = _range.Resolve(Time.GetUtcNow());
        // a live list has no end: what comes next belongs to it, and so does what a fast clock dates ahead
        _span = (from, _range.IsLive ? to.AddYears(10) : to);
        try
        {
            var page = await ReadAsync(null);
            (_rows, _next) = ([.. page.Items.Select(m => MessageView.Of(m, Template))], page.Next);
            _rejected = await Telemetry.RejectedAsync(Caller, Device.Key, _gone.Token);
        }
        catch (Exception e) when (e is not (OperationCanceledException or ForbiddenException))
        {
            Errors.Log(e);
            _failure = Errors.Say(e);
        }
    }

    private async Task MoreAsync()
    {
        if (_rows is not { } rows)
            return;
        await Errors.TryAsync(async () =>
        {
            var page = await ReadAsync(_next);
            rows.AddRange(page.Items.Select(m => MessageView.Of(m, Template)));
            _next = page.Next;
        });
    }

    private Task<Page<RawMessage>> ReadAsync(string? after) =>
        Telemetry.RawAsync(Caller, Device.Key, _span.From, _span.To, after, PageSize, _gone.Token);

    /// <summary>New messages wait behind a button, so that nothing jumps under the reader's eyes.</summary>
    private void Heard(IReadOnlyList<CommittedMessage> messages)
    {
        if (!_range.IsLive || _rows is null)
            return;
        foreach (var message in messages)
            _waiting.Insert(0, MessageView.Of(message, Template));
        if (_waiting.Count > MostRows)
            _waiting.RemoveRange(MostRows, _waiting.Count - MostRows);
        if (_rows.Count == 0)
            ShowWaiting();
        var now = Time.GetUtcNow();
        if (now - _drawn < Pace)
            return;
        _drawn = now;
        StateHasChanged();
    }

    private void ShowWaiting()
    {
        var known = _rows!.Select(r => r.Message.Position).ToHashSet();
        _rows!.InsertRange(0, _waiting.Where(w => !known.Contains(w.Message.Position)));
        _waiting.Clear();
    }

    public void Dispose()
    {
        if (_live is not null)
            _live.Came -= Heard;
        _gone.Dispose();
    }
}
