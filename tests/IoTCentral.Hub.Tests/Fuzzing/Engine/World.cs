using System.Collections.Concurrent;
using System.Net;
using System.Text;
using IoTCentral.Core;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using IoTCentral.Hub.Amqp;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Doors;
using IoTCentral.Hub.Mqtt;
using IoTCentral.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>
/// The hub as the program has it, with storage in memory and a clock of its own; two applications, two devices to attack
/// with, and one that minds its own business.
/// </summary>
internal sealed class World : IAsyncDisposable
{
    public const string BystanderId = "bystander";
    public const string FirstId = "fuzz-a";
    public const string SecondId = "fuzz-b";

    // Fixed, so that a case is the same bytes each time.
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly KeyPair GroupKeys = new(
        Convert.ToBase64String(Enumerable.Repeat((byte)7, 64).ToArray()),
        Convert.ToBase64String(Enumerable.Repeat((byte)8, 64).ToArray())
    );

    private readonly ServiceProvider _services;
    private readonly MqttHandler _mqtt;
    private readonly AmqpHandler _amqp;
    private readonly List<WeakReference> _links = [];
    private int _address;

    public World(Protocol protocol)
    {
        var master = MasterKey.New();
        var secrets = new SecretBox(master);
        var box = new KeyBox(secrets);
        Stores = new MemoryStores(d => Candidate(box, d), scope => Scope(box, scope));
        var services = new ServiceCollection();
        services.AddMetrics();
        services.AddLogging(logging => logging.AddProvider(Complaints).SetMinimumLevel(LogLevel.Warning));
        services.AddIoTCentralCore();
        services.AddDeviceHub();
        services.AddSingleton(master);
        services.AddSingleton(master);
        services.AddSingleton<ISecretBox>(secrets);
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IHostApplicationLifetime, Life>();
        services.AddSingleton(
            new InstallationOptions
            {
                DataFolder = "",
                Hub = new HubOptions { HostNames = ["hub.example.com"] },
                Limits = new LimitOptions { DeviceMessagesPerSecond = 0, ApplicationMessagesPerSecond = 0 },
            }
        );
        services.AddSingleton(Stores.SignIn);
        services.AddSingleton(Stores.Devices);
        services.AddSingleton(Stores.Enrollments);
        services.AddSingleton(Stores.Twins);
        services.AddSingleton(Stores.Cloud);
        services.AddSingleton<MemoryLog>();
        services.AddSingleton<IIngest>(s => s.GetRequiredService<MemoryLog>());
        Port.FillIn(services);
        _services = services.BuildServiceProvider();
        _mqtt = _services.GetRequiredService<MqttHandler>();
        _amqp = _services.GetRequiredService<AmqpHandler>();
        _mqtt.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        _amqp.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        foreach (var (id, tenant) in new[] { (BystanderId, 1), (FirstId, 1), (SecondId, 2) })
            Stores.Add(NewDevice(id, tenant));
        First = NewSpeaker(FirstId, "0neONE");
        Second = NewSpeaker(SecondId, "0neTWO");
        Third = NewSpeaker(BystanderId, "0neONE");
        Bystander = protocol.BystanderIn(this);
    }

    public FakeTimeProvider Clock { get; } = new(Start);
    public MemoryStores Stores { get; }
    public Complaints Complaints { get; } = new();
    public Speaker First { get; }
    public Speaker Second { get; }

    /// <summary>The one that minds its own business.</summary>
    public Speaker Third { get; }
    public IBystander Bystander { get; }
    public IServiceProvider Services => _services;
    public SessionRegistry Sessions => _services.GetRequiredService<SessionRegistry>();
    public IngestQueue Queue => _services.GetRequiredService<IngestQueue>();
    public MemoryLog Log => _services.GetRequiredService<MemoryLog>();
    public HttpRequests Http => _services.GetRequiredService<HttpRequests>();

    /// <summary>A new connection, from an address of its own.</summary>
    public Link Open(Speaker who) => Noted(new Link(_mqtt, who, NextAddress()));

    /// <inheritdoc cref="Open"/>
    public AmqpPeer OpenAmqp(Speaker who) => Noted(new AmqpPeer(_amqp, who, NextAddress()));

    /// <summary>Most bytes that an AMQP connection has buffered now.</summary>
    public int MostBuffered =>
        _amqp.Connections.OfType<AmqpConnection>().Select(c => c.Deliveries.Bytes).DefaultIfEmpty().Max();

