using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Certificates;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Live;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Features.Devices;
using IoTCentral.Web.Tests.Ui;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace IoTCentral.Web.Tests.Devices;

/// <summary>Device pages on devices and templates that are kept in memory.</summary>
public abstract class DeviceContext : UiContext
{
    private protected MemoryLog Log { get; } = new();

    protected DeviceContext()
    {
        Services.AddDevicePages();
        Services.AddSingleton<IDeviceStore>(Devices);
        Services.AddSingleton<IDeviceLink>(new NoLink());
        Services.AddSingleton<ITemplateStore>(Templates);
        Services.AddSingleton<ILiveFeed>(Feed);
        Services.AddSingleton<IModuleStore>(new NoModules());
        Services.AddSingleton<Identities>();
        Services.AddSingleton<DeviceRegistry>();
        Services.AddSingleton<TemplateBook>();
        Services.AddSingleton<TemplateCatalog>();
        Services.AddSingleton<ISecretBox>(new SecretBox(MasterKey.New()));
        Services.AddSingleton<KeyBox>();
        Services.AddSingleton<IAuditLog>(Audit);
        Services.AddSingleton<IEnrollmentStore>(Enrollments);
        Services.AddSingleton<ISigningCertificateStore>(Authorities);
        Services.AddSingleton<CertificatePaths>();
        Services.AddSingleton<EnrollmentGroups>();
        Services.AddSingleton<GroupCertificates>();
        Services.AddSingleton<GroupDevices>();
        Services.AddSingleton<IConnectionLogStore>(Log);
        Services.AddSingleton<ConnectionLogReader>();
    }

    internal MemoryDevices Devices { get; } = new();
    internal MemoryTemplates Templates { get; } = new();
    internal MemoryFeed Feed { get; } = new();
    internal MemoryEnrollments Enrollments { get; } = new();
    internal MemoryAuthorities Authorities { get; } = new();
    internal MemoryAudit Audit { get; } = new();

    /// <summary>A connection group with keys of its own, or with certificates.</summary>
    internal EnrollmentGroup AddGroup(string id, bool hasKeys = true, EnrollmentTerms? terms = null) =>
        Enrollments.Add(
            new()
            {
                TenantId = new(1),
                Id = id,
                DisplayName = id,
                Keys = hasKeys
                    ? Services.GetRequiredService<KeyBox>().Wrap(KeyPair.New(), KeyBox.PlaceOfGroup(new(1), id))
                    : null,
                Terms = terms ?? EnrollmentTerms.Usual,
            }
        );

    protected static Application FreshMarket => App();

    /// <summary>The page with what the frame around it hands down.</summary>
    protected IRenderedComponent<TPage> Page<TPage>(Role? role = null)
        where TPage : IComponent =>
        Render<TPage>(p => p.AddCascadingValue(CallerWith(role ?? Role.Administrator)).AddCascadingValue(FreshMarket));

    /// <summary>Where dialogs appear; render it before the page.</summary>
    protected IRenderedComponent<MudDialogProvider> Dialogs()
    {
        Render<MudPopoverProvider>();
        return Render<MudDialogProvider>();
    }
}

internal sealed class MemoryDevices : IDeviceStore
{
    private long _key;

    public List<Device> All { get; } = [];

    /// <summary>Storage is away while this is set.</summary>
    public bool IsAway { get; set; }

    /// <summary>What happens just after a device was read by its id.</summary>
    public Action? AfterFound { get; set; }

