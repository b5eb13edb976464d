using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Templates;
using IoTCentral.Web.Ui;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace IoTCentral.Web.Features.Devices.List;

public sealed partial class NewDeviceDialog : IDisposable
{
    private readonly Lifetime _gone = new();
    private readonly string _ending = DeviceIdSuggestion.Ending();
    private readonly FormFaults _faults = new();
    private IReadOnlyList<TemplateListItem> _templates = [];
    private string _name = "";
    private string _id = "";
    private string _template = "";
    private bool _isOwnId;
    private bool _isSimulated;
    private bool _isBusy;

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = null!;

    [Inject]
    private DeviceRegistry Registry { get; set; } = null!;

    [Inject]
    private TemplateBook Templates { get; set; } = null!;

    [Inject]
    private UiErrors Errors { get; set; } = null!;

    [Parameter, EditorRequired]
    public Caller Caller { get; set; } = null!;

    private bool MaySimulate => _template.Length > 0;

    protected override async Task OnInitializedAsync()
    {
        _id = DeviceIdSuggestion.Of(_name, _ending);
        if (!Caller.May(Permission.ViewTemplates))
            return;
        await Errors.TryAsync(async () =>
        {
            var all = await Templates.ListAsync(Caller, _gone.Token);
            _templates = [.. all.Where(t => t.Status == TemplateStatus.Published)];
        });
    }

    private void Named(ChangeEventArgs e)
    {
        _name = (string?)e.Value ?? "";
        if (!_isOwnId)
            _id = DeviceIdSuggestion.Of(_name, _ending);
    }

    /// <summary>Says while it is typed whether the id can be had.</summary>
    private async Task IdTypedAsync(ChangeEventArgs e)
    {
        var id = _id = (string?)e.Value ?? "";
        _isOwnId = id.Length > 0;
        _faults.Clear();
        if (id.Length == 0)
            return;
        if (!DeviceId.IsLegal(id))
            _faults.Add("id", L["DeviceIdWrong"]);
        else if (await IsTakenAsync(id) && id == _id)
            _faults.Add("id", L["DeviceIdTaken"]);
    }

    private async Task<bool> IsTakenAsync(string id)
    {
        try
        {
            return await Registry.FindAsync(Caller, id, _gone.Token) is not null;
        }
        catch (Exception e) when (e is DomainException or OperationCanceledException)
        {
            return false; // creating will tell
        }
    }

    private async Task CreateAsync()
    {
        if (_isBusy)
            return;
        _isBusy = true;
        Device? made = null;
        await Errors.TryAsync(
            async () =>
            {
                try
                {
                    made = await Registry.AddAsync(Caller, Wanted(), _gone.Token);
                }
                catch (ConflictException e)
                {
                    throw new InvalidRequestException(e.Code, [new Fault("id", L["DeviceIdTaken"])]);
                }
            },
            form: _faults
        );
        _isBusy = false;
        if (made is not null)
            Dialog.Close(made);
    }

    private NewDevice Wanted() =>
        new()
        {
            Id = _id.Length == 0 ? DeviceIdSuggestion.Of(_name, _ending) : _id,
            Name = _name,
            TemplateId = _template.Length == 0 ? null : _template,
            IsSimulated = _isSimulated && MaySimulate,
        };

    private string? Wrong(string field) => _faults[field] is null ? null : "true";

    public void Dispose()
    {
        _gone.Dispose();
    }
}
