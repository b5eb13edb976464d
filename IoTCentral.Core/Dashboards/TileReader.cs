using System.Globalization;
using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Live;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Dashboards;

/// <summary>A device on a tile: with its template's words for the signal, and its own limit.</summary>
public sealed record TileDevice(Device Device, Capability? Capability, double? Limit);

/// <summary>The devices that a tile shows now.</summary>
/// <param name="Total">How many there are; more than are shown when the tile has its most.</param>
public sealed record TileDevices(IReadOnlyList<TileDevice> Shown, long Total);

/// <summary>One line of a chart.</summary>
public sealed record TileLine(
    TileDevice Device,
    TileSeries Series,
    Capability? Capability,
    IReadOnlyList<SeriesBucket> Buckets
);

/// <summary>A key figure.</summary>
/// <param name="Value">Null: no values in the range.</param>
/// <param name="Before">The same over the period before of equal length; null: nothing to compare with.</param>
/// <param name="Device">Whose value it is, where it is one device's (minimum, maximum, first, last).</param>
public sealed record KeyFigure(double? Value, double? Before, TileDevice? Device, DateTimeOffset? At, int DeviceCount);

/// <summary>Newest value of one device.</summary>
public sealed record TileValue(TileDevice Device, LastValue? Value);

/// <summary>States of one device over the range.</summary>
public sealed record TileStates(TileDevice Device, IReadOnlyList<StateStretch> Stretches);

/// <summary>Where a device is.</summary>
public sealed record TilePlace(TileDevice Device, double Latitude, double Longitude);

/// <summary>A range of time on a dashboard.</summary>
public readonly record struct TileRange(DateTimeOffset From, DateTimeOffset To)
{
    public TimeSpan Length => To - From;

    public TileRange Before => new(From - Length, From);
}

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
        var bucket = ChartBuckets.For(range.Length);
        if (bucket is null && tile.Series.Any(s => s.Aggregate >= Aggregate.Deviation))
            bucket = ChartBuckets.Finest;
        var answer = await QueryAsync(caller.Tenant, tile, shown, range, bucket, zone, ct);
        var lines = new List<TileLine>();
        foreach (var device in shown)
        {
            foreach (var series in tile.Series)
            {
                var id = new SeriesId(device.Device.Key, series.Component, series.Name);
                var capability = await CapabilityAsync(caller.Tenant, device.Device, series, ct);
                lines.Add(new(device, series, capability, answer[id]));
            }
        }

        return lines;
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
            return KeyFigures.OfNewest(series.Aggregate, await ValuesAsync(caller, tile, shown, ct), range.From);
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
            var query = Query([], range, null, zone, [series.Aggregate]) with { IsWhole = true };
            var all = await telemetry.GroupsAsync(tenant, query, [Ids(shown, [series])], ct);
            return KeyFigures.OfAll(series.Aggregate, all[0] is [var bucket, ..] ? bucket : null, shown.Count);
        }
        // One bucket a device would do but for its start, which aligns to the zone; a few are merged instead.
        var answer = await QueryAsync(tenant, tile, shown, range, ChartBuckets.For(range.Length), zone, ct);
        return KeyFigures.Of(
            series.Aggregate,
            [.. shown.Select(d => (d, answer[new SeriesId(d.Device.Key, series.Component, series.Name)]))]
        );
    }

    private async Task<Dictionary<SeriesId, IReadOnlyList<SeriesBucket>>> QueryAsync(
        TenantId tenant,
        Tile tile,
        IReadOnlyList<TileDevice> shown,
        TileRange range,
        TimeSpan? bucket,
        TimeZoneInfo zone,
        CancellationToken ct
    )
    {
        if (shown.Count == 0 || tile.Series.Count == 0)
            return [];
        Aggregate[] aggregates = [.. tile.Series.Select(s => s.Aggregate).Distinct()];
        var query = Query(Ids(shown, tile.Series), range, bucket, zone, aggregates);
        return (await telemetry.QueryAsync(tenant, query, ct)).ToDictionary(a => a.Series, a => a.Buckets);
    }

    private static SeriesQuery Query(
        IReadOnlyList<SeriesId> series,
        TileRange range,
        TimeSpan? bucket,
        TimeZoneInfo zone,
        IReadOnlyList<Aggregate> aggregates
    ) =>
        new()
        {
            Series = series,
            From = range.From,
            To = range.To,
            Bucket = bucket,
            TimeZone = zone,
            Aggregates = aggregates,
        };

    private static IReadOnlyList<SeriesId> Ids(IReadOnlyList<TileDevice> shown, IReadOnlyList<TileSeries> series) =>
        [.. shown.SelectMany(d => series.Select(s => new SeriesId(d.Device.Key, s.Component, s.Name)))];

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
