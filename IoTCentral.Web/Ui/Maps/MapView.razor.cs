using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace IoTCentral.Web.Ui.Maps;

public sealed partial class MapView : IAsyncDisposable
{
    private ElementReference _host;
    private JsModule? _module;
    private DotNetObjectReference<MapView>? _self;
    private IReadOnlyList<MapMarker>? _shown;
    private bool _isReady;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    /// <summary>Another list (by reference) replaces what is drawn; the view stays where it is.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<MapMarker> Markers { get; set; } = [];

    /// <summary>What the map shows, for screen readers: "Stores".</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>What is shown first; null: all markers.</summary>
    [Parameter]
    public MapPlace? Place { get; set; }

    /// <summary>Called when the person has moved or zoomed; for the address of the page.</summary>
    [Parameter]
    public EventCallback<MapPlace> OnMoved { get; set; }

    /// <summary>Called with the id of the marker that was clicked; its popup opens by itself.</summary>
    [Parameter]
    public EventCallback<string> OnChosen { get; set; }

    /// <summary>Tiles of a server below the markers; null: only the world that comes with the program.</summary>
    [Parameter]
    public MapTiles? Tiles { get; set; }

    /// <summary>Height in pixels.</summary>
    [Parameter]
    public int Height { get; set; } = 360;

    /// <summary>As high as its place (grid tiles) instead of <see cref="Height"/>.</summary>
    [Parameter]
    public bool Fill { get; set; }

    /// <summary>Words when there are no markers.</summary>
    [Parameter]
    public string? EmptyText { get; set; }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _module = new JsModule(Js, "map");
            _self = DotNetObjectReference.Create(this);
            await _module.CallAsync("create", default, _host, _self, Options());
            _isReady = true;
        }
        if (!_isReady || ReferenceEquals(_shown, Markers))
            return;
        _shown = Markers;
        await _module!.CallAsync("load", default, _host, Markers.Where(IsOnEarth).Select(Sign.Of).ToList());
    }

    private object Options() =>
        new
        {
            place = Place is { } p
                ? new
                {
                    lat = p.Latitude,
                    lon = p.Longitude,
                    zoom = p.Zoom,
                }
                : null,
            tiles = Tiles?.Url,
            attribution = Tiles?.Attribution,
            more = L["MapMore"].Value,
            devices = L["MapDevices"].Value,
        };

    // devices send what they like; one at latitude 1e9 must not take the map with it
    private static bool IsOnEarth(MapMarker marker) =>
        marker.Latitude is >= -85 and <= 85 && marker.Longitude is >= -180 and <= 180;

    /// <summary>Called by the browser after a move.</summary>
    [JSInvokable]
    public Task Moved(double latitude, double longitude, double zoom) =>
        OnMoved.InvokeAsync(new MapPlace(Math.Round(latitude, 4), Math.Round(longitude, 4), zoom));

    /// <summary>Called by the browser when a marker was clicked.</summary>
    [JSInvokable]
    public Task Chosen(string id) => OnChosen.InvokeAsync(id);

    public async ValueTask DisposeAsync()
    {
        if (_module is not null)
            await _module.FarewellAsync("destroy", _host);
        _self?.Dispose();
    }

    // short names: a map may carry 10,000 of them
    private sealed record Sign(
        string Id,
        string Name,
        double Lat,
        double Lon,
        string Tone,
        string? State,
        string? Note,
        string? Href
    )
    {
        public static Sign Of(MapMarker m) =>
            new(m.Id, m.Name, m.Latitude, m.Longitude, m.Tone.Suffix() ?? "neutral", m.State, m.Note, m.Href);
    }
}
