using System.Runtime.InteropServices;
using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Commands;
using IoTCentral.Core.Common;
using IoTCentral.Core.Dashboards;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Live;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Tenants;
using IoTCentral.Core.Twins;
using IoTCentral.Web.Features.Dashboards;
using IoTCentral.Web.Features.Dashboards.Tiles;
using IoTCentral.Web.Tests.Alerts;
using IoTCentral.Web.Tests.Devices;
using IoTCentral.Web.Tests.Devices.Commands;
using IoTCentral.Web.Ui.Live;
using IoTCentral.Web.Ui.Times;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MemoryTwins = IoTCentral.Web.Tests.Devices.Commands.MemoryTwins;

namespace IoTCentral.Web.Tests.Dashboards;

/// <summary>Dashboards and tiles on data that is kept in memory, at a clock that tests move.</summary>
public abstract class BoardContext : DeviceContext
{
    private readonly BunitJSModuleInterop _live;

    protected BoardContext()
    {
        Services.AddDashboards().AddAlerts(Alerts);
        Services.AddSingleton<TimeProvider>(Clock);
        Services.AddSingleton<IDashboardStore>(Boards);
        Services.AddSingleton<IPropertyValues>(Properties);
        Services.AddSingleton<ITelemetryStore>(Telemetry);
        Services.AddSingleton<DashboardBook>();
        Services.AddSingleton<TileReader>();
        Services.AddSingleton<ICommandStore>(Commands);
        Services.AddSingleton<ICloudMessageStore>(new MemoryQueue());
        Services.AddSingleton<ITwinStore>(new MemoryTwins());
        Services.AddSingleton<IDeviceLink>(Link);
        Services.AddSingleton<TwinRegistry>();
        Services.AddSingleton<CloudMessages>();
        Services.AddSingleton<CommandDesk>();
        Templates.All.Add(Fridge.Template);
        _live = JSInterop.SetupModule("./dist/live.js");
        _live.Mode = JSRuntimeMode.Loose;
    }

    internal FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero));
    internal MemoryAlerts Alerts { get; } = new();
    internal MemoryBoards Boards { get; } = new();
    internal MemoryProperties Properties { get; } = new();
    internal MemoryTelemetry Telemetry { get; } = new();
    internal MemoryCommands Commands { get; } = new();
    internal AnsweringLink Link { get; } = new();

    internal static Tile Tile(TileKind kind, params string[] signals) =>
        new()
        {
            Id = $"tile-{kind}",
            Kind = kind,
            Title = $"A {kind}",
            Source = new TileSource { TemplateId = Fridge.TemplateId },
            Series = [.. signals.Select(s => new TileSeries { Name = s })],
        };

    protected long AddFridge(string id) => Devices.Add(id, change: d => d with { TemplateId = Fridge.TemplateId }).Key;

    protected LiveBoard Board() => new(Feed, Services.GetRequiredService<LiveFrames>(), NullLogger<LiveBoard>.Instance);

    /// <summary>Returns when this value has gone to the browser live; nothing is rendered then that could be waited for.</summary>
    protected async Task SentAsync(double value)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!LiveValues().Contains(value))
            await Task.Delay(TimeSpan.FromMilliseconds(5), patience.Token);
    }

    /// <summary>All that has gone to the browser live.</summary>
    protected IEnumerable<double> LiveValues() =>
        _live
            .Invocations["frame"]
            .SelectMany(i => MemoryMarshal.Cast<byte, double>((byte[])i.Arguments[0]!).ToArray().Chunk(4))
            .Select(sample => sample[3]);

    /// <summary>The tile as it stands on a dashboard.</summary>
    internal IRenderedComponent<TileView> Show(
        Tile tile,
        LiveBoard? board = null,
        DashboardScope? scope = null,
        Role? role = null
    )
    {
        Interactive();
        return Render<TileView>(p =>
        {
            p.AddCascadingValue(CallerWith(role ?? Role.Administrator))
                .AddCascadingValue(FreshMarket)
                .Add(t => t.Tile, tile)
                .Add(t => t.Scope, scope ?? DashboardScope.Everything)
                .Add(t => t.Range, TimeRange.Live(TimeSpan.FromHours(12)));
            if (board is not null)
                p.AddCascadingValue(board);
        });
    }
}

internal sealed class MemoryBoards : IDashboardStore
{
    public List<Dashboard> All { get; } = [];

    public Task<Dashboard?> FindAsync(TenantId tenant, string id, CancellationToken ct) =>
        Task.FromResult(All.Find(d => d.Id == id));

    public Task<IReadOnlyList<Dashboard>> ListAsync(TenantId tenant, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<Dashboard>>([.. All.OrderByDescending(d => d.IsHome)]);

    public Task<Dashboard> AddAsync(TenantId tenant, Dashboard dashboard, AuditEntry audit, CancellationToken ct)
    {
        All.Add(dashboard);
        return Task.FromResult(dashboard);
    }

    public Task<Dashboard> UpdateAsync(TenantId tenant, Dashboard dashboard, AuditEntry audit, CancellationToken ct)
    {
        var at = All.FindIndex(d => d.Id == dashboard.Id);
        if (All[at].Version != dashboard.Version)
            throw new StaleEditException("Somebody else saved in between.");
        return Task.FromResult(All[at] = dashboard with { Version = dashboard.Version + 1 });
    }

    public Task<bool> DeleteAsync(TenantId tenant, string id, AuditEntry audit, CancellationToken ct) =>
        Task.FromResult(All.RemoveAll(d => d.Id == id) > 0);
}

internal sealed class MemoryProperties : IPropertyValues
{
    /// <summary>Value by property and device.</summary>
    public Dictionary<(string Name, long Device), string> All { get; } = [];