    public IPAddress NextAddress()
    {
        var number = Interlocked.Increment(ref _address);
        return new([10, (byte)(number >> 16), (byte)(number >> 8), (byte)number]);
    }

    /// <summary>Waits for what happens on another thread.</summary>
    public async Task UntilAsync(Func<bool> holds, string fault)
    {
        for (var attempt = 0; !holds(); attempt++)
        {
            if (attempt > 15_000)
                throw new FuzzFailure($"{fault}.");
            if (attempt < 100)
                await Task.Yield();
            else
                await Task.Delay(1);
        }
    }

    public Device DeviceOf(Speaker who) => Stores.Get(who.Id);

    /// <summary>What one case leaves behind is gone before the next.</summary>
    public void Reset()
    {
        OpenAll();
        // so that what was dropped in the case before was dropped before this one
        Clock.Advance(TimeSpan.FromMilliseconds(10));
        Log.TakeAll();
        Stores.EmptyQueues();
        foreach (var who in new[] { First, Second })
        {
            var device = DeviceOf(who);
            Stores.ResetTwin(device);
            Sessions.Keep(device.TenantId, device.Key, null);
        }
    }

    /// <summary>Storage holds nothing up any more.</summary>
    public void OpenAll()
    {
        Stores.SigningIn.Open();
        Stores.Registering.Open();
        Stores.Twin.Open();
        Log.Open();
    }

    /// <summary>Connections that are still in somebody's memory though they are over.</summary>
    public int CountLinks()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return _links.Count(l => l.IsAlive);
    }

    public async ValueTask DisposeAsync()
    {
        await _mqtt.StopAsync(CancellationToken.None);
        await _amqp.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }

    private T Noted<T>(T connection)
        where T : MemoryConnection
    {
        _links.Add(new WeakReference(connection));
        return connection;
    }

    private static Device NewDevice(string id, int tenant) =>
        new()
        {
            TenantId = new TenantId(tenant),
            Id = id,
            Name = id,
            CreatedAt = Start,
        };

    private static Speaker NewSpeaker(string id, string scope)
    {
        var key = DeviceKey.Derive(GroupKeys.Primary, id);
        var until = Start.AddYears(100);
        return new(
            id,
            scope,
            new Login(
                id,
                $"hub.example.com/{id}/?api-version=2021-04-12&DeviceClientType=fuzz",
                Sign.Token($"hub.example.com/devices/{id}", key, until)
            ),
            Sign.Dps(scope, id, key, until)
        );
    }

    private static SignInCandidate Candidate(KeyBox box, Device device) =>
        new()
        {
            TenantId = device.TenantId,
            DeviceKey = device.Key,
            DeviceId = device.Id,
            Status = device.Status,
            AnnouncedModelId = device.AnnouncedModelId,
            Source = new CredentialSource(EnrollmentGroup.DefaultId, device.Id),
            Keys = Wrapped(box, device.TenantId),
        };

    private static ScopeEnrollments? Scope(KeyBox box, string scope)
    {
        if (scope is not ("0neONE" or "0neTWO"))
            return null;
        var tenant = new TenantId(scope == "0neONE" ? 1 : 2);
        var application = new Application
        {
            TenantId = tenant,
            Slug = scope,
            Name = scope,
            IdScope = scope,
            CreatedAt = Start,
        };
        var group = new EnrollmentGroup
        {
            TenantId = tenant,
            Id = EnrollmentGroup.DefaultId,
            DisplayName = "",
            Keys = Wrapped(box, tenant),
        };
        return new ScopeEnrollments(application, [group], [], null);
    }

    private static WrappedKeys Wrapped(KeyBox box, TenantId tenant) =>
        box.Wrap(GroupKeys, KeyBox.PlaceOfGroup(tenant, EnrollmentGroup.DefaultId));

    private sealed class Life : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;
        public CancellationToken ApplicationStopping => CancellationToken.None;
        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() { }
    }
}

/// <summary>What the hub logs as a warning or worse; with a storage that never fails there is no reason for one.</summary>
internal sealed class Complaints : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _all = new();

    public string? Take() => _all.TryDequeue(out var complaint) ? complaint : null;

    public ILogger CreateLogger(string categoryName) => new Listener(categoryName, _all);

    public void Dispose() { }

    private sealed class Listener(string category, ConcurrentQueue<string> all) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
                all.Enqueue(new StringBuilder($"{category}: {formatter(state, exception)} {exception}").ToString());
        }
    }
}
