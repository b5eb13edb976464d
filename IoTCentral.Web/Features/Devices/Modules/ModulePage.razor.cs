using System.Text.Json;
using System.Text.Json.Nodes;
using IoTCentral.Core.Access;
using IoTCentral.Core.Commands;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;
using IoTCentral.Core.Twins;
using IoTCentral.Web.Features.Devices.Commands;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Forms;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace IoTCentral.Web.Features.Devices.Modules;

public sealed partial class ModulePage
{
    private const int PageSize = 25;

    private readonly Lifetime _gone = new();
    private readonly FormFaults _faults = new();
    private List<CommandCall> _calls = [];
    private IReadOnlyList<CommandRow> _rows = [];
    private IReadOnlyList<(CapabilityPath Path, WritableProperty Property)> _wishes = [];
    private Twin? _twin;
    private string? _next;
    private string _wish = "";
    private bool _isBusy;
    private IDisposable? _news;

    [Inject]
    private DeviceModules Modules { get; set; } = null!;

    [Inject]
    private TwinRegistry Twins { get; set; } = null!;

    [Inject]
    private CommandDesk Desk { get; set; } = null!;

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
    public DeviceModule Module { get; set; } = null!;

    [Parameter]
    public EventCallback OnDeleted { get; set; }

    private bool MayAct => Caller.May(Permission.UpdateDevices) || Caller.May(Permission.ExecuteCommands);

    /// <summary>The device as far as the module is concerned, which connects by itself.</summary>
    private Device AsSeen => Device with { Presence = Module.Presence };

    private IdentityId Id => new(Device.Id, Module.Id);

    protected override async Task OnInitializedAsync()
    {
        _news = Changes.Listen(change =>
        {
            var isOurs = change.DeviceKey == Device.Key || change.DeviceKey == Module.Key;
            if (change.Tenant == Caller.Tenant && change.Kind == ChangeKind.Twin && isOurs)
                _ = InvokeAsync(RefreshAsync);
        });
        await ReadAsync();
    }

    private async Task ReadAsync()
    {
        var page = await Desk.ListAsync(Caller, Id, path: null, (null, PageSize), _gone.Token);
        _twin = await Twins.GetAsync(Caller, Id, _gone.Token);
        (_calls, _next) = ([.. page.Items], page.Next);
        Show();
    }

    private void Show()
    {
        _rows = CommandRow.Of(null, _calls, [], _twin, Time.GetUtcNow());
        _wishes = ModuleWishes.Of(_twin!);
    }

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

    private Task MoreAsync() =>
        Errors.TryAsync(async () =>
        {
            var page = await Desk.ListAsync(Caller, Id, path: null, (_next, PageSize), _gone.Token);
            _calls.AddRange(page.Items);
            _next = page.Next;
            Show();
        });

    private async Task WishAsync()
    {
        _faults.Clear();
        if (_isBusy || Typed() is not { } patch)
            return;
        _isBusy = true;
        await Errors.TryAsync(
            async () =>
            {
                _twin = await Twins.PatchDesiredAsync(Caller, Id, patch, _gone.Token);
                _wish = "";
                Show();
            },
            L["Wished"],
            _faults
        );
        _isBusy = false;
    }

    private JsonObject? Typed()
    {
        try
        {
            if (JsonNode.Parse(_wish) is JsonObject { Count: > 0 } patch)
                return patch;
        }
        catch (JsonException)
        {
            // said below
        }

        _faults.Add("json", L["FillIn"]);
        return null;
    }

    /// <summary>Runs it to its end, also when the person leaves: the answer is kept.</summary>
    private async Task<CommandCall> RunAsync(CommandRequest command)
    {
        try
        {
            return await Desk.RunAsync(Caller, Id, command, CancellationToken.None);
        }
        finally
        {
            await RefreshAsync();
        }
    }

    private async Task DeleteAsync()
    {
        var question = new Question(L["DeleteTitle", Module.Id], L["DeleteText", Module.Id], L["Delete"])
        {
            TypeName = Module.Id,
        };
        if (!await ConfirmDialog.AskAsync(Dialogs, question))
            return;
        if (await Errors.TryAsync(() => Modules.DeleteAsync(Caller, Id, CancellationToken.None), L["Deleted"]))
            await OnDeleted.InvokeAsync();
    }

    public void Dispose()
    {
        _news?.Dispose();
        _gone.Dispose();
    }
}
