using Dapper;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Tenants;
using IoTCentral.Testing;
using IoTCentral.Web.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Web.Tests;

/// <summary>Pages and API on a database of their own, asked in process. One for a test class.</summary>
public sealed class TestSite : IAsyncLifetime
{
    private readonly TestDatabase _database = new();
    private WebApplication? _app;
    private static int _numbers;

    public IServiceProvider Services => Started.Services;

    /// <summary>Stands still until it is moved on, and makes nobody wait.</summary>
    internal TestTime Time { get; } = new();

    /// <summary>0: no limit.</summary>
    public int ApiRequestsPerSecond { get; init; }

    public string? PublicUrl { get; init; }

    /// <summary>Which the program may call out to.</summary>
    public IReadOnlyList<string> Networks { get; init; } = [];

    /// <summary>Between the site and its database, for who asks for it before the start.</summary>
    internal PostgresProxy? Proxy { get; private set; }
    public bool HasProxy { get; init; }

    public TestServer Server => Started.GetTestServer();

    private WebApplication Started => _app ?? throw new InvalidOperationException(_database.ConnectionString);

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        Proxy = HasProxy ? new PostgresProxy(_database.ConnectionString) : null;
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { ApplicationName = typeof(Site).Assembly.GetName().Name }
        );
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(Time);
        var options = new InstallationOptions
        {
            DataFolder = "/nowhere",
            PublicUrl = PublicUrl,
            Files = new() { Folder = TestRun.NewFolder("site-files") },
            Webhooks = new() { AllowedPrivateNetworks = Networks },
            Limits = new() { ApiRequestsPerSecond = ApiRequestsPerSecond },
        };
        builder.Services.AddInstallation(
            options,
            MasterKey.New(),
            new(Proxy?.ConnectionString ?? _database.ConnectionString, _database.Passwords)
        );
        builder.AddSite();
        RemoveBackground(builder.Services);
        builder.Services.AddSingleton<IDeviceLink>(Link); // instead of the hub's
        // the real figure would make the tests of a hundred passwords take minutes
        builder.Services.Configure<PasswordHasherOptions>(o => o.IterationCount = 1000);
        _app = builder.Build();
        _app.MapSite();
        await _app.StartAsync();
    }

    /// <summary>How devices answer commands.</summary>
    public TestLink Link { get; } = new();

    /// <summary>A browser: it keeps cookies and follows nothing by itself.</summary>
    public Browser Browser() => new(Server.CreateHandler());

    /// <summary>An application of its own for a test.</summary>
    public Task<Application> ApplicationAsync(string? slug = null) =>
        Services
            .GetRequiredService<ApplicationRegistry>()
            .CreateAsync(
                new() { Name = slug ?? $"App {Interlocked.Increment(ref _numbers)}", Slug = slug },
                AuditActor.CommandLine,
                CancellationToken.None
            );

    /// <summary>Acts of the installation's audit log on this target's name, in order.</summary>
    public async Task<IEnumerable<string>> AuditOfAsync(string name, CancellationToken ct)
    {
        await using var connection = await _database.OpenAsOwnerAsync(ct);
        return await connection.QueryAsync<string>(
            "select action from installation_audit where target_name = @name order by id",
            new { name }
        );
    }

    /// <summary>Acts of an application's audit log on this target, in order.</summary>
    internal async Task<IReadOnlyList<Audited>> AuditsAsync(TenantId tenant, string target, CancellationToken ct)
    {
        await using var connection = await _database.OpenAsOwnerAsync(ct);
        var rows = await connection.QueryAsync<Audited>(
            """
            select action, target_name, before::text, after::text from audit
            where tenant_id = @tenant and target_id = @target order by id
            """,
            new { tenant = tenant.Value, target }
        );
        return rows.AsList();
    }

    /// <summary>Room in the message log for this day.</summary>
    public async Task EnsurePartitionAsync(DateTimeOffset day, CancellationToken ct)
    {
        await using var connection = await _database.OpenAsOwnerAsync(ct);
        await connection.ExecuteAsync(
            "select ensure_message_partition(@day::date)",
            new { day = day.UtcDateTime.Date }
        );
    }

    /// <summary>As if the data had gone: 7 messages, 5 values, 2 last values.</summary>
    public async Task DoneAsync(Guid removal, CancellationToken ct)
    {
        await using var connection = await _database.OpenAsOwnerAsync(ct);
        await connection.ExecuteAsync(
            "update data_removal set done_at = now(), messages = 7, points = 5, last_values = 2 where id = @removal",
            new { removal }
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        if (Proxy is not null)
            await Proxy.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>Pages and API only: no sockets for devices, no timers.</summary>
    private static void RemoveBackground(IServiceCollection services)
    {
        var ours = services
            .Where(s => s.ServiceType == typeof(IHostedService))
            .Where(s => s.ImplementationType?.FullName?.StartsWith("Microsoft.", StringComparison.Ordinal) is not true)
            .ToList();
        foreach (var service in ours)
            services.Remove(service);
    }

    internal sealed record Audited
    {
        public required string Action { get; init; }
        public string? TargetName { get; init; }
        public string? Before { get; init; }
        public string? After { get; init; }
    }
}

/// <summary>No device is connected, unless a test says how one answers.</summary>
public sealed class TestLink : IDeviceLink
{
    public Func<MethodCall, MethodAnswer> Answer { get; set; } = _ => MethodAnswer.Without(MethodOutcome.NotConnected);

    public Task<MethodAnswer> CallAsync(TenantId tenant, long deviceKey, MethodCall call, CancellationToken ct) =>
        Task.FromResult(Answer(call));

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