    public Task<IReadOnlyList<string>> DistinctAsync(TenantId tenant, string name, int limit, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<string>>([
            .. All.Where(p => p.Key.Name == name).Select(p => p.Value).Distinct().Order(StringComparer.Ordinal),
        ]);

    public Task<IReadOnlyDictionary<long, string>> OfDevicesAsync(
        TenantId tenant,
        string name,
        IReadOnlyList<long> deviceKeys,
        CancellationToken ct
    ) =>
        Task.FromResult<IReadOnlyDictionary<long, string>>(
            All.Where(p => p.Key.Name == name && deviceKeys.Contains(p.Key.Device))
                .ToDictionary(p => p.Key.Device, p => p.Value)
        );

    /// <summary>Name of the organization by device.</summary>
    public Dictionary<long, string> Organizations { get; } = [];

    public Task<IReadOnlyDictionary<long, string>> OrganizationsAsync(
        TenantId tenant,
        IReadOnlyList<long> deviceKeys,
        CancellationToken ct
    ) => Task.FromResult<IReadOnlyDictionary<long, string>>(Organizations);
}

internal sealed class MemoryTelemetry : ITelemetryStore
{
    public Dictionary<SeriesId, List<(DateTimeOffset At, double Value)>> Numbers { get; } = [];
    public Dictionary<SeriesId, List<StateStretch>> States { get; } = [];
    public List<DeviceMessage> Messages { get; } = [];

    /// <summary>Set: reading fails with it.</summary>
    public Exception? Away { get; set; }

    public void Add(long device, string name, DateTimeOffset at, double value)
    {
        var id = new SeriesId(device, "", name);
        if (!Numbers.TryGetValue(id, out var points))
            Numbers[id] = points = [];
        points.Add((at, value));
    }

    public Task<IReadOnlyList<SeriesResult>> QueryAsync(TenantId tenant, SeriesQuery query, CancellationToken ct) =>
        Away is null
            ? Task.FromResult<IReadOnlyList<SeriesResult>>([.. query.Series.Select(s => Answer(s, query))])
            : throw Away;

    public IAsyncEnumerable<SeriesResult> StreamAsync(TenantId tenant, SeriesQuery query, CancellationToken ct) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<IReadOnlyList<SeriesBucket>>> GroupsAsync(
        TenantId tenant,
        SeriesQuery query,
        IReadOnlyList<IReadOnlyList<SeriesId>> groups,
        CancellationToken ct
    ) => Task.FromResult<IReadOnlyList<IReadOnlyList<SeriesBucket>>>([.. groups.Select(g => Together(g, query))]);

    private IReadOnlyList<SeriesBucket> Together(IReadOnlyList<SeriesId> series, SeriesQuery query)
    {
        var group = new GroupBuilder(query);
        foreach (var id in series)
        {
            var builder = new SeriesBuilder(query);
            foreach (var (at, value) in Numbers.GetValueOrDefault(id, []).OrderBy(p => p.At))
            {
                if (at >= query.From && at < query.To)
                    builder.Add([(at - DateTimeOffset.UnixEpoch).Ticks / 10], [value]);
            }
            group.Add(builder);
        }
        return group.Build();
    }

    private SeriesResult Answer(SeriesId series, SeriesQuery query) =>
        new(
            series,
            [
                .. Numbers
                    .GetValueOrDefault(series, [])
                    .Where(p => p.At >= query.From && p.At < query.To)
                    .Select(p => new SeriesBucket(p.At, 1, p.Value, p.Value, p.Value, p.Value, p.Value, p.Value)),
            ]
        );

    public Task<IReadOnlyList<(SeriesId Series, IReadOnlyList<StateStretch> Stretches)>> StatesAsync(
        TenantId tenant,
        SeriesQuery query,
        CancellationToken ct
    ) =>
        Task.FromResult<IReadOnlyList<(SeriesId, IReadOnlyList<StateStretch>)>>([
            .. query.Series.Select(s => (s, (IReadOnlyList<StateStretch>)States.GetValueOrDefault(s, []))),
        ]);

    public IAsyncEnumerable<SeriesPoints> PointsAsync(
        TenantId tenant,
        IReadOnlyList<SeriesId> series,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken ct
    ) => throw new NotSupportedException();

    public Task<IReadOnlyList<SeriesId>> SeriesAsync(
        TenantId tenant,
        IReadOnlyList<long> devices,
        CancellationToken ct
    ) => throw new NotSupportedException();

    public IAsyncEnumerable<RawMessage> RawInOrderAsync(
        TenantId tenant,
        long deviceKey,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken ct
    ) => throw new NotSupportedException();

    public async IAsyncEnumerable<DeviceMessage> ReplayAsync(
        TenantId tenant,
        IReadOnlyList<(long Key, string Id)> devices,
        DateTimeOffset from,
        DateTimeOffset to,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct
    )
    {
        await Task.CompletedTask;
        foreach (var message in Messages.Where(m => devices.Any(d => d.Key == m.DeviceKey)))
            yield return message;
    }

    public Task<Page<RawMessage>> RawAsync(
        TenantId tenant,
        long deviceKey,
        DateTimeOffset from,
        DateTimeOffset to,
        string? after,
        int limit,
        CancellationToken ct
    ) => throw new NotSupportedException();

    public Task<IReadOnlyList<RejectedMessage>> RejectedAsync(
        TenantId tenant,
        long deviceKey,
        int limit,
        CancellationToken ct
    ) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<long, IReadOnlyList<RawMessage>>> NewestAsync(
        TenantId tenant,
        IReadOnlyList<long> deviceKeys,
        int perDevice,
        CancellationToken ct
    ) => throw new NotSupportedException();
}
