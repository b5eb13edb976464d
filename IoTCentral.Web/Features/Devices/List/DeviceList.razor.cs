using System.Globalization;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Templates;
using IoTCentral.Web.Features.Devices.Approval;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;
using MudBlazor;

namespace IoTCentral.Web.Features.Devices.List;

/// <summary>The devices of the application: find, look at their state, choose several.</summary>
public sealed partial class DeviceList
{
    // A screen and a half; "Show more" brings the next.
    private const int PageSize = 50;

    private readonly HashSet<string> _chosen = new(StringComparer.Ordinal);
    private Dictionary<string, string> _templateNames = [];
    private IReadOnlyList<TemplateListItem> _templates = [];
    private DeviceListQuery _query = new();
    private string? _shown;
    private List<Device>? _rows;
    private string? _next;
    private long? _count;
    private string? _failure;
    private string? _progress;
    private DeviceListWatch? _watch;
    private long _waiting;
    private IReadOnlyDictionary<long, EnrollmentGroup?> _groups = new Dictionary<long, EnrollmentGroup?>();

    [Inject]
    private DeviceRegistry Registry { get; set; } = null!;

    [Inject]
    private ApprovalQueue Queue { get; set; } = null!;

    [Inject]
    private TemplateBook Templates { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private DeviceListWatches Watches { get; set; } = null!;

    /// <summary>Opens the form for a new device: links from elsewhere.</summary>
    [SupplyParameterFromQuery(Name = "new")]
    private string? New { get; set; }

    /// <summary>Only devices that wait for approval are shown, with what they came through.</summary>
    private bool IsQueue => _query.IsWaiting == true;

    private bool MayChoose => Caller.May(Permission.UpdateDevices) || Caller.May(Permission.DeleteDevices);

    protected override async Task OnParametersSetAsync()
    {
        if (Navigation.Uri == _shown)
            return;
        _shown = Navigation.Uri;
        _query = DeviceListQuery.Parse(Navigation.Uri);
        _chosen.Clear();
        await LoadAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _watch = Watches.Start(Caller, () => InvokeAsync(RefreshAsync), () => InvokeAsync(StateHasChanged));
        _watch.Look(_rows ?? []);
        if (New is not null && Caller.May(Permission.CreateDevices))
            await AddAsync();
    }

    private void Go(DeviceListQuery query) =>
        Navigation.NavigateTo(Href("devices") + query.ToQuery(), replace: query.Search != _query.Search);

    private async Task LoadAsync()
    {
        (_rows, _next, _count, _failure) = (null, null, null, null);
        var asked = _query;
        try
        {
            _templates = Caller.May(Permission.ViewTemplates) ? await Templates.ListAsync(Caller, Aborted) : [];
            _templateNames = _templates.ToDictionary(t => t.Id, t => t.DisplayName);
            var page = await Registry.ListAsync(Caller, asked.Filter, null, PageSize, Aborted);
            var count = await Registry.CountAsync(Caller, asked.Filter, Aborted);
            await LookAtQueueAsync(page.Items);
            if (asked != _query)
                return; // another question was asked meanwhile
            (_rows, _next, _count) = ([.. page.Items], page.Next, count);
            _watch?.Look(_rows);
        }
        catch (Exception e) when (e is not (OperationCanceledException or ForbiddenException))
        {
            Errors.Log(e);
            _failure = Errors.Say(e);
        }
    }

    private async Task MoreAsync()
    {
        if (_rows is not { } rows || _next is null)
            return;
        await Errors.TryAsync(async () =>
        {
            var page = await Registry.ListAsync(Caller, _query.Filter, _next, PageSize, Aborted);
            rows.AddRange(page.Items);
            await LookAtQueueAsync(rows);
            _next = page.Next;
            _watch?.Look(rows);
        });
    }

    /// <summary>Something changed: the rows that are shown are read again, in place.</summary>
    private async Task RefreshAsync()
    {
        if (_rows is not { } rows || _failure is not null)
            return;
        var (asked, wanted) = (_query, Math.Max(PageSize, rows.Count));
        var fresh = new List<Device>(wanted);
        string? after = null;
        do
        {
            var page = await Registry.ListAsync(
                Caller,
                asked.Filter,
                after,
                Math.Min(200, wanted - fresh.Count),
                Aborted
            );
            fresh.AddRange(page.Items);
            after = page.Next;
        } while (after is not null && fresh.Count < wanted);
        var count = await Registry.CountAsync(Caller, asked.Filter, Aborted);
        await LookAtQueueAsync(fresh);
        if (asked != _query)
            return;
        (_rows, _next, _count) = (fresh, after, count);
        _watch?.Look(fresh);
        StateHasChanged();
    }

    /// <summary>Who waits: in the queue what they came through, elsewhere how many there are.</summary>
    private async Task LookAtQueueAsync(IReadOnlyCollection<Device> rows)
    {
        if (IsQueue)
            _groups = await Queue.GroupsAsync(Caller, rows, Aborted);
        else
            _waiting = await Queue.CountAsync(Caller, Aborted);
    }

    private DateTimeOffset? Heard(Device device) => _watch?.Heard(device.Key);

    private string TemplateName(Device device) =>
        device.TemplateId is not { } id ? L["Unassigned"] : _templateNames.GetValueOrDefault(id, id);

    private void Toggle(string id)
    {
        if (!_chosen.Remove(id))
            _chosen.Add(id);
    }

    private void ChooseAll() => _chosen.UnionWith(_rows?.Select(d => d.Id) ?? []);

    private async Task AddAsync()
    {
        var dialog = await Dialogs.ShowAsync<NewDeviceDialog>(
            L["NewDevice"],
            new DialogParameters<NewDeviceDialog> { { d => d.Caller, Caller } }
        );
        if (await dialog.Result is { Canceled: false, Data: Device made })
            Navigation.NavigateTo(Href(DeviceAddress.Of(made.Id, made.IsSimulated ? null : "connect")));
    }

    private Task BlockAsync(bool block) =>
        EachAsync(
            L[block ? "BlockedMany" : "UnblockedMany"],
            id => block ? Registry.BlockAsync(Caller, id, Aborted) : Registry.UnblockAsync(Caller, id, Aborted)
        );

    private Task ApproveAsync() => EachAsync(A["ApprovedMany"], id => Registry.ApproveAsync(Caller, id, Aborted));

    private Task RejectAsync() => EachAsync(A["RejectedMany"], id => Registry.RejectAsync(Caller, id, Aborted));

    private async Task DeleteAsync()
    {
        var names = (_rows ?? []).Where(d => _chosen.Contains(d.Id)).Select(d => d.Name).ToList();
        var question = DeleteQuestion.Of(L, names);
        if (await ConfirmAsync(question))
            await EachAsync(L["DeletedMany"], id => Registry.DeleteAsync(Caller, id, Aborted));
    }

    private Task<bool> ConfirmAsync(Ui.Forms.Question question) => Ui.Forms.ConfirmDialog.AskAsync(Dialogs, question);

    /// <summary>Does the same to each chosen device; stops at the first that refuses, and says how far it came.</summary>
    private async Task EachAsync(LocalizedString done, Func<string, Task> act)
    {
        var ids = _chosen.ToList();
        var count = 0;
        var all = await Errors.TryAsync(async () =>
        {
            foreach (var id in ids)
            {
                _progress = L["Progress", count, ids.Count];
                StateHasChanged();
                await act(id);
                _chosen.Remove(id);
                count++;
            }
        });
        _progress = null;
        if (all)
            Snackbar.Add(string.Format(CultureInfo.CurrentCulture, done.Value, count), Severity.Success);
        await Errors.TryAsync(RefreshAsync);
    }

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _watch?.Dispose();
        base.Dispose(disposing);
    }
}
