using System.Globalization;
using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Live;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Dashboards;

/// <summary>Answers what the tiles of a dashboard ask.</summary>
public sealed class TileReader(
    IDeviceStore devices,
    ITelemetryStore telemetry,
    ILiveFeed live,
    TemplateCatalog templates,
    IPropertyValues properties
)
{
    /// <summary>A chart with more lines tells nothing; the tile says how many there are.</summary>
    public const int MaxLines = 20;

    /// <summary>Devices that lists, key figures and maps take in.</summary>
    public const int MaxDevices = 1_000;

    /// <summary>The tile's devices under the scope, by name.</summary>
    public async Task<TileDevices> DevicesAsync(
        Caller caller,
        Tile tile,
        DashboardScope scope,
        int limit,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewDashboards);
        caller.Demand(Permission.ViewDevices);
        var (found, total) = await FindAsync(caller.Tenant, tile.Source, scope, limit, ct);
        var limits = await LimitsAsync(caller.Tenant, tile, found, ct);
        var shown = new List<TileDevice>(found.Count);
        foreach (var device in found)
            shown.Add(
                new(
                    device,
                    await CapabilityAsync(caller.Tenant, device, tile.Series is [var first, ..] ? first : null, ct),
                    limits.GetValueOrDefault(device.Key, tile.Limit)
                )
            );
        return new(shown, total);
    }

    public async Task<IReadOnlyList<TileLine>> LinesAsync(
        Caller caller,
        Tile tile,
        IReadOnlyList<TileDevice> shown,
        TileRange range,
        TimeZoneInfo zone,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewDashboards);
        if (tile.Grouping is not TileGrouping.Device)
            return await GroupLinesAsync(caller.Tenant, tile, shown, range, zone, ct);
        var answers = await QueryAsync(caller.Tenant, tile, shown, range, StepOf(tile, range), zone, ct);
        var lines = new List<TileLine>();
        foreach (var device in shown)
        {
            foreach (var (series, answer) in answers)
            {
                var capability = await CapabilityAsync(caller.Tenant, device.Device, series, ct);
                lines.Add(new(device, null, series, capability, answer[Id(device, series)]));
            }
        }
        return lines;
    }

    /// <summary>The step of <see cref="LinesAsync"/>; null: value by value.</summary>
    public static TimeSpan? StepOf(Tile tile, TileRange range) =>
        ChartBuckets.For(range.Length)
        ?? (
            tile.Grouping is not TileGrouping.Device || tile.Series.Any(s => s.Aggregate >= Aggregate.Deviation)
                ? ChartBuckets.Finest
                : null
        );

    private async Task<IReadOnlyList<TileLine>> GroupLinesAsync(
        TenantId tenant,
        Tile tile,
        IReadOnlyList<TileDevice> shown,
        TileRange range,
        TimeZoneInfo zone,
        CancellationToken ct
    )
    {
        if (shown.Count == 0)
            return [];
        var groups = await GroupsAsync(tenant, tile, shown, ct);
        var lines = new List<TileLine>();
        foreach (var ofState in tile.Series.GroupBy(s => s.State))
        {
            var query = Query([], range, StepOf(tile, range), zone, [.. ofState]);
            var asked = ofState.SelectMany(_ => groups, (series, group) => (series, group)).ToList();
            var answers = await telemetry.GroupsAsync(
                tenant,
                query,
                [.. asked.Select(a => Ids(a.group.Devices, [a.series]))],
                ct
            );
            foreach (var ((series, group), buckets) in asked.Zip(answers))
            {
                var capability = await CapabilityAsync(tenant, shown[0].Device, series, ct);
                lines.Add(new(null, group, series, capability, buckets));
            }
        }
        return lines;
    }

    /// <summary>The largest groups by name, and what is left together.</summary>
    private async Task<IReadOnlyList<TileGroup>> GroupsAsync(
        TenantId tenant,
        Tile tile,
        IReadOnlyList<TileDevice> shown,
        CancellationToken ct
    )
    {
        long[] keys = [.. shown.Select(d => d.Device.Key)];
        var names = tile.Grouping switch
        {
            TileGrouping.Organization => await properties.OrganizationsAsync(tenant, keys, ct),
            TileGrouping.Property => await properties.OfDevicesAsync(tenant, tile.GroupProperty ?? "", keys, ct),
            _ => new Dictionary<long, string>(),
        };
        var most = Math.Max(1, MaxLines / Math.Max(1, tile.Series.Count));
        var all = shown
            .GroupBy(d => names.GetValueOrDefault(d.Device.Key))
            .OrderByDescending(g => g.Count())
            .ThenBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new TileGroup(g.Key, [.. g], IsRest: false))
            .ToList();
        var largest = all.Take(all.Count > most ? most - 1 : most)
            .OrderBy(g => g.Name is null)
            .ThenBy(g => g.Name, StringComparer.CurrentCulture);
        var rest = all.Skip(most - 1).SelectMany(g => g.Devices).ToList();
        return all.Count > most ? [.. largest, new TileGroup(null, rest, IsRest: true)] : [.. largest];
    }

    public async Task<KeyFigure> KeyFigureAsync(
        Caller caller,
        Tile tile,
        IReadOnlyList<TileDevice> shown,
        TileRange range,
        TimeZoneInfo zone,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewDashboards);
        if (tile.Series is not [var series, ..] || shown.Count == 0)
            return new(null, null, null, null, shown.Count);
        if (tile.IsOfNow)
            return KeyFigures.OfNewest(series, await ValuesAsync(caller, tile, shown, ct), range.From);
        var now = await FigureAsync(caller.Tenant, tile, series, shown, range, zone, ct);
        var before = await FigureAsync(caller.Tenant, tile, series, shown, range.Before, zone, ct);
        return now with { Before = before.Value };
    }

    public async Task<IReadOnlyList<TileValue>> ValuesAsync(
        Caller caller,
        Tile tile,
        IReadOnlyList<TileDevice> shown,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewDashboards);
        if (tile.Series is not [var series, ..])
            return [.. shown.Select(d => new TileValue(d, null))];
        var last = await live.LastValuesAsync(caller.Tenant, Ids(shown, [series]), ct);
        return
        [
            .. shown.Zip(
                Ids(shown, [series]),
                (d, id) => new TileValue(d, last.TryGetValue(id, out var value) ? value : null)
            ),
        ];
    }

    public async Task<IReadOnlyList<TileStates>> StatesAsync(
        Caller caller,
        Tile tile,
        IReadOnlyList<TileDevice> shown,
        TileRange range,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewDashboards);
        if (tile.Series is not [var series, ..] || shown.Count == 0)
            return [];
        var query = new SeriesQuery
        {
            Series = [.. shown.Select(d => new SeriesId(d.Device.Key, series.Component, series.Name))],
            From = range.From,
            To = range.To,
            MaxPoints = 500,
        };
        var answer = (await telemetry.StatesAsync(caller.Tenant, query, ct)).ToDictionary(
            a => a.Series,
            a => a.Stretches
        );
        return [.. shown.Select(d => new TileStates(d, answer[new(d.Device.Key, series.Component, series.Name)]))];
    }

    /// <summary>
    /// Where the devices are: by their newest telemetry of that name, else by their property (members <c>lat</c> and
    /// <c>lon</c>). Devices that have told neither are left out.
    /// </summary>
    public async Task<IReadOnlyList<TilePlace>> PlacesAsync(
        Caller caller,
        Tile tile,
        IReadOnlyList<TileDevice> shown,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewDashboards);
        if (tile.Series is not [var series, ..])
            return [];
        long[] keys = [.. shown.Select(d => d.Device.Key)];
        var latitudes = await properties.OfDevicesAsync(caller.Tenant, $"{series.Name}.lat", keys, ct);
        var longitudes = await properties.OfDevicesAsync(caller.Tenant, $"{series.Name}.lon", keys, ct);
        var places = new List<TilePlace>(shown.Count);
        foreach (var value in await ValuesAsync(caller, tile, shown, ct))
        {
            if (value.Value is { Point: { Kind: PointKind.Location } point })
                places.Add(new(value.Device, point.Number, point.Number2));
            else if (
                Number(latitudes.GetValueOrDefault(value.Device.Device.Key)) is { } latitude
                && Number(longitudes.GetValueOrDefault(value.Device.Device.Key)) is { } longitude
            )
                places.Add(new(value.Device, latitude, longitude));
        }

        return places;
    }

    private async Task<KeyFigure> FigureAsync(
        TenantId tenant,
        Tile tile,
        TileSeries series,
        IReadOnlyList<TileDevice> shown,
        TileRange range,
        TimeZoneInfo zone,
        CancellationToken ct
    )
    {
        if (series.Aggregate >= Aggregate.Deviation)
        {
            var query = Query([], range, null, zone, [series]) with { IsWhole = true };
            var all = await telemetry.GroupsAsync(tenant, query, [Ids(shown, [series])], ct);
            return KeyFigures.OfAll(series.Aggregate, all[0] is [var bucket, ..] ? bucket : null, shown.Count);
        }
        // One bucket a device would do but for its start, which aligns to the zone; a few are merged instead.
        var step = ChartBuckets.For(range.Length);
        var (_, answer) = (await QueryAsync(tenant, tile, shown, range, step, zone, ct))[0];
        return KeyFigures.Of(series.Aggregate, [.. shown.Select(d => (d, answer[Id(d, series)]))]);
    }

    /// <summary>By the tile's series; those of one state, or of none, are asked together.</summary>
    private async Task<
        IReadOnlyList<(TileSeries Series, Dictionary<SeriesId, IReadOnlyList<SeriesBucket>>)>
    > QueryAsync(
        TenantId tenant,
        Tile tile,
        IReadOnlyList<TileDevice> shown,
        TileRange range,
        TimeSpan? step,
        TimeZoneInfo zone,
        CancellationToken ct
    )
    {
        if (shown.Count == 0)
            return [];
        var answers = new Dictionary<TileSeries, Dictionary<SeriesId, IReadOnlyList<SeriesBucket>>>();
        foreach (var ofState in tile.Series.GroupBy(s => s.State))
        {
            var query = Query(Ids(shown, [.. ofState]), range, step, zone, [.. ofState]);
            var answer = (await telemetry.QueryAsync(tenant, query, ct)).ToDictionary(a => a.Series, a => a.Buckets);
            foreach (var series in ofState)
                answers[series] = answer;
        }
        return [.. tile.Series.Select(s => (s, answers[s]))];
    }

    /// <param name="of">Of one state, or of none.</param>
    private static SeriesQuery Query(
        IReadOnlyList<SeriesId> series,
        TileRange range,
        TimeSpan? step,
        TimeZoneInfo zone,
        IReadOnlyList<TileSeries> of
    ) =>
        new()
        {
            Series = series,
            From = range.From,
            To = range.To,
            Bucket = step,
            TimeZone = zone,
            Aggregates = [.. of.Select(s => s.Aggregate).Distinct()],
            State = of[0].State,
        };

    private static IReadOnlyList<SeriesId> Ids(IReadOnlyList<TileDevice> shown, IReadOnlyList<TileSeries> series) =>
        [.. shown.SelectMany(d => series.Select(s => Id(d, s)))];

    private static SeriesId Id(TileDevice device, TileSeries series) =>
        new(device.Device.Key, series.Component, series.Name);

    private async Task<(IReadOnlyList<Device> Found, long Total)> FindAsync(
        TenantId tenant,
        TileSource source,
        DashboardScope scope,
        int limit,
        CancellationToken ct
    )
    {
        // One device, named by the tile or by the scope; both only if they agree.
        if ((source.DeviceId ?? scope.DeviceId) is { } id)
        {
            var device = scope.DeviceId is { } only && only != id ? null : await devices.FindAsync(tenant, id, ct);
            var fits = device is not null && (source.TemplateId is null || source.TemplateId == device.TemplateId);
            return fits ? ([device!], 1) : ([], 0);
        }

        var filter = scope.Narrow(source);
        var page = await devices.ListAsync(tenant, filter, after: null, limit, ct);
        return (page.Items, page.Next is null ? page.Items.Count : await devices.CountAsync(tenant, filter, ct));
    }

    private async Task<IReadOnlyDictionary<long, double?>> LimitsAsync(
        TenantId tenant,
        Tile tile,
        IReadOnlyList<Device> found,
        CancellationToken ct
    )
    {
        if (tile.LimitProperty is not { } name || found.Count == 0)
            return new Dictionary<long, double?>();
        var texts = await properties.OfDevicesAsync(tenant, name, [.. found.Select(d => d.Key)], ct);
        return texts
            .Select(t => (t.Key, Value: Number(t.Value)))
            .Where(t => t.Value is not null)
            .ToDictionary(t => t.Key, t => t.Value);
    }

    private static double? Number(string? text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private async ValueTask<Capability?> CapabilityAsync(
        TenantId tenant,
        Device device,
        TileSeries? series,
        CancellationToken ct
    ) =>
        series is null
            ? null
            : (await templates.FindAsync(tenant, device.TemplateId, ct))?.Find(series.Component, series.Name);
}