    public Device Add(string id, string? name = null, Func<Device, Device>? change = null)
    {
        var device = new Device
        {
            TenantId = new(1),
            Id = id,
            Key = ++_key,
            Name = name ?? id,
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
        All.Add(change?.Invoke(device) ?? device);
        return All[^1];
    }

    public Task<Device?> ApproveAsync(TenantId tenant, long key, AuditEntry audit, CancellationToken ct)
    {
        var at = All.FindIndex(d => d.Key == key);
        return Task.FromResult(at < 0 ? null : All[at] = All[at] with { Status = ProvisioningStatus.Registered });
    }

    public Task<Device?> FindAsync(TenantId tenant, string id, CancellationToken ct)
    {
        var found = Here().FirstOrDefault(d => d.Id == id);
        AfterFound?.Invoke();
        return Task.FromResult(found);
    }

    public Task<Device?> FindAsync(TenantId tenant, long key, CancellationToken ct) =>
        Task.FromResult(Here().FirstOrDefault(d => d.Key == key));

    public Task<IReadOnlyList<Device>> FindIgnoringCaseAsync(TenantId tenant, string id, CancellationToken ct) =>
        throw new NotSupportedException();

    public Task<Page<Device>> ListAsync(
        TenantId tenant,
        DeviceFilter filter,
        string? after,
        int limit,
        CancellationToken ct
    )
    {
        var rows = Matching(filter).SkipWhile(d => after is not null && d.Id != after).ToList();
        var next = rows.Count > limit ? rows[limit].Id : null;
        return Task.FromResult(new Page<Device>([.. rows.Take(limit)], next));
    }

    public Task<long> CountAsync(TenantId tenant, DeviceFilter filter, CancellationToken ct) =>
        Task.FromResult((long)Matching(filter).Count());

    public Task<Device> AddAsync(Device device, AuditEntry audit, CancellationToken ct)
    {
        if (Here().Any(d => d.Id == device.Id))
            throw new ConflictException("device.id-taken", $"A device with the id '{device.Id}' already exists.");
        return Task.FromResult(Add(device.Id, change: d => device with { Key = d.Key }));
    }

    public Task<Device> UpdateAsync(Device device, AuditEntry audit, CancellationToken ct)
    {
        var at = All.FindIndex(d => d.Id == device.Id);
        if (All[at].Version != device.Version)
            throw new StaleEditException("Somebody else saved in between.");
        return Task.FromResult(All[at] = device with { Version = device.Version + 1 });
    }

    public Task<Device?> ProvisionAsync(
        TenantId tenant,
        long key,
        string? modelId,
        AuditEntry audit,
        CancellationToken ct
    ) => throw new NotSupportedException();

    public Task<bool> DeleteAsync(TenantId tenant, string id, AuditEntry audit, CancellationToken ct) =>
        Task.FromResult(All.RemoveAll(d => d.Id == id) > 0);

    private List<Device> Here() => IsAway ? throw new UnavailableException("Storage is away.") : All;

    /// <summary>Equal properties by device id, for filters.</summary>
    public Dictionary<string, Dictionary<string, string>> Properties { get; } = [];

    private bool Has(Device device, PropertyEquals wanted) =>
        Properties.GetValueOrDefault(device.Id)?.GetValueOrDefault(wanted.Name) == wanted.Value;

    private IEnumerable<Device> Matching(DeviceFilter filter) =>
        Here()
            .Where(d => filter.Properties.All(p => Has(d, p)))
            .Where(d => filter.Search is null || d.Name.StartsWith(filter.Search, StringComparison.OrdinalIgnoreCase))
            .Where(d => filter.IsWaiting is null || d.IsWaiting == filter.IsWaiting)
            .Where(d => filter.IsBlocked is null || d.IsBlocked == filter.IsBlocked)
            .Where(d => filter.TemplateId is null || d.TemplateId == filter.TemplateId)
            .OrderBy(d => d.Name, StringComparer.Ordinal);
}

internal sealed class NoLink : IDeviceLink
{
    public Task<MethodAnswer> CallAsync(TenantId tenant, long deviceKey, MethodCall call, CancellationToken ct) =>
        Task.FromResult(MethodAnswer.Without(MethodOutcome.NotConnected));

    public void CloudMessageWaits(TenantId tenant, long deviceKey) { }

    public ValueTask DropAsync(TenantId tenant, long deviceKey, string reason, CancellationToken ct) => default;

