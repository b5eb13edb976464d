using System.Collections.Concurrent;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Hub.Mqtt;

/// <summary>Runs each accepted connection, and looks at all their clocks each second.</summary>
internal sealed class MqttHandler(
    ConnectionGate gate,
    SessionRegistry sessions,
    HubMetrics metrics,
    TimeProvider time,
    ILogger<MqttHandler> logger
) : ConnectionHandler, IHostedService, IDisposable
{
    private static readonly TimeSpan TickEvery = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<MqttConnection, bool> _connections = new();
    private ITimer? _timer;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        TlsAttempt.Of(connection)?.Finished();
        var mqtt = new MqttConnection(connection, gate, time, logger);
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>();
        using var registration = stopping?.ConnectionClosedRequested.UnsafeRegister(
            static c => ((MqttConnection)c!).BeginShutdown(),
            mqtt
        );
        _connections[mqtt] = true;
        metrics.Opened();
        try
        {
            await mqtt.RunAsync();
        }
        finally
        {
            _connections.TryRemove(mqtt, out _);
            metrics.Closed(mqtt.Closing?.Code ?? "");
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

    public void Dispose() => _timer?.Dispose();

    /// <summary>One timer for all: ten thousand of them would cost more than looking.</summary>
    internal void Tick()
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

            if (connection.Acks.OldestAt is { } at && time.GetElapsedTime(at) is var age && age > oldest)
                oldest = age;
            if (connection.Clock.IsPaused)
                paused++;
        }

        sessions.Tidy();
        metrics.Watched(oldest, paused);
    }
}
