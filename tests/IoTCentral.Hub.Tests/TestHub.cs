using System.Security.Cryptography.X509Certificates;
using IoTCentral.Core;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using IoTCentral.Data;
using IoTCentral.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace IoTCentral.Hub.Tests;

/// <summary>The hub as the program runs it, on a free port of loopback, with a real database and one application.</summary>
internal sealed class TestHub : IAsyncDisposable
{
    // One for the process: several hubs in a row may stand on one database.
    private static readonly MasterKey Key = MasterKey.New();

    private readonly WebApplication _app;

    private TestHub(WebApplication app) => _app = app;

    public IServiceProvider Services => _app.Services;
    public required Application Application { get; init; }
    public Caller Caller => Caller.System(Application.TenantId);
    public DeviceRegistry Devices => Services.GetRequiredService<DeviceRegistry>();

    public int Port => PortOf(0);

    public int HttpsPort => PortOf(1);

    public int AmqpPort => PortOf(2);

    private int PortOf(int door)
    {
        var addresses = Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new Uri(addresses.ElementAt(door)).Port;
    }

    /// <param name="connectionString">Another way to the same database.</param>
    public static async Task<TestHub> StartAsync(
        TestDatabase database,
        LimitOptions? limits = null,
        TimeProvider? time = null,
        IIngest? ingest = null,
        string? connectionString = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        var services = builder.Services;
        AddProgram(services, database, limits ?? new LimitOptions(), connectionString ?? database.ConnectionString);
        services.AddSingleton(time ?? TimeProvider.System);
        if (ingest is not null)
            services.AddSingleton(ingest);
        builder.WebHost.UseKestrel(kestrel => kestrel.ListenForDevices());
        var app = builder.Build();
        app.UseDeviceHub();
        app.Run(context => context.Response.WriteAsync("a page"));
        var application = await MakeAsync(app.Services, "Test", null);
        await app.StartAsync();
        return new TestHub(app) { Application = application };
    }

    /// <summary>Another process on the same database, which has no doors open: as the command line is one.</summary>
    public static ServiceProvider AnotherProgram(TestDatabase database)
    {
        var services = new ServiceCollection().AddLogging();
        AddProgram(services, database, new LimitOptions(), database.ConnectionString);
        return services.BuildServiceProvider();
    }

    public Task<Application> NewApplicationAsync(string name, string? groupKey = null) =>
        MakeAsync(Services, name, groupKey);

    /// <summary>Makes a device (or takes the one there is) and gives its credentials.</summary>
    public async Task<Credentials> DeviceAsync(string id, Application? application = null)
    {
        var caller = Caller.System((application ?? Application).TenantId);
        if (await Devices.FindAsync(caller, id, CancellationToken.None) is null)
            await Devices.AddAsync(caller, new NewDevice { Id = id }, CancellationToken.None);
        return await Services.GetRequiredService<DeviceCredentials>().GetAsync(caller, id, CancellationToken.None);
    }

    /// <summary>A raw client after TLS, before CONNECT.</summary>
    public Task<MqttClient> OpenAsync() => MqttClient.OpenAsync(Port);

    /// <summary>The same, showing a certificate in TLS with those above it.</summary>
    public Task<MqttClient> OpenAsync(X509Certificate2 certificate, params X509Certificate2[] above) =>
        MqttClient.OpenAsync(Port, certificate, above);

    /// <summary>The same over a WebSocket.</summary>
    public Task<MqttClient> OpenWebSocketAsync() => MqttClient.OpenWebSocketAsync(HttpsPort);

    /// <summary>A device that is connected and signed in.</summary>
    public async Task<MqttClient> ConnectAsync(Credentials device, bool isClean = true)
    {
        var client = await OpenAsync();
        var answer = await client.ConnectAsync(Sign.Hub(device), isClean);
        return answer == 0 ? client : throw new InvalidOperationException($"CONNACK {answer}");
    }

    public async Task<MqttClient> ConnectAsync(string id) => await ConnectAsync(await DeviceAsync(id));

    /// <summary>Waits until the device's log has a line of this code.</summary>
    public async Task<ConnectionLogEntry> LineAsync(string deviceId, string code, Application? application = null)
    {
        var reader = Services.GetRequiredService<ConnectionLogReader>();
        var caller = Caller.System((application ?? Application).TenantId);
        return await Eventually.FindAsync(async () =>
            (await reader.OfDeviceAsync(caller, deviceId, null, 50, CancellationToken.None)).Items.FirstOrDefault(l =>
                l.Code == code
            )
        );
    }

    /// <summary>Waits until nobody's log has an attempt of this code.</summary>
    public Task<ConnectionAttempt> AttemptAsync(string code) =>
        Eventually.FindAsync(async () =>
        {
            var attempts = await Services
                .GetRequiredService<IConnectionLogStore>()
                .AttemptsAsync(AttemptFilter.All, DateTimeOffset.UnixEpoch, 100, CancellationToken.None);
            return attempts.FirstOrDefault(a => a.Code == code);
        });

    /// <summary>What is stored of a device, oldest first.</summary>
    public async Task<IReadOnlyList<RawMessage>> StoredAsync(string deviceId)
    {
        var device = await Devices.GetAsync(Caller, deviceId, CancellationToken.None);
        var page = await Services
            .GetRequiredService<ITelemetryStore>()
            .RawAsync(
                Application.TenantId,
                device.Key,
                DateTimeOffset.UnixEpoch,
                new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero),
                null,
                1000,
                CancellationToken.None
            );
        return [.. page.Items.OrderBy(m => m.Position)];
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static void AddProgram(
        IServiceCollection services,
        TestDatabase database,
        LimitOptions limits,
        string connectionString
    )
    {
        services.AddSingleton(
            new InstallationOptions
            {
                DataFolder = TestRun.NewFolder("hub"),
                Hub = new HubOptions
                {
                    MqttPort = 0,
                    HttpsPort = 0,
                    AmqpPort = 0,
                    HostNames = ["hub.example.com"],
                },
                Limits = limits,
            }
        );
        services.AddSingleton(Key);
        services.AddSingleton<ISecretBox>(new SecretBox(Key));
        services.AddIoTCentralCore();
        services.AddIoTCentralData(new DatabaseSettings(Pooled(connectionString), database.Passwords));
        services.AddDeviceHub();
    }

    // The owner's connections are not pooled in tests; the program's are.
    private static string Pooled(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Pooling = true }.ConnectionString;

    private static Task<Application> MakeAsync(IServiceProvider services, string name, string? groupKey) =>
        services
            .GetRequiredService<ApplicationRegistry>()
            .CreateAsync(
                new ApplicationWish { Name = name, GroupKey = groupKey },
                AuditActor.CommandLine,
                CancellationToken.None
            );
}

/// <summary>A database and a hub for a test class.</summary>
public sealed class HubFixture : IAsyncLifetime
{
    internal TestDatabase Database { get; } = new();
    internal TestHub Hub { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Database.InitializeAsync();
        Hub = await TestHub.StartAsync(Database);
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        await Database.DisposeAsync();
    }
}

/// <summary>Waits for what comes by itself.</summary>
internal static class Eventually
{
    public static async Task<T> FindAsync<T>(Func<Task<T?>> find)
        where T : class
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            if (await find() is { } found)
                return found;
            await Task.Delay(50);
        }

        throw new TimeoutException("It did not come within 10 s.");
    }

    public static Task TrueAsync(Func<bool> holds) => FindAsync(() => Task.FromResult(holds() ? "yes" : null));
}
