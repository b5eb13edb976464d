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
    private readonly Lifetime _gone = new();
    private readonly FormFaults _cloudFaults = new();
    private readonly FormFaults _desiredFaults = new();
    private IReadOnlyList<PropertyRow> _reported = [];
    private Twin? _twin;
    private PropertyForm? _cloud;
    private PropertyForm? _desired;
    private DeviceTemplate? _shown;
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

    private bool IsChanged => _cloud?.IsChanged == true || _desired?.IsChanged == true;

    protected override void OnParametersSet()
    {
        // another template, or another version of it: other names, units and properties
        if (_twin is { } twin && !IsShown(Template))
            Show(twin);
    }

    private bool IsShown(DeviceTemplate? template) =>
        (template?.Id, template?.Revision) == (_shown?.Id, _shown?.Revision);

    private void Show(Twin twin)
    {
        if (_cloud is null || !IsShown(Template))
        {
            _shown = Template;
            (_cloud, _desired) = (PropertyForm.Cloud(Template, twin, Zone), PropertyForm.Desired(Template, twin, Zone));
        }
        else
        {
            _cloud.Take(twin);
            _desired!.Take(twin);
        }

        _twin = twin;
        // writable ones have their place above
        _reported = [.. PropertyRow.Reported(Template, twin).Where(r => r.Capability?.IsWritable != true)];
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

    /// <summary>Wishes are written over each other: the last one counts, for people and programs alike.</summary>
    private async Task SendAsync()
    {
        if (_isBusy || _desired!.Patch(_desiredFaults) is not { } typed)
            return;
        _isBusy = true;
        await Errors.TryAsync(
            async () =>
            {
                var patch = new PropertyPatch(Template!, component: "", typed).Desired;
                var whole = WholeValues.Replacing(_twin!.Desired, patch);
                Show(await Twins.PatchDesiredAsync(Caller, Device.Id, whole, _gone.Token));
            },
            form: _desiredFaults
        );
        _isBusy = false;
    }

    private async Task SaveAsync()
    {
        if (_isBusy || _cloud!.Patch(_cloudFaults) is not { } typed)
            return;
        _isBusy = true;
        var stale = false;
        await Errors.TryAsync(
            async () =>
            {
                try
                {
                    var patch = WholeValues.Replacing(_twin!.Cloud, typed);
                    Show(await Twins.PatchCloudAsync(Caller, Device.Id, patch, _twin.CloudVersion, _gone.Token));
                }
                catch (StaleEditException)
                {
                    stale = true;
                    Show(await Twins.GetAsync(Caller, Device.Id, _gone.Token));
                }
            },
            form: _cloudFaults
        );
        _isBusy = false;
        // what the other one changed does not touch ours: go on with the version that is there now
        if (stale && _cloud.Conflicts.Count == 0 && _cloud.IsChanged)
            await SaveAsync();
    }

    private async Task BeforeLeavingAsync(LocationChangingContext context)
    {
        if (!IsChanged)
            return;
        var question = new Question(L["LeaveTitle"], L["LeaveText"], L["LeaveAct"]);
        if (!await ConfirmDialog.AskAsync(Dialogs, question))
            context.PreventNavigation();
    }

    public void Dispose()
    {
        _news?.Dispose();
        _gone.Dispose();
    }
}
