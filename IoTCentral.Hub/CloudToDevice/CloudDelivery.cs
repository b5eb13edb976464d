using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Provisioning;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Mqtt;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Hub.CloudToDevice;

/// <summary>
/// Gives a connected device the messages of its queue, as many at a time as it acknowledges. At QoS 1 a message has
/// arrived with its PUBACK, at QoS 0 when it was sent; what was not acknowledged waits for the next connection.
/// </summary>
internal sealed class CloudDelivery(
    MqttConnection connection,
    Subscriptions subscriptions,
    HubServices hub,
    SignedIn device
)
{
    // More would wait in the device's memory, not in ours.
    private const int MostInFlight = 10;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<long, Guid> _inFlight = [];
    private readonly Queue<CloudMessage> _arrived = new();
    private Task _running = Task.CompletedTask;
    private int _signals;
    private bool _isRunning;
    private bool _isOver;

    /// <summary>There may be something to do: a message, an acknowledgement, a subscription.</summary>
    public void Signal()
    {
        lock (_lock)
        {
            _signals++;
            if (_isRunning || _isOver)
                return;
            _isRunning = true;
            _running = Task.Run(RunAsync);
        }
    }

    /// <summary>The connection is over; what the device did not acknowledge goes back to its queue.</summary>
    public async Task EndAsync()
    {
        Task running;
        lock (_lock)
        {
            _isOver = true;
            running = _running;
        }

        await running;
        try
        {
            await CompleteArrivedAsync(hub.Stopping);
            if (_inFlight.Count == 0)
                return;
            await hub.Inbox.AbandonAsync(device.TenantId, device.DeviceKey, [.. _inFlight.Values], hub.Stopping);
            // the device may be here again already
            hub.Sessions.CloudMessageWaits(device.TenantId, device.DeviceKey);
        }
        catch (Exception e)
        {
            // They are free again when their locks are over.
            hub.Logger.LogDebug(e, "Messages to {DeviceId} could not be put back at once.", device.DeviceId);
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            int seen;
            lock (_lock)
                seen = _signals;
            var isMore = await TryWorkAsync();
            lock (_lock)
            {
                if (!_isOver && (isMore || _signals != seen))
                    continue;
                _isRunning = false;
                return;
            }
        }
    }

    /// <summary>True: there may be more to do at once.</summary>
    private async Task<bool> TryWorkAsync()
    {
        try
        {
            await CompleteArrivedAsync(connection.Ended);
            return await DeliverAsync();
        }
        catch (OperationCanceledException) when (connection.Ended.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e)
        {
            hub.Logger.LogWarning(e, "Messages to {DeviceId} wait: trying again.", device.DeviceId);
            await Task.Delay(RetryAfter, hub.Time, CancellationToken.None);
            return true;
        }
    }

    private async Task CompleteArrivedAsync(CancellationToken ct)
    {
        while (true)
        {
            CloudMessage? message;
            lock (_lock)
            {
                if (!_arrived.TryPeek(out message))
                    return;
            }

            await hub.Inbox.CompleteAsync(device.TenantId, device.DeviceKey, message.LockToken!.Value, ct);
            lock (_lock)
            {
                _arrived.Dequeue();
                _inFlight.Remove(message.Sequence);
            }
        }
    }

    /// <summary>True: there may be more at once.</summary>
    private async Task<bool> DeliverAsync()
    {
        long[] held;
        lock (_lock)
            held = [.. _inFlight.Keys];
        var room = MostInFlight - held.Length;
        if (room == 0 || subscriptions.CloudToDevice is not { } qos)
            return false;
        var messages = await hub.Inbox.TakeAsync(device.TenantId, device.DeviceKey, room, held, connection.Ended);
        foreach (var message in messages)
        {
            lock (_lock)
                _inFlight[message.Sequence] = message.LockToken!.Value;
            var id = connection.Ids.Next(qos, () => Arrived(message));
            var topic = CloudTopic.Of(device.DeviceId, message, subscriptions.CloudLevel);
            connection.Send(PacketWriter.Publish(topic, message.Body.Span, id));
            if (qos == 0)
                Arrived(message);
        }

        return messages.Count == room && qos == 0;
    }

    private void Arrived(CloudMessage message)
    {
        lock (_lock)
            _arrived.Enqueue(message);
        Signal();
    }
}
