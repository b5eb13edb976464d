using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Live;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Twins;
using IoTCentral.Web.Features.Alerts;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Charts;
using IoTCentral.Web.Ui.Times;

namespace IoTCentral.Web.Features.Devices.Overview;

/// <summary>Reads what a device's overview draws: the tiles of its template, or its own signals when it has none.</summary>
public sealed class OverviewReader(
    TelemetryHistory telemetry,
    TwinRegistry twins,
    AlertBands bands,
    ILiveFeed feed,
    TimeProvider time
)
{
    // Raw points up to here; beyond it buckets, since a chart is no wider than that.
    private static readonly TimeSpan RawUpTo = TimeSpan.FromHours(1);

    private const int MostLines = 8;

    internal async Task<OverviewModel> ReadAsync(
        Caller caller,
        Device device,
        DeviceTemplate? template,
        TimeRange range,
        TimeZoneInfo zone,
        CancellationToken ct
    )
    {
        var (from, to) = range.Resolve(time.GetUtcNow());
        var twin = await twins.GetAsync(caller, device.Id, ct);
        var last = await feed.LastValuesAsync(caller.Tenant, device.Key, ct);
        var tiles = template is null ? Unassigned(last) : Of(template);
        var query = new SeriesQuery
        {
            Series = [],
            From = from,
            To = to,
            TimeZone = zone,
            Bucket = range.Length <= RawUpTo ? null : range.Bucket(),
        };
        tiles = await WithLinesAsync(caller, device.Key, tiles, query, ct);
        tiles = await WithStatesAsync(caller, device, tiles, query, ct);
        var alerts = await bands.ReadAsync(caller, device.Key, from, to, ct);
        return new OverviewModel(tiles, from, to, last, twin, alerts);
    }

    internal Task<IReadOnlyList<Alert>> AlertsAsync(Caller caller, Device device, TimeRange range, CancellationToken ct)
    {
        var (from, to) = range.Resolve(time.GetUtcNow());
        return bands.ReadAsync(caller, device.Key, from, to, ct);
    }

    internal Task<Twin> TwinAsync(Caller caller, Device device, CancellationToken ct) =>
        twins.GetAsync(caller, device.Id, ct);

    /// <summary>The tiles of the template, without those that have nothing to show here.</summary>
    private static List<TileModel> Of(DeviceTemplate template)
    {
        var series = TemplateSeries.Of(template).ToLookup(s => s.Capability.Path);
        return
        [
            .. (template.Views.Overview ?? DefaultViews.Of(template))
                .Where(t => t.Kind != ViewTileKind.Commands)
                .Select(t => new TileModel(
                    t,
                    [.. t.Capabilities.SelectMany(p => series[p]).Select(s => new Signal(s.Component, s.Name, s))]
                )),
        ];
    }

    /// <summary>The device has no template: what it has sent lately speaks for itself.</summary>
    private static List<TileModel> Unassigned(IReadOnlyDictionary<(string Component, string Name), LastValue> last)
    {
        var signals = last.OrderBy(v => v.Key.Component, StringComparer.Ordinal)
            .ThenBy(v => v.Key.Name, StringComparer.Ordinal)
            .ToList();
        return
        [
            .. signals
                .Where(s => s.Value.Point.Kind == PointKind.Number)
                .Take(MostLines)
                .Select(s => new Signal(s.Key.Component, s.Key.Name, null))
                .Select(s => new TileModel(new ViewTile(ViewTileKind.LineChart, s.Label, []), [s])),
        ];
    }

    private async Task<List<TileModel>> WithLinesAsync(
        Caller caller,
        long deviceKey,
        List<TileModel> tiles,
        SeriesQuery query,
        CancellationToken ct
    )
    {
        var wanted = tiles.Where(DrawsLines).SelectMany(t => t.Signals).DistinctBy(s => s.Id).ToList();
        if (wanted.Count == 0)
            return tiles;
        query = query with { Series = [.. wanted.Select(s => new SeriesId(deviceKey, s.Component, s.Name))] };
        var answers = (await telemetry.QueryAsync(caller, query, ct)).ToDictionary(a => a.Series);
        var colors = wanted.Select((s, i) => (s.Id, Color: i)).ToDictionary(p => p.Id, p => p.Color);
        return
        [
            .. tiles.Select(t =>
                !DrawsLines(t)
                    ? t
                    : t with
                    {
                        Lines =
                        [
                            .. t.Signals.Select(
                                (s, i) =>
                                    Line(
                                        s,
                                        t.Tile.Kind == ViewTileKind.Kpi ? colors[s.Id]
                                            : t.Signals.Count > 1 ? i
                                            : colors[s.Id],
                                        answers.GetValueOrDefault(new SeriesId(deviceKey, s.Component, s.Name))
                                    )
                            ),
                        ],
                    }
            ),
        ];
    }

    private static bool DrawsLines(TileModel tile) => tile.Tile.Kind is ViewTileKind.Kpi or ViewTileKind.LineChart;

    private static ChartLine Line(Signal signal, int color, SeriesResult? answer) =>
        new(
            new ChartSeries
            {
                Id = signal.Id,
                Name = signal.Label,
                Unit = signal.Unit,
                Decimals = signal.Decimals,
                Color = color % SeriesColors.Count + 1,
                IsDashed = color >= SeriesColors.Count,
            },
            [.. (answer?.Buckets ?? []).Select(b => new ChartPoint(b.Start, signal.Shown(b.Average)))]
        );

    private async Task<List<TileModel>> WithStatesAsync(
        Caller caller,
        Device device,
        List<TileModel> tiles,
        SeriesQuery query,
        CancellationToken ct
    )
    {
        var wanted = tiles.Where(DrawsStates).SelectMany(t => t.Signals).DistinctBy(s => s.Id).ToList();
        if (wanted.Count == 0)
            return tiles;
        query = query with { Series = [.. wanted.Select(s => new SeriesId(device.Key, s.Component, s.Name))] };
        var answers = (await telemetry.StatesAsync(caller, query, ct)).ToDictionary(a => a.Series, a => a.Stretches);
        return
        [
            .. tiles.Select(t =>
                !DrawsStates(t)
                    ? t
                    : t with
                    {
                        States =
                        [
                            .. t.Signals.Select(s => new StateRow(
                                s.Label,
                                StateBars.Of(
                                    s,
                                    answers.GetValueOrDefault(new SeriesId(device.Key, s.Component, s.Name)) ?? []
                                )
                            )),
                        ],
                    }
            ),
        ];
    }

    private static bool DrawsStates(TileModel tile) =>
        tile.Tile.Kind is ViewTileKind.StateTimeline or ViewTileKind.EventList;
}
