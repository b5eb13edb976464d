using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Features.Templates.Page;
using IoTCentral.Web.Ui;
using Microsoft.AspNetCore.Components;

namespace IoTCentral.Web.Features.Templates.New;

public sealed partial class SamplePanel : IDisposable
{
    // Enough to have seen each field of a device that sends different messages in turn.
    private const int MessagesLookedAt = 100;
    private const int MostDevices = 100;
    private const string Example = """{ "temperature": 4.2, "humidity": 61, "doorOpen": false }""";

    private static readonly TimeSpan LookBack = TimeSpan.FromDays(30);
    private static readonly IReadOnlyDictionary<string, int> NoLines = new Dictionary<string, int>();

    private readonly Lifetime _gone = new();
    private readonly FormFaults _faults = new();
    private IReadOnlyList<Device> _devices = [];
    private IReadOnlyList<SampleMessage> _messages = [];
    private Device? _device;
    private TemplateImport? _draft;
    private TemplateWork? _work;
    private string _name = "";
    private string _model = "";
    private bool _busy;

    [Inject]
    private DeviceRegistry Registry { get; set; } = null!;

    [Inject]
    private TelemetryHistory Telemetry { get; set; } = null!;

    [Inject]
    private TemplateSaver Saver { get; set; } = null!;

    [Inject]
    private UiErrors Errors { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Parameter, EditorRequired]
    public Caller Caller { get; set; } = null!;

    [Parameter, EditorRequired]
    public Application Application { get; set; } = null!;

    /// <summary>The device to begin with.</summary>
    [Parameter]
    public string? DeviceId { get; set; }

    private IReadOnlyList<ImportLine> LeftOut =>
        [.. (_draft?.Lines ?? []).Where(l => l.Outcome != ImportOutcome.Taken)];

    protected override async Task OnInitializedAsync()
    {
        if (!Caller.May(Permission.ViewDevices) || !Caller.May(Permission.ViewRawData))
            return;
        await Errors.TryAsync(async () =>
        {
            var filter = new DeviceFilter { OnlyUnassigned = true };
            _devices = (await Registry.ListAsync(Caller, filter, null, MostDevices, _gone.Token)).Items;
            if (DeviceId is null || await Registry.FindAsync(Caller, DeviceId, _gone.Token) is not { } wanted)
                return;
            if (_devices.All(d => d.Id != wanted.Id))
                _devices = [wanted, .. _devices];
            await ChooseAsync(wanted.Id);
        });
    }

    private Task ChooseAsync(string? id) =>
        Errors.TryAsync(async () =>
        {
            _device = _devices.FirstOrDefault(d => d.Id == id);
            _messages = _device is null ? [] : await LastOfAsync(_device);
            if (_device is not null && _name.Length == 0)
                (_name, _model) = (_device.Name, Names.Model(Application.Slug, _device.Name));
            Draft();
        });

    private async Task<IReadOnlyList<SampleMessage>> LastOfAsync(Device device)
    {
        var now = Time.GetUtcNow();
        var page = await Telemetry.RawAsync(
            Caller,
            device.Key,
            now - LookBack,
            now,
            null,
            MessagesLookedAt,
            _gone.Token
        );
        return [.. page.Items.Select(m => new SampleMessage(m.Component, m.Body))];
    }

    private void Paste(string text)
    {
        _messages = string.IsNullOrWhiteSpace(text) ? [] : SampleText.Split(text);
        Draft();
    }

    /// <summary>Guesses anew; what was changed by hand is put on the new guess.</summary>
    private void Draft()
    {
        _draft = _messages.Count == 0 ? null : SampleTemplate.Draft("Draft", "dtmi:draft:Draft;1", _messages);
        if (_draft?.Template is not { } drafted)
            _work = null;
        else if (_work is null)
            _work = new TemplateWork(drafted);
        else
            _work.Rebase(drafted);
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

    private void Do(Func<DeviceTemplate, DeviceTemplate>? edit)
    {
        if (edit is not null)
            _work!.Do(edit);
    }

    private async Task SaveAsync()
    {
        if (_work is not { } work || !NameFields.AreGood(_name, _model, _faults, L))
            return;
        _busy = true;
        await Saver.AddAsync(Caller, Application, Named(work.Edited), _faults);
        _busy = false;
    }

    /// <summary>The draft under the ids people want; components' ids follow the model's.</summary>
    private DeviceTemplate Named(DeviceTemplate drafted)
    {
        var (name, model) = (_name.Trim(), Dtmi.Parse(_model));
        return drafted with
        {
            Id = Names.TemplateId(model),
            DisplayName = name,
            Root = drafted.Root with
            {
                Id = model.Value,
                DisplayName = name,
                Contents =
                [
                    .. drafted.Root.Contents.Select(c =>
                        c.Interface is { } inner
                            ? c with
                            {
                                Interface = inner with { Id = Names.ComponentId(model, c.Name) },
                            }
                            : c
                    ),
                ],
            },
        };
    }

    public void Dispose()
    {
        _gone.Dispose();
    }
}
