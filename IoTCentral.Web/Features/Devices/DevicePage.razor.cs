using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Live;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Live;
using Microsoft.AspNetCore.Components;

namespace IoTCentral.Web.Features.Devices;

/// <summary>One device: its header and tabs. The tab is in the address; one live subscription serves them all.</summary>
public sealed partial class DevicePage
{
    private static readonly string[] All =
    [
        "overview",
        "properties",
        "commands",
        "files",
        "modules",
        "alerts",
        "raw",
        "connect",
        "log",
    ];

    private Device? _device;
    private DeviceTemplate? _template;
    private DeviceLive? _live;
    private IDisposable? _news;
    private bool _isLive;
    private bool _hasModules;

    [Parameter]
    public string Id { get; set; } = "";

    [SupplyParameterFromQuery(Name = "tab")]
    private string? Tab { get; set; }

    /// <summary>Of the modules tab.</summary>
    [SupplyParameterFromQuery(Name = "module")]
    private string? Module { get; set; }

    [Inject]
    private DeviceModules Modules { get; set; } = null!;

    [Inject]
    private DeviceRegistry Registry { get; set; } = null!;

    [Inject]
    private TemplateCatalog Templates { get; set; } = null!;

    [Inject]
    private ILiveFeed Feed { get; set; } = null!;

    [Inject]
    private LiveFrames Frames { get; set; } = null!;

    [Inject]
    private ChangeFeed Changes { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private bool ShowsConnect => _device is { IsSimulated: false } && Caller.May(Permission.ViewConnectivity);

    private IEnumerable<string> Tabs =>
        All.Where(t =>
            t switch
            {
                "files" => _device is { IsSimulated: false } && Caller.May(Permission.ViewFiles),
                "modules" => _hasModules,
                "alerts" => Caller.May(Permission.ViewAlerts),
                "raw" => Caller.May(Permission.ViewRawData),
                "connect" => ShowsConnect,
                "log" => _device is { IsSimulated: false },
                _ => true,
            }
        );

    private string Shown => Tab is not null && Tabs.Contains(Tab) ? Tab : "overview";

    private IReadOnlyList<Crumb> Crumbs =>
        _template is null
            ? [new(L["Devices"], Href("devices"))]
            :
            [
                new(L["Devices"], Href("devices")),
                new(
                    _template.DisplayName,
                    Href("devices") + new List.DeviceListQuery { Template = _template.Id }.ToQuery()
                ),
            ];

    protected override async Task OnParametersSetAsync()
    {
        if (_device?.Id == Id)
            return;
        Leave();
        _device = null;
        await ReadAsync();
        Arrive();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        _isLive = true; // never called while a page is only drawn for the first answer
        Arrive();
    }

    /// <summary>Listens, once the page is live in a browser.</summary>
    private void Arrive()
    {
        if (_device is not { } device || _live is not null || !_isLive)
            return;
        _news = Changes.Listen(change =>
        {
            if (change.Tenant == Caller.Tenant && IsAboutUs(change, device.Key))
                _ = InvokeAsync(ReloadAsync);
        });
        _live = new DeviceLive(Feed, Frames, Errors);
        _ = _live.RunAsync(Caller, device.Key, Aborted);
        // what happened between reading it and listening
        _ = ReloadAsync();
        StateHasChanged();
    }

    private static bool IsAboutUs(Change change, long key) =>
        change.Kind switch
        {
            ChangeKind.Device or ChangeKind.Connection => change.DeviceKey == key,
            ChangeKind.Template => true,
            _ => false,
        };

    private async Task ReadAsync()
    {
        var device = await Registry.GetAsync(Caller, Id, Aborted);
        // shown with the device: who may see it may see what its values mean
        _template = await Templates.FindAsync(Caller.Tenant, device.TemplateId, Aborted);
        // who may add some gets a place to, others a tab once there are some
        _hasModules =
            !device.IsSimulated
            && (
                Caller.May(Permission.ManageConnectivity)
                || (await Modules.ListAsync(Caller, device.Id, Aborted)).Count > 0
            );
        _device = device;
    }

    private async Task ReloadAsync()
    {
        try
        {
            await ReadAsync();
        }
        catch (NotFoundException)
        {
            return; // somebody deleted it: what is on the screen stays until the person acts
        }
        catch (Exception e) when (e is UnavailableException or OperationCanceledException)
        {
            return; // the next change reads again
        }
        StateHasChanged();
    }

    private void Leave()
    {
        _news?.Dispose();
        _live?.Dispose();
        (_news, _live) = (null, null);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Leave();
        base.Dispose(disposing);
    }
}
