using IoTCentral.Core.Access;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Forms;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using MudBlazor;

namespace IoTCentral.Web.Features.Settings;

public sealed partial class SettingsPage
{
    private readonly FormFaults _faults = new();
    private Application _saved = null!;
    private string _name = "";
    private string? _zone;
    private bool _busy;

    [Inject]
    private ApplicationRegistry Registry { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    private bool IsChanged => _name != _saved.Name || _zone != _saved.TimeZone;

    protected override void OnInitialized()
    {
        _saved = Application;
        Reset();
    }

    private void Reset()
    {
        (_name, _zone) = (_saved.Name, _saved.TimeZone);
        _faults.Clear();
    }

    private async Task SaveAsync()
    {
        if (_busy || !IsChanged)
            return;
        _busy = true;
        await Errors.TryAsync(
            async () =>
            {
                var changed = _saved with { Name = _name, TimeZone = _zone ?? "" };
                _saved = await Registry.SaveAsync(Caller, changed, Aborted);
                Reset();
            },
            L["Saved"],
            _faults
        );
        _busy = false;
    }

    private async Task AskAsync(LocationChangingContext context)
    {
        if (!IsChanged)
            return;
        var question = new Question(L["LeaveTitle"], L["LeaveText"], L["Discard"]);
        if (!await ConfirmDialog.AskAsync(Dialogs, question))
            context.PreventNavigation();
    }

    private string? Wrong(string field) => _faults[field] is null ? null : "true";
}
