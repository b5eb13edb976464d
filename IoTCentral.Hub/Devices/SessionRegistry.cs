using System.Collections.Concurrent;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Hub.Devices;

/// <summary>
/// The devices that are connected to this node, one connection each. Also remembers the subscriptions of devices that
/// ask for a session that outlives the connection (clean session 0).
/// </summary>
internal sealed class SessionRegistry(TimeProvider time) : IDeviceLink
{
    // A device is signed in and registered within this time; a drop in between still reaches it.
    private static readonly TimeSpan RememberDrops = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<(TenantId Tenant, long Key), IDeviceSession> _sessions = new();

    // also in the above; apart, since a device takes its modules along
    private readonly ConcurrentDictionary<(TenantId Tenant, long Key), IDeviceSession> _modules = new();
    private readonly ConcurrentDictionary<(TenantId Tenant, long Key), (long At, string Code)> _drops = new();
    private readonly ConcurrentDictionary<(TenantId Tenant, long Key), Subscriptions> _kept = new();
    private readonly ConcurrentDictionary<(TenantId Tenant, long Key), TaskCompletionSource> _awaited = new();

    public int Count => _sessions.Count;

    /// <summary>Devices of this application that are connected here, or a module of which is.</summary>
    public IReadOnlyCollection<long> KeysOf(TenantId tenant) =>
        _sessions.Where(s => s.Key.Tenant == tenant).Select(s => s.Value.Device.DeviceKey).ToHashSet();

    /// <summary>Devices of this application that signed in by certificate.</summary>
    public IReadOnlyList<SignedIn> CertifiedOf(TenantId tenant) =>
        [.. _sessions.Values.Select(s => s.Device).Where(d => d.TenantId == tenant && d.Certificate is not null)];

    public IDeviceSession? Find(TenantId tenant, long deviceKey) => _sessions.GetValueOrDefault((tenant, deviceKey));

    /// <summary>The device is connected here from now on; an older connection of it is closed and returned.</summary>
    public IDeviceSession? Enter(IDeviceSession session)
    {
        IDeviceSession? old = null;
        _sessions.AddOrUpdate(
            session.Id,
            session,
            (_, before) =>
            {
                old = before;
                return session;
            }
        );
        if (session.Device.ModuleKey is not null)
            _modules[session.Id] = session;
        old?.Close(ConnectionCode.Replaced);
        return old;
    }

    /// <summary>False: another connection of the device has taken its place.</summary>
    public bool Leave(IDeviceSession session)
    {
        _modules.TryRemove(new(session.Id, session));
        return _sessions.TryRemove(new(session.Id, session));
    }

    /// <summary>The code of a drop that came since then: while the device was being signed in there was nothing to drop.</summary>
    public string? FindDropSince(SignedIn device, long timestamp) =>
        FindDropSince((device.TenantId, device.Key), timestamp)
        ?? FindDropSince((device.TenantId, device.DeviceKey), timestamp);

    private string? FindDropSince((TenantId, long) id, long timestamp) =>
        _drops.TryGetValue(id, out var drop) && drop.At >= timestamp ? drop.Code : null;

    /// <summary>Takes the kept subscriptions; null when there are none.</summary>
    public Subscriptions? FindKept(TenantId tenant, long deviceKey) => _kept.GetValueOrDefault((tenant, deviceKey));

    public void Keep(TenantId tenant, long deviceKey, Subscriptions? subscriptions)
    {
        if (subscriptions is null)
            _kept.TryRemove((tenant, deviceKey), out _);
        else
            _kept[(tenant, deviceKey)] = subscriptions;
    }

    public ValueTask DropAsync(TenantId tenant, long deviceKey, string reason, CancellationToken ct)
    {
        _drops[(tenant, deviceKey)] = (time.GetTimestamp(), reason);
        if (reason == ConnectionCode.Deleted)
            Keep(tenant, deviceKey, null);
        Find(tenant, deviceKey)?.Close(reason);
        foreach (var (id, module) in _modules)
        {
            if (id.Tenant == tenant && module.Device.DeviceKey == deviceKey)
                module.Close(reason);
        }

        return default;
    }

    public ValueTask<bool> PushDesiredAsync(
        TenantId tenant,
        long deviceKey,
        ReadOnlyMemory<byte> patch,
        long version,
        CancellationToken ct
    ) => new(Find(tenant, deviceKey)?.PushDesired(patch, version) ?? false);

    public void CloudMessageWaits(TenantId tenant, long deviceKey) => Find(tenant, deviceKey)?.CloudMessageWaits();

    public async Task<MethodAnswer> CallAsync(TenantId tenant, long deviceKey, MethodCall call, CancellationToken ct)
    {
        await WaitForListenerAsync((tenant, deviceKey), call.ConnectTimeout, ct);
        return Find(tenant, deviceKey) is { } session
            ? await session.CallAsync(call, ct)
            : MethodAnswer.Without(MethodOutcome.NotConnected);
    }

    /// <summary>The device listens to methods from now on: those who wait for that go on.</summary>
    public void Listening((TenantId Tenant, long Key) device)
    {
        if (_awaited.TryRemove(device, out var awaited))
            awaited.TrySetResult();
    }

    private async Task WaitForListenerAsync((TenantId Tenant, long Key) device, TimeSpan patience, CancellationToken ct)
    {
        if (patience <= TimeSpan.Zero || IsListening(device))
            return;
        var awaited = _awaited.GetOrAdd(
            device,
            _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
        );
        // It may have come between the look and the entry.
        if (IsListening(device))
            return;
        try
        {
            await awaited.Task.WaitAsync(patience, time, ct);
        }
        catch (TimeoutException)
        {
            // whoever calls sees that it is not there
        }
    }

    private bool IsListening((TenantId Tenant, long Key) device) =>
        _sessions.TryGetValue(device, out var session) && session.ListensToMethods;

    /// <summary>Forgets old drops; called now and then.</summary>
    public void Tidy()
    {
        foreach (var (id, drop) in _drops)
        {
            if (time.GetElapsedTime(drop.At) > RememberDrops)
                _drops.TryRemove(new(id, drop));
        }
    }
}
