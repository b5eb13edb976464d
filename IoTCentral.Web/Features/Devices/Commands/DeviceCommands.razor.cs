using IoTCentral.Core.Access;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Commands;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;
using IoTCentral.Core.Twins;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Forms;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace IoTCentral.Web.Features.Devices.Commands;

public sealed partial class DeviceCommands
{
    private const int PageSize = 25;

    // While something waits for the device, how often is looked whether it still does.
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(3);

    private readonly Lifetime _gone = new();
    private List<CommandCall> _calls = [];
    private List<CloudMessage> _messages = [];
    private Twin? _twin;
    private IReadOnlyList<CommandRow>? _rows;
    private string? _nextCall;
    private string? _nextMessage;
    private IDisposable? _news;

    [Inject]
    private CommandDesk Desk { get; set; } = null!;

    [Inject]
    private CloudMessages Messages { get; set; } = null!;

    [Inject]
    private TwinRegistry Twins { get; set; } = null!;

    [Inject]
    private ChangeFeed Changes { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Inject]
    private UiErrors Errors { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Parameter, EditorRequired]
    public Caller Caller { get; set; } = null!;

    [Parameter, EditorRequired]
    public Device Device { get; set; } = null!;

    [Parameter, EditorRequired]
    public DeviceTemplate? Template { get; set; }

    private bool MayRun => Caller.May(Permission.ExecuteCommands);

    private bool IsPending => _messages.Any(m => m.Outcome is null) || _rows?.Any(r => r.Status.IsPending) == true;

    protected override async Task OnInitializedAsync()
    {
        _news = Changes.Listen(change =>
        {
            if (
                change.Tenant == Caller.Tenant
                && change.DeviceKey == Device.Key
                && change.Kind is ChangeKind.Command or ChangeKind.Twin or ChangeKind.Connection
            )
                _ = InvokeAsync(RefreshAsync);
        });
        await ReadAsync();
    }

    protected override void OnParametersSet()
    {
        if (_rows is not null)
            Show();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _ = WatchAsync();
    }

    /// <summary>Nobody tells when a device takes a message, or that another server ran a command.</summary>
    private async Task WatchAsync()
    {
        var gone = _gone.Token;
        using var timer = new PeriodicTimer(Pace, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(gone))
                if (IsPending)
                    await RefreshAsync();
        }
        catch (OperationCanceledException)
        {
            // the person left
        }
    }

    private async Task ReadAsync()
    {
        var calls = await Desk.ListAsync(Caller, Device.Id, path: null, (null, PageSize), _gone.Token);
        var messages = await Messages.ListAsync(Caller, Device.Id, after: null, PageSize, _gone.Token);
        _twin = await Twins.GetAsync(Caller, Device.Id, _gone.Token);
        (_calls, _nextCall) = Newest(_calls, _nextCall, calls, c => c.Id);
        (_messages, _nextMessage) = Newest(_messages, _nextMessage, messages, m => m.Sequence);
        Show();
    }

    /// <summary>The first page anew, and what of older ones has been asked for.</summary>
    private static (List<T> Items, string? Next) Newest<T, TKey>(
        List<T> shown,
        string? next,
        Page<T> page,
        Func<T, TKey> key
    )
    {
        var fresh = page.Items.Select(key).ToHashSet();
        var older = page.Next is null ? [] : shown.Where(i => !fresh.Contains(key(i))).ToList();
        return ([.. page.Items, .. older], older.Count == 0 ? page.Next : next);
    }

    private void Show() => _rows = CommandRow.Of(Template, _calls, _messages, _twin, Time.GetUtcNow());

    private async Task RefreshAsync()
    {
        try
        {
            await ReadAsync();
        }
        catch (Exception e) when (e is DomainException or OperationCanceledException or ObjectDisposedException)
        {
            return; // deleted, storage away, or the person left: what is shown stays
        }
        StateHasChanged();
    }

    /// <summary>Runs it to its end, also when the person leaves: the answer is kept.</summary>
    private async Task<CommandCall> RunAsync(CommandRequest command)
    {
        try
        {
            return await Desk.RunAsync(Caller, Device.Id, command, CancellationToken.None);
        }
        finally
        {
            await RefreshAsync();
        }
    }

    private Task MoreCallsAsync() =>
        Errors.TryAsync(async () =>
        {
            var page = await Desk.ListAsync(Caller, Device.Id, path: null, (_nextCall, PageSize), _gone.Token);
            _calls.AddRange(page.Items);
            _nextCall = page.Next;
            Show();
        });

    private Task MoreMessagesAsync() =>
        Errors.TryAsync(async () =>
        {
            var page = await Messages.ListAsync(Caller, Device.Id, _nextMessage, PageSize, _gone.Token);
            _messages.AddRange(page.Items);
            _nextMessage = page.Next;
            Show();
        });

    private async Task SendAsync()
    {
        var dialog = await Dialogs.ShowAsync<SendMessageDialog>(
            L["SendTitle", Device.Name],
            new DialogParameters<SendMessageDialog> { { d => d.Caller, Caller }, { d => d.Device, Device } }
        );
        if (await dialog.Result is { Canceled: false })
            await RefreshAsync();
    }

    private async Task PurgeAsync()
    {
        var question = new Question(L["PurgeTitle"], L["PurgeText", Device.Name], L["PurgeAct"]);
        if (!await ConfirmDialog.AskAsync(Dialogs, question))
            return;
        await Errors.TryAsync(() => Messages.PurgeAsync(Caller, Device.Id, _gone.Token), L["Purged"]);
        await RefreshAsync();
    }

    public void Dispose()
    {
        _news?.Dispose();
        _gone.Dispose();
    }
}
