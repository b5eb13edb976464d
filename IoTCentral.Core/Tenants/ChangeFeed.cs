using System.Collections.Concurrent;

namespace IoTCentral.Core.Tenants;

/// <summary>What changed besides telemetry: pages and rule evaluation re-read it.</summary>
public enum ChangeKind
{
    Device,
    Twin,
    CloudProperties,
    Connection,
    ConnectionLog,
    Template,
    Rule,
    Alert,
    Dashboard,
    Application,
    Keys,
    File,

    /// <summary>A command was sent to a device, or has ended.</summary>
    Command,
}

/// <summary>News about one thing of a tenant.</summary>
/// <param name="DeviceKey">Null when it concerns no single device, or any.</param>
/// <param name="Id">Null when it concerns no single thing, or any.</param>
public readonly record struct Change(TenantId Tenant, ChangeKind Kind, long? DeviceKey = null, string? Id = null)
{
    /// <summary>Another process changed it: what only the changing process does has not happened here.</summary>
    public bool IsFromElsewhere { get; init; }
}

/// <summary>
/// Tells in-process listeners that something changed, here or in another process. Delivery is at most once and never blocks the teller: a listener
/// re-reads from the store, so a missed notice costs freshness, not truth.
/// </summary>
public sealed class ChangeFeed
{
    private readonly ConcurrentDictionary<long, Action<Change>> _listeners = new();
    private long _next;

    public void Publish(Change change)
    {
        foreach (var listener in _listeners.Values)
            listener(change);
    }

    /// <summary>Calls the listener on the teller's thread: it must only queue. Dispose to stop.</summary>
    public IDisposable Listen(Action<Change> listener)
    {
        var id = Interlocked.Increment(ref _next);
        _listeners[id] = listener;
        return new Subscription(() => _listeners.TryRemove(id, out _));
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
