using IoTCentral.Core.Access;
using IoTCentral.Core.Live;
using IoTCentral.Core.Telemetry;
using IoTCentral.Web.Ui.Live;

namespace IoTCentral.Web.Features.Dashboards;

/// <summary>
/// One subscription to the live feed for a whole page: tiles say which devices they follow, and get each committed
/// message once. What they draw goes to the browser as one frame.
/// </summary>
public sealed class LiveBoard(ILiveFeed feed, LiveFrames frames, ILogger<LiveBoard> logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, List<Follower>> _followers = [];

    /// <summary>Called with each message of these devices, on the page's loop: it must only draw. Dispose to stop.</summary>
    public IDisposable Follow(IEnumerable<long> deviceKeys, Action<CommittedMessage> draw)
    {
        var follower = new Follower(this, [.. deviceKeys.Distinct()], draw);
        lock (_lock)
        {
            foreach (var key in follower.Keys)
            {
                if (!_followers.TryGetValue(key, out var list))
                    _followers[key] = list = [];
                list.Add(follower);
            }
        }

        return follower;
    }

    /// <summary>Hands messages out until the page goes.</summary>
    public async Task RunAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permission.ViewDevices);
        using var subscription = feed.Subscribe(caller.Tenant, deviceKeys: null);
        try
        {
            while (true)
            {
                foreach (var message in await subscription.ReadAsync(ct))
                    HandOut(message);
                await frames.FlushAsync(ct);
                await frames.PauseAsync(ct);
            }
        }
        catch (OperationCanceledException)
        {
            // the person left
        }
        catch (Microsoft.JSInterop.JSDisconnectedException)
        {
            // the browser has gone
        }
        catch (Exception e)
        {
            logger.LogError(e, "Live values of a page ended.");
        }
    }

    private void HandOut(CommittedMessage message)
    {
        Follower[] followers;
        lock (_lock)
        {
            if (!_followers.TryGetValue(message.Message.DeviceKey, out var list))
                return;
            followers = [.. list];
        }

        foreach (var follower in followers)
            follower.Draw(message);
    }

    private sealed record Follower(LiveBoard Board, IReadOnlyList<long> Keys, Action<CommittedMessage> Draw)
        : IDisposable
    {
        public void Dispose()
        {
            lock (Board._lock)
            {
                foreach (var key in Keys)
                {
                    if (Board._followers.TryGetValue(key, out var list) && list.Remove(this) && list.Count == 0)
                        Board._followers.Remove(key);
                }
            }
        }
    }
}
