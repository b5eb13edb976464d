using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Features.Devices.List;
using IoTCentral.Web.Ui;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace IoTCentral.Web.Features.Templates.Page;

/// <summary>One template: what it can do, its versions, its JSON. Edits wait until they are saved or published.</summary>
public sealed partial class TemplatePage
{
    private static readonly string[] AllTabs = ["capabilities", "versions", "json"];

    private readonly FormFaults _faults = new();
    private TemplateWork? _work;
    private IReadOnlyList<FamilyMember> _family = [];
    private IReadOnlyList<string> _dropped = [];
    private DeviceTemplate? _fresh;
    private IDisposable? _news;
    private string? _failure;
    private string _search = "";
    private bool _isGone;
    private bool _busy;

    [Parameter]
    public string Id { get; set; } = "";

    [SupplyParameterFromQuery(Name = "tab")]
    private string? Tab { get; set; }

    [Inject]
    private TemplateBook Book { get; set; } = null!;

    [Inject]
    private ChangeFeed Changes { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    private bool MayEdit => Caller.May(Permission.ManageTemplates);

    private string Shown => AllTabs.Contains(Tab) ? Tab! : AllTabs[0];

    private IReadOnlyList<Crumb> Crumbs => [new(L["NavTitle"], Href("templates"))];

    private long _devices => _family.FirstOrDefault(f => f.Item.Id == Id)?.Item.DeviceCount ?? 0;

    private string DeviceWords => L[_devices == 1 ? "DeviceOne" : "DeviceMany", Figures.Format(_devices, 0)];

    private string DevicesHref => Href("devices") + new DeviceListQuery { Template = Id }.ToQuery();

    protected override async Task OnParametersSetAsync()
    {
        if (_work?.Stored.Id != Id)
            await LoadAsync();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _news = Changes.Listen(Hear);
    }

    private async Task LoadAsync()
    {
        try
        {
            (_failure, _work, _fresh, _dropped) = (null, null, null, []);
            _faults.Clear();
            var template = await Book.GetAsync(Caller, Id, Aborted);
            _family = await Book.FamilyAsync(Caller, template, Aborted);
            _work = new TemplateWork(template);
        }
        catch (NotFoundException)
        {
            _isGone = true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Errors.Log(e);
            _failure = Errors.Say(e);
        }
    }

    private void Hear(Change change)
    {
        var isMine = change.Tenant == Caller.Tenant && (change.Id is null || change.Id == Id);
        if (change.Kind == ChangeKind.Template && isMine)
            _ = InvokeAsync(LookAgainAsync);
    }

    /// <summary>Somebody saved: without edits here the page follows, with edits it asks.</summary>
    private async Task LookAgainAsync()
    {
        if (_busy || _work is not { } work)
            return;
        try
        {
            var fresh = await Book.FindAsync(Caller, Id, Aborted);
            if (fresh is null || fresh.Revision == work.Stored.Revision)
                return;
            _family = await Book.FamilyAsync(Caller, fresh, Aborted);
            if (work.IsChanged)
                _fresh = fresh;
            else
                work.Settle(fresh);
            StateHasChanged();
        }
        catch (Exception e) when (e is DomainException or OperationCanceledException)
        {
            // saving will tell
        }
    }

    private void KeepMine()
    {
        _dropped = _work!.Rebase(_fresh!);
        _fresh = null;
    }

    private void TakeTheirs()
    {
        _work!.Settle(_fresh!);
        (_fresh, _dropped) = (null, []);
    }

    private void Undo()
    {
        _work!.Undo();
        _dropped = [];
        _faults.Clear();
    }

    private async Task EditAsync(Capability capability) =>
        Do(await CapabilityDialog.AskAsync(Dialogs, capability.Label, _work!.Edited, capability, null));

    private async Task AddAsync(CapabilityGroup group) =>
        Do(
            await CapabilityDialog.AskAsync(
                Dialogs,
                L[group.IsCloud ? "AddCloud" : "AddCapabilityTitle"],
                _work!.Edited,
                null,
                group
            )
        );

    private async Task RenameAsync() => Do(await RenameDialog.AskAsync(Dialogs, L["Rename"], _work!.Edited));

    private void Do(Func<DeviceTemplate, DeviceTemplate>? edit)
    {
        if (edit is null)
            return;
        _faults.Clear();
        _work!.Do(edit);
    }
}
