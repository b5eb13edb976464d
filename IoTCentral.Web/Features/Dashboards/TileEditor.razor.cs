using System.Globalization;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Dashboards;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Templates;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Forms;
using IoTCentral.Web.Ui.Times;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace IoTCentral.Web.Features.Dashboards;

public sealed partial class TileEditor : IDisposable
{
    private static readonly TimeRange Preview = TimeRange.Last(TimeSpan.FromHours(12));

    private readonly Lifetime _gone = new();
    private readonly FormFaults _faults = new();
    private IReadOnlyList<TemplateListItem> _templates = [];
    private DeviceTemplate? _template;
    private Tile _tile = null!;

    // as the form shows them: one line at least, null where nothing is chosen yet
    private List<TileSeries?> _series = [null];
    private string? _failure;

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = null!;

    [CascadingParameter]
    private Caller Caller { get; set; } = null!;

    [Parameter, EditorRequired]
    public Tile Value { get; set; } = null!;

    [Inject]
    private TemplateBook Templates { get; set; } = null!;

    [Inject]
    private UiErrors Errors { get; set; } = null!;

    private PropertyEquals? Filter => _tile.Source.Properties is [var first, ..] ? first : null;

    private bool IsComplete
    {
        get
        {
            var faults = new List<Fault>();
            DashboardRules.Check(_tile, "tile", faults);
            return faults.Count == 0;
        }
    }

    private TileKind Kind
    {
        get => _tile.Kind;
        set
        {
            _tile = _tile with { Kind = value };
            var shown = _series.Where(s => s is not null && Signals.Any(c => IsOf(c, s))).Select(Fitting);
            TakeSeries(value is TileKind.Line ? shown : shown.Take(1));
        }
    }

    /// <summary>What this kind of tile can show of the template.</summary>
    private IEnumerable<Capability> Signals =>
        (_template?.Capabilities ?? []).Where(c =>
            (
                c.Kind == (Kind is TileKind.Command ? CapabilityKind.Command : CapabilityKind.Telemetry)
                || (Kind is TileKind.Map && c is { Kind: CapabilityKind.Property, Component: "" })
            )
            && Kind switch
            {
                TileKind.Command => true,
                TileKind.Map => c.Schema?.Kind is SchemaKind.Geopoint,
                TileKind.State => c.Schema?.Kind is SchemaKind.Enum or SchemaKind.Boolean or SchemaKind.String,
                TileKind.LastValue => c.Schema?.Kind is not (SchemaKind.Object or SchemaKind.Array or SchemaKind.Map),
                // of texts and enumerations, the time in a state
                _ => c.Schema
                    is { IsNumeric: true }
                        or { Kind: SchemaKind.Boolean or SchemaKind.Enum or SchemaKind.String },
            }
        );

    private bool HasAggregate => Kind is TileKind.Line or TileKind.Kpi;

    private IEnumerable<Capability> Properties =>
        (_template?.Capabilities ?? []).Where(c => c is { Kind: CapabilityKind.Property, Component: "" });

    public static string NewId() => Guid.CreateVersion7().ToString("n");

    public static Tile NewTile() => new() { Id = NewId(), Kind = TileKind.Line };

    /// <summary>As large as a new tile of its kind deserves; people may drag it larger.</summary>
    public static Tile Sized(Tile tile) =>
        tile.Kind is TileKind.Kpi or TileKind.Command
            ? tile with
            {
                Width = 3,
                Height = 2,
            }
            : tile with
            {
                Width = 6,
                Height = 4,
            };

    /// <summary>The tile as the person wants it, or null when she changed her mind.</summary>
    public static async Task<Tile?> EditAsync(IDialogService dialogs, string title, Tile value)
    {
        var parameters = new DialogParameters<TileEditor> { { d => d.Value, value } };
        var options = new DialogOptions { MaxWidth = MaxWidth.Large, FullWidth = true };
        var dialog = await dialogs.ShowAsync<TileEditor>(title, parameters, options);
        return await dialog.Result is { Canceled: false, Data: Tile wanted } ? wanted : null;
    }

    protected override async Task OnInitializedAsync()
    {
        _tile = Value;
        TakeSeries(Value.Series);
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        try
        {
            _failure = null;
            _templates = await Templates.ListAsync(Caller, _gone.Token);
            if (_tile.Source.TemplateId is { } id)
                _template = await Templates.FindAsync(Caller, id, _gone.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Errors.Log(e);
            _failure = Errors.Say(e);
        }
    }

    private async Task ChooseTemplateAsync(string id)
    {
        ChangeSource(_tile.Source with { TemplateId = Blank(id) });
        TakeSeries([]);
        _template = null;
        await LoadAsync();
    }

    private void ChangeSource(TileSource source) => _tile = _tile with { Source = source };

    private void ChangeFilter(string? name, string? value) =>
        ChangeSource(
            _tile.Source with
            {
                Properties = Blank(name) is { } property ? [new PropertyEquals("", property, value?.Trim() ?? "")] : [],
            }
        );

    private void ChooseSignal(int place, TileSeries? chosen)
    {
        _series[place] = Fitting(chosen);
        TakeSeries(_series);
        if (_tile.Title.Length == 0 && Signals.FirstOrDefault(c => IsOf(c, chosen)) is { } capability)
            _tile = _tile with { Title = $"{capability.Label} · {_template!.DisplayName}" };
    }

    private TileSeries? Fitting(TileSeries? series) =>
        series is null ? null
        : HasAggregate ? SeriesField.Fitting(series, Signals.FirstOrDefault(c => IsOf(c, series)))
        : series with { Aggregate = Aggregate.Average, State = null };

    private void AddSignal() => _series.Add(null);

    private void RemoveSignal(int place)
    {
        _series.RemoveAt(place);
        TakeSeries(_series);
    }

    private void TakeSeries(IEnumerable<TileSeries?> series)
    {
        _series = [.. series];
        if (_series.Count == 0)
            _series.Add(null);
        _tile = _tile with { Series = [.. _series.OfType<TileSeries>()] };
    }

    private static bool IsOf(Capability capability, TileSeries? series) =>
        series is not null && capability.Component == series.Component && capability.Name == series.Name;

    private void Save()
    {
        var faults = new List<Fault>();
        DashboardRules.Check(_tile, "tile", faults);
        _faults.Set(faults);
        if (faults.Count == 0)
            Dialog.Close(_tile);
    }

    private static string Text(ChangeEventArgs e) => e.Value as string ?? "";

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static double? Number(string text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    public void Dispose()
    {
        _gone.Dispose();
    }
}
