using System.Collections.Concurrent;
using IoTCentral.Core.Telemetry;

namespace IoTCentral.Hub.Tests;

/// <summary>A store that commits when the test says so.</summary>
internal sealed class HeldIngest : IIngest
{
    private readonly ConcurrentQueue<DeviceMessage> _waiting = new();

    /// <summary>Everything that was ever handed over.</summary>
    public ConcurrentQueue<DeviceMessage> All { get; } = new();

    /// <summary>Commit at once.</summary>
    public bool IsOpen { get; set; }

    public ValueTask EnqueueAsync(DeviceMessage message, CancellationToken ct)
    {
        All.Enqueue(message);
        _waiting.Enqueue(message);
        if (IsOpen)
            Commit();
        return default;
    }

    /// <summary>Commits what waits, in order, as one batch.</summary>
    public void Commit(int most = int.MaxValue)
    {
        var origins = new HashSet<IMessageOrigin>();
        while (most-- > 0 && _waiting.TryDequeue(out var message))
        {
            message.Origin?.Stored(message);
            if (message.Origin is not null)
                origins.Add(message.Origin);
        }

        foreach (var origin in origins)
            origin.Flush();
    }

    /// <summary>Commits one message out of turn.</summary>
    public static void Commit(DeviceMessage message)
    {
        message.Origin!.Stored(message);
        message.Origin.Flush();
    }

    /// <summary>The messages once there are so many.</summary>
    public async Task<IReadOnlyList<DeviceMessage>> HasAsync(int count)
    {
        await Eventually.TrueAsync(() => All.Count >= count);
        return [.. All];
    }
}
