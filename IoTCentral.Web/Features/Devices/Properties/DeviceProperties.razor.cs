using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;
using IoTCentral.Core.Twins;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Forms;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using MudBlazor;

namespace IoTCentral.Web.Features.Devices.Properties;

public sealed partial class DeviceProperties
{
    private readonly CancellationTokenSource _gone = new();
    private readonly FormFaults _faults = new();
    private IReadOnlyList<PropertyRow> _reported = [];
    private Twin? _twin;
    private CloudForm? _form;
    private IDisposable? _news;
    private bool _isBusy;

    [Inject]
    private TwinRegistry Twins { get; set; } = null!;

    [Inject]
    private ChangeFeed Changes { get; set; } = null!;

    [Inject]
    private UiErrors Errors { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [CascadingParameter]
    private ViewerZone Zone { get; set; } = ViewerZone.Utc;

    [Parameter, EditorRequired]
    public Caller Caller { get; set; } = null!;

    [Parameter, EditorRequired]
    public Device Device { get; set; } = null!;

    [Parameter, EditorRequired]
    public DeviceTemplate? Template { get; set; }

    protected override async Task OnInitializedAsync()
    {
        _news = Changes.Listen(change =>
        {
            if (
                change.Tenant == Caller.Tenant
                && change.Kind is ChangeKind.Twin or ChangeKind.CloudProperties
                && change.DeviceKey == Device.Key
            )
                _ = InvokeAsync(ReloadAsync);
        });
        Show(await Twins.GetAsync(Caller, Device.Id, _gone.Token));
    }

    protected override void OnParametersSet()
    {
        // another template: other names, units and cloud properties
        if (_twin is { } twin && _form is { } form && !form.Capabilities.SequenceEqual(Template?.CloudProperties ?? []))
        {
            _form = null;
            Show(twin);
        }
    }

    private void Show(Twin twin)
    {
        _twin = twin;
        _reported = PropertyRow.Reported(Template, twin);
        if (_form is null)
            _form = new CloudForm(Template, twin, Zone);
        else
            _form.Take(twin);
    }

    private async Task ReloadAsync()
    {
        try
        {
            Show(await Twins.GetAsync(Caller, Device.Id, _gone.Token));
        }
        catch (Exception e) when (e is DomainException or OperationCanceledException)
        {
            return; // deleted, or storage away: what is shown stays until the next change
        }
        StateHasChanged();
    }

    private async Task SaveAsync()
    {
        if (_isBusy || _form!.Patch(_faults) is not { } patch)
            return;
        _isBusy = true;
        var stale = false;
        await Errors.TryAsync(
            async () =>
            {
                try
                {
                    var twin = await Twins.PatchCloudAsync(Caller, Device.Id, patch, _form.Version, _gone.Token);
                    Show(twin);
                }
                catch (StaleEditException)
                {
                    stale = true;
                    Show(await Twins.GetAsync(Caller, Device.Id, _gone.Token));
                }
            },
            form: _faults
        );
        _isBusy = false;
        // what the other one changed does not touch ours: go on with the version that is there now
        if (stale && _form.Conflicts.Count == 0 && _form.IsChanged)
            await SaveAsync();
    }

    private async Task BeforeLeavingAsync(LocationChangingContext context)
    {
        if (_form?.IsChanged != true)
            return;
        var question = new Question(L["LeaveTitle"], L["LeaveText"], L["LeaveAct"]);
        if (!await ConfirmDialog.AskAsync(Dialogs, question))
            context.PreventNavigation();
    }

    public void Dispose()
    {
        _news?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }
}
