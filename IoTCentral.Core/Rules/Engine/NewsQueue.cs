using System.Collections.Concurrent;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Rules.Engine;

/// <summary>What changed since the engine looked last. Bounded by itself: the same news twice is one.</summary>
internal sealed class NewsQueue : IDisposable
{
    private readonly ConcurrentDictionary<TenantId, bool> _tenants = new();
    private readonly ConcurrentDictionary<(TenantId Tenant, long DeviceKey), bool> _devices = new();
    private readonly ConcurrentDictionary<(TenantId Tenant, Guid AlertId), bool> _alerts = new();
    private readonly ChangeFeed _changes;
    private readonly IDisposable _news;
    private volatile bool _isWaiting;
    private volatile int _tellingThread;

    public NewsQueue(ChangeFeed changes)
    {
        _changes = changes;
        _news = changes.Listen(Note);
    }

    /// <summary>Tells others what we know already.</summary>
    public void Tell(Change change)
    {
        // Listeners are called on the teller's thread, so this is how our own news is known.
        _tellingThread = Environment.CurrentManagedThreadId;
        _changes.Publish(change);
        _tellingThread = 0;
    }

    public bool IsWaiting => _isWaiting;

    /// <summary>Rules, templates, zones or devices as a whole are to be read again.</summary>
    public IReadOnlyList<TenantId> TakeTenants() => Take(_tenants);

    public IReadOnlyList<(TenantId Tenant, long DeviceKey)> TakeDevices() => Take(_devices);

    /// <summary>Alerts that a person has touched.</summary>
    public IReadOnlyList<(TenantId Tenant, Guid AlertId)> TakeAlerts() => Take(_alerts);

    /// <summary>Before the queues are taken: what comes from here on waits for the next look.</summary>
    public void Begin() => _isWaiting = false;

    public void Note(Change change)
    {
        if (_tellingThread == Environment.CurrentManagedThreadId)
            return;
        switch (change.Kind)
        {
            case ChangeKind.Rule or ChangeKind.Application or ChangeKind.Template:
                _tenants[change.Tenant] = true;
                break;
            case ChangeKind.Device
            or ChangeKind.Twin
            or ChangeKind.CloudProperties
            or ChangeKind.Connection when change.DeviceKey is { } key:
                _devices[(change.Tenant, key)] = true;
                break;
            case ChangeKind.Device or ChangeKind.Twin or ChangeKind.CloudProperties:
                _tenants[change.Tenant] = true;
                break;
            case ChangeKind.Alert when Guid.TryParse(change.Id, out var id):
                _alerts[(change.Tenant, id)] = true;
                break;
            default:
                return;
        }

        _isWaiting = true;
    }

    public void Dispose() => _news.Dispose();

    private static List<T> Take<T>(ConcurrentDictionary<T, bool> queue)
        where T : notnull
    {
        var taken = new List<T>();
        foreach (var key in queue.Keys)
        {
            if (queue.TryRemove(key, out _))
                taken.Add(key);
        }

        return taken;
    }
}
