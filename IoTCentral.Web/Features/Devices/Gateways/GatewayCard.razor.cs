using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Forms;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace IoTCentral.Web.Features.Devices.Gateways;

/// <summary>The other end of a relationship of the device shown.</summary>
/// <param name="Device">Null: it was deleted this moment.</param>
internal sealed record GatewayRow(DeviceRelationship Relationship, string OtherId, Device? Device)
{
    public string Name => Device?.Name ?? OtherId;
}

public sealed partial class GatewayCard
{
    // Each is read by its id; more are asked for.
    private const int PageSize = 20;

    private readonly Lifetime _gone = new();
    private IReadOnlyList<DeviceRelationship> _all = [];
    private IReadOnlyList<GatewayRow> _behind = [];
    private GatewayRow? _gateway;
    private int _shown = PageSize;
    private IDisposable? _news;

    [Inject]
    private DeviceRelationships Relationships { get; set; } = null!;

    [Inject]
    private DeviceRegistry Registry { get; set; } = null!;

    [Inject]
    private ChangeFeed Changes { get; set; } = null!;

    [Inject]
    private UiErrors Errors { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Parameter, EditorRequired]
    public Caller Caller { get; set; } = null!;

    [Parameter, EditorRequired]
    public Device Device { get; set; } = null!;

    [Parameter, EditorRequired]
    public Application Application { get; set; } = null!;

    private bool MayChange => Caller.May(Permission.UpdateDevices);

    protected override async Task OnInitializedAsync()
    {
        _news = Changes.Listen(change =>
        {
            if (change.Tenant == Caller.Tenant && change.Kind == ChangeKind.Device && change.DeviceKey == Device.Key)
                _ = InvokeAsync(RefreshAsync);
        });
        await RefreshAsync();
    }

    private async Task ReadAsync()
    {
        var known = await Relationships.ListAsync(Caller, Device.Id, _gone.Token);
        var own = known.FirstOrDefault(r => r.Target == Device.Id);
        _all = [.. known.Where(r => r.Source == Device.Id)];
        _gateway = own is null ? null : await RowAsync(own, own.Source);
        var rows = new List<GatewayRow>();
        foreach (var relationship in _all.Take(_shown))
            rows.Add(await RowAsync(relationship, relationship.Target));
        _behind = rows;
    }

    private async Task<GatewayRow> RowAsync(DeviceRelationship relationship, string other) =>
        new(relationship, other, await Registry.FindAsync(Caller, other, _gone.Token));

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

    private Task MoreAsync()
    {
        _shown += PageSize;
        return RefreshAsync();
    }

    private string Address(GatewayRow row) => AppAddress.Of(Application.Slug, DeviceAddress.Of(row.OtherId));

    private Task AttachAsync() => AttachDialog.AskAsync(Dialogs, L["AttachTitle", Device.Name], Caller, Device);

    private async Task DetachAsync(GatewayRow row, string device, string gateway)
    {
        var question = new Question(L["DetachTitle"], L["DetachText", device, gateway], L["DetachAct"])
        {
            IsDestructive = false,
        };
        if (!await ConfirmDialog.AskAsync(Dialogs, question))
            return;
        await Errors.TryAsync(
            () => Relationships.DeleteAsync(Caller, Device.Id, row.Relationship.Id, CancellationToken.None),
            L["Detached", device, gateway]
        );
        await RefreshAsync();
    }

    public void Dispose()
    {
        _news?.Dispose();
        _gone.Dispose();
    }
}
