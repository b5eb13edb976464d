using System.Collections.Concurrent;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Hub.Doors;

/// <summary>A connection that stays open: MQTT or AMQP, over TLS or a WebSocket.</summary>
internal interface IDeviceConnection
{
    /// <summary>Why it ends or ended; null while it goes on.</summary>
    Closing? Closing { get; }

    /// <summary>When the oldest message came that is not acknowledged yet; null when there is none.</summary>
    long? OldestAt { get; }

    /// <summary>Whether it waits for us: for storage or for its turn.</summary>
    bool IsPaused { get; }

    Task RunAsync();

    /// <summary>Looks at the clocks; called each second.</summary>
    void Tick();

    /// <summary>Reads no more; what is in flight is acknowledged, then the connection ends.</summary>
    void BeginShutdown();
}

/// <summary>Runs each connection of one kind that is accepted, and looks at all their clocks each second.</summary>
internal abstract class ConnectionDoor(HubMetrics metrics, TimeProvider time, ILogger logger)
    : ConnectionHandler,
        IHostedService,
        IDisposable
{
    private static readonly TimeSpan TickEvery = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<IDeviceConnection, bool> _connections = new();
    private ITimer? _timer;

    /// <summary>Those that are open.</summary>
    public IEnumerable<IDeviceConnection> Connections => _connections.Keys;

    protected TimeProvider Time => time;
    protected ILogger Logger => logger;

    protected abstract IDeviceConnection Make(ConnectionContext transport);

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        TlsAttempt.Of(connection)?.Finished();
        var device = Make(connection);
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>();
        using var registration = stopping?.ConnectionClosedRequested.UnsafeRegister(
            static c => ((IDeviceConnection)c!).BeginShutdown(),
            device
        );
        _connections[device] = true;
        metrics.Opened();
        try
        {
            await device.RunAsync();
        }
        finally
        {
            _connections.TryRemove(device, out _);
            metrics.Closed(device.Closing?.Code ?? "");
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateTimer(_ => Tick(), null, TickEvery, TickEvery);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _timer?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>One timer for all: ten thousand of them would cost more than looking.</summary>
    private void Tick()
    {
        var oldest = TimeSpan.Zero;
        var paused = 0;
        foreach (var (connection, _) in _connections)
        {
            try
            {
                connection.Tick();
            }
            catch (Exception e)
            {
                logger.LogError(e, "Looking at the clocks of a connection failed.");
            }

            if (connection.OldestAt is { } at && time.GetElapsedTime(at) is var age && age > oldest)
                oldest = age;
            if (connection.IsPaused)
                paused++;
        }

        metrics.Watched(GetType().Name, oldest, paused);
        Ticked();
    }

    /// <summary>Something else to look at now and then.</summary>
    protected virtual void Ticked() { }
}