    public ValueTask<bool> PushDesiredAsync(
        TenantId tenant,
        long deviceKey,
        ReadOnlyMemory<byte> patch,
        long version,
        CancellationToken ct
    ) => new(false);
}

internal sealed class MemoryTemplates : ITemplateStore
{
    public List<DeviceTemplate> All { get; } = [];

    public Task<DeviceTemplate?> FindAsync(TenantId tenant, string id, CancellationToken ct) =>
        Task.FromResult(All.FirstOrDefault(t => t.Id == id));

    public Task<IReadOnlyList<TemplateListItem>> ListAsync(TenantId tenant, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<TemplateListItem>>([
            .. All.Select(t => new TemplateListItem
            {
                Id = t.Id,
                DisplayName = t.DisplayName,
                Status = t.Status,
                UpdatedAt = t.UpdatedAt,
            }),
        ]);

    public Task<string?> FindByModelAsync(TenantId tenant, string modelId, CancellationToken ct) =>
        throw new NotSupportedException();

    public Task<DeviceTemplate> AddAsync(
        TenantId tenant,
        DeviceTemplate template,
        AuditEntry audit,
        CancellationToken ct
    ) => throw new NotSupportedException();

    public Task<DeviceTemplate> UpdateAsync(
        TenantId tenant,
        DeviceTemplate template,
        AuditEntry audit,
        CancellationToken ct
    ) => throw new NotSupportedException();

    public Task<bool> DeleteAsync(TenantId tenant, string id, AuditEntry audit, CancellationToken ct) =>
        throw new NotSupportedException();
}

/// <summary>A live feed whose messages a test hands out.</summary>
internal sealed class MemoryFeed : ILiveFeed
{
    private readonly List<Reader> _readers = [];

    public Dictionary<(string Component, string Name), LastValue> Last { get; } = [];

    /// <summary>Readers that have not let go.</summary>
    public int Open => _readers.Count;

    public void Say(long deviceKey, DateTimeOffset received, params Point[] points)
    {
        foreach (var reader in _readers.Where(r => r.Keys?.Contains(deviceKey) != false).ToList())
            reader.Messages.Writer.TryWrite(Message(deviceKey, received, points));
    }

    public static CommittedMessage Message(long deviceKey, DateTimeOffset received, params Point[] points) =>
        new(
            new DeviceMessage
            {
                Tenant = new(1),
                DeviceKey = deviceKey,
                DeviceId = "any",
                Received = received,
                MessageTime = received,
                Body = new byte[2],
            },
            points
        );

    public ILiveSubscription Subscribe(TenantId tenant, IReadOnlySet<long>? deviceKeys, int capacity = 10_000)
    {
        var reader = new Reader(deviceKeys, r => _readers.Remove(r));
        _readers.Add(reader);
        return reader;
    }

    public ValueTask<IReadOnlyDictionary<(string Component, string Name), LastValue>> LastValuesAsync(
        TenantId tenant,
        long deviceKey,
        CancellationToken ct
    ) => new(Last);

    public ValueTask<IReadOnlyDictionary<SeriesId, LastValue>> LastValuesAsync(
        TenantId tenant,
        IReadOnlyCollection<SeriesId> series,
        CancellationToken ct
    ) =>
        new(
            series
                .Where(s => Last.ContainsKey((s.Component, s.Name)))
                .ToDictionary(s => s, s => Last[(s.Component, s.Name)])
        );

    private sealed class Reader(IReadOnlySet<long>? keys, Action<Reader> end) : ILiveSubscription
    {
        public IReadOnlySet<long>? Keys => keys;

        public System.Threading.Channels.Channel<CommittedMessage> Messages { get; } =
            System.Threading.Channels.Channel.CreateUnbounded<CommittedMessage>();

        public long Dropped => 0;

        public async ValueTask<IReadOnlyList<CommittedMessage>> ReadAsync(CancellationToken ct) =>
            [await Messages.Reader.ReadAsync(ct)];

        public void Dispose() => end(this);
    }
}
