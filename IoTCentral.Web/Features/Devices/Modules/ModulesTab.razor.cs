using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Ui;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace IoTCentral.Web.Features.Devices.Modules;

public sealed partial class ModulesTab
{
    private readonly Lifetime _gone = new();
    private IReadOnlyList<DeviceModule>? _modules;
    private IDisposable? _news;

    [Inject]
    private DeviceModules Modules { get; set; } = null!;

    [Inject]
    private ChangeFeed Changes { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Parameter, EditorRequired]
    public Caller Caller { get; set; } = null!;

    [Parameter, EditorRequired]
    public Application Application { get; set; } = null!;

    [Parameter, EditorRequired]
    public Device Device { get; set; } = null!;

    /// <summary>Id of the one to show; null: the list.</summary>
    [Parameter]
    public string? Shown { get; set; }

    private bool MayManage => Caller.May(Permission.ManageConnectivity);

    protected override async Task OnInitializedAsync()
    {
        _news = Changes.Listen(change =>
        {
            if (change.Tenant == Caller.Tenant && IsOurs(change))
                _ = InvokeAsync(RefreshAsync);
        });
        await ReadAsync();
    }

    // presence is told by the module's own key
    private bool IsOurs(Change change) =>
        change.Kind is ChangeKind.Device or ChangeKind.Connection
        && (change.DeviceKey == Device.Key || _modules?.Any(m => m.Key == change.DeviceKey) == true);

    private async Task ReadAsync() => _modules = await Modules.ListAsync(Caller, Device.Id, _gone.Token);

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

    private string Address(string? module) =>
        AppAddress.Of(
            Application.Slug,
            DeviceAddress.Of(Device.Id, "modules") + (module is null ? "" : $"&module={Uri.EscapeDataString(module)}")
        );

    private async Task AddAsync()
    {
        var dialog = await Dialogs.ShowAsync<NewModuleDialog>(
            L["AddTitle", Device.Name],
            new DialogParameters<NewModuleDialog> { { d => d.Caller, Caller }, { d => d.Device, Device } }
        );
        if (await dialog.Result is not { Canceled: false, Data: DeviceModule added })
            return;
        await RefreshAsync();
        Navigation.NavigateTo(Address(added.Id));
    }

    public void Dispose()
    {
        _news?.Dispose();
        _gone.Dispose();
    }
}
