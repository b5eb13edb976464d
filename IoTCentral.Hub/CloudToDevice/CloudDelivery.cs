using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Provisioning;
using IoTCentral.Hub.Devices;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Hub.CloudToDevice;

/// <summary>How a device ends a message that it was given.</summary>
internal enum CloudEnding
{
    /// <summary>It has it.</summary>
    Complete,

    /// <summary>It refuses it.</summary>
    Reject,

    /// <summary>It goes back to the queue.</summary>
    Abandon,
}

/// <summary>By what a connected device is given its messages.</summary>
internal interface ICloudOutlet
{
    /// <summary>Told when the connection is over.</summary>
    CancellationToken Ended { get; }

    /// <summary>Messages that the device takes now besides those it has in hand; 0: it does not listen.</summary>
    int Room { get; }

    /// <param name="end">To be called once, with who is told whether the message was still the device's; never blocks.</param>
    void Send(CloudMessage message, Action<CloudEnding, Action<bool>?> end);
}

/// <summary>
/// Gives a connected device the messages of its queue, as many at a time as it acknowledges; what was not acknowledged
/// waits for the next connection.
/// </summary>
internal sealed class CloudDelivery(ICloudOutlet outlet, HubServices hub, SignedIn device)
{
    // More would wait in the device's memory, not in ours.
    private const int MostInFlight = 10;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<long, Guid> _inFlight = [];
    private readonly Queue<Ended> _ended = new();
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
            await EndThoseAsync(hub.Stopping);
            if (_inFlight.Count == 0)
                return;
            await hub.Inbox.AbandonAsync(device.TenantId, device.Key, [.. _inFlight.Values], hub.Stopping);
            // the device may be here again already
            hub.Sessions.CloudMessageWaits(device.TenantId, device.Key);
        }
        catch (Exception e)
        {
            // They are free again when their locks are over.
            hub.Logger.LogDebug(e, "Messages to {DeviceId} could not be put back at once.", device.Id);
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            int seen;
            lock (_lock)
                seen = _signals;
            var isAgain = await TryWorkAsync();
            lock (_lock)
            {
                if (!_isOver && (isAgain || _signals != seen))
                    continue;
                _isRunning = false;
                return;
            }
        }
    }

    /// <summary>True: it failed, and is to be tried again.</summary>
    private async Task<bool> TryWorkAsync()
    {
        try
        {
            await EndThoseAsync(outlet.Ended);
            await DeliverAsync();
            return false;
        }
        catch (OperationCanceledException) when (outlet.Ended.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e)
        {
            hub.Logger.LogWarning(e, "Messages to {DeviceId} wait: trying again.", device.Id);
            await Task.Delay(RetryAfter, hub.Time, CancellationToken.None);
            return true;
        }
    }

    private async Task EndThoseAsync(CancellationToken ct)
    {
        while (true)
        {
            Ended ended;
            lock (_lock)
            {
                if (!_ended.TryPeek(out ended))
                    return;
            }

            var isEnded = await EndAsync(ended, ct);
            lock (_lock)
            {
                _ended.Dequeue();
                _inFlight.Remove(ended.Message.Sequence);
            }

            ended.Told?.Invoke(isEnded);
        }
    }

    private async Task<bool> EndAsync(Ended ended, CancellationToken ct)
    {
        var (tenant, key, token) = (device.TenantId, device.Key, ended.Message.LockToken!.Value);
        if (ended.How == CloudEnding.Complete)
            return await hub.Inbox.CompleteAsync(tenant, key, token, ct);
        if (ended.How == CloudEnding.Reject)
            return await hub.Inbox.RejectAsync(tenant, key, token, ct);
        await hub.Inbox.AbandonAsync(tenant, key, [token], ct);
        return true;
    }

    private async Task DeliverAsync()
    {
        long[] held;
        lock (_lock)
            held = [.. _inFlight.Keys];
        var room = Math.Min(MostInFlight - held.Length, outlet.Room);
        if (room <= 0)
            return;
        var messages = await hub.Inbox.TakeAsync(device.TenantId, device.Key, room, held, outlet.Ended);
        foreach (var message in messages)
        {
            lock (_lock)
                _inFlight[message.Sequence] = message.LockToken!.Value;
            outlet.Send(message, (how, told) => End(message, how, told));
        }
    }

    private void End(CloudMessage message, CloudEnding how, Action<bool>? told)
    {
        lock (_lock)
            _ended.Enqueue(new Ended(message, how, told));
        Signal();
    }

    private readonly record struct Ended(CloudMessage Message, CloudEnding How, Action<bool>? Told);
}
