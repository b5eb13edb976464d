using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Web.Features.Devices.Gateways;
using IoTCentral.Web.Features.Devices.List;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Forms;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace IoTCentral.Web.Features.Devices;

public sealed partial class DeviceActions : IDisposable
{
    private readonly Lifetime _gone = new();

    [Inject]
    private DeviceRegistry Registry { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    [Inject]
    private UiErrors Errors { get; set; } = null!;

    [Parameter, EditorRequired]
    public Caller Caller { get; set; } = null!;

    [Parameter, EditorRequired]
    public Device Device { get; set; } = null!;

    [Parameter]
    public EventCallback OnChanged { get; set; }

    [Parameter]
    public EventCallback OnDeleted { get; set; }

    private async Task RenameAsync()
    {
        var dialog = await Dialogs.ShowAsync<RenameDialog>(
            L["RenameTitle", Device.Name],
            new DialogParameters<RenameDialog> { { d => d.Caller, Caller }, { d => d.Device, Device } }
        );
        await AfterAsync(dialog);
    }

    private async Task AssignAsync()
    {
        var dialog = await Dialogs.ShowAsync<TemplateDialog>(
            L["AssignTitle", Device.Name],
            new DialogParameters<TemplateDialog> { { d => d.Caller, Caller }, { d => d.Device, Device } }
        );
        await AfterAsync(dialog);
    }

    private Task AttachAsync() => AttachDialog.AskAsync(Dialogs, Gateways["AttachTitle", Device.Name], Caller, Device);

    private async Task AfterAsync(IDialogReference dialog)
    {
        if (await dialog.Result is { Canceled: false })
            await OnChanged.InvokeAsync();
    }

    /// <summary>Blocking can be taken back at once: no question before it, an "Undo" after it.</summary>
    private async Task BlockAsync()
    {
        var block = !Device.IsBlocked;
        if (!await Errors.TryAsync(() => SetBlockedAsync(block)))
            return;
        await OnChanged.InvokeAsync();
        Snackbar.Add(
            L[block ? "BlockedOne" : "UnblockedOne", Device.Name],
            Severity.Success,
            snackbar =>
            {
                snackbar.Action = L["Undo"];
                snackbar.OnClick = async _ =>
                {
                    if (await Errors.TryAsync(() => SetBlockedAsync(!block)))
                        await InvokeAsync(OnChanged.InvokeAsync);
                };
            }
        );
    }

    private Task SetBlockedAsync(bool block) =>
        block
            ? Registry.BlockAsync(Caller, Device.Id, _gone.Token)
            : Registry.UnblockAsync(Caller, Device.Id, _gone.Token);

    private async Task DeleteAsync()
    {
        var question = DeleteQuestion.Of(L, [Device.Name]);
        if (!await ConfirmDialog.AskAsync(Dialogs, question))
            return;
        if (
            await Errors.TryAsync(
                () => Registry.DeleteAsync(Caller, Device.Id, _gone.Token),
                L["DeletedOne", Device.Name]
            )
        )
            await OnDeleted.InvokeAsync();
    }

    public void Dispose()
    {
        _gone.Dispose();
    }
}
