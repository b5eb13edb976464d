using System.Collections.Concurrent;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using IoTCentral.Core.Twins;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>A place where storage can be held up.</summary>
internal sealed class Hold
{
    private TaskCompletionSource? _held;

    public void Close() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open()
    {
        Interlocked.Exchange(ref _held, null)?.TrySetResult();
    }

    public Task PassAsync(CancellationToken ct) => _held?.Task.WaitAsync(ct) ?? Task.CompletedTask;
}

/// <summary>The log of messages: keeps what it was given, and tells those who wait when it is told to.</summary>
internal sealed class MemoryLog(IngestQueue queue) : IIngest
{
    private readonly Lock _lock = new();
    private readonly List<DeviceMessage> _held = [];
    private readonly List<DeviceMessage> _stored = [];
    private long? _holds;

    public async ValueTask EnqueueAsync(DeviceMessage message, CancellationToken ct)
    {
        var queued = queue.EnqueueAsync(message, ct);
        Commit();
        await queued;
    }

    /// <summary>Messages of this device are not committed before <see cref="Open"/>.</summary>
    public void Hold(long deviceKey) => _holds = deviceKey;

    public void Open()
    {
        _holds = null;
        Commit();
    }

    public bool IsHolding => _holds is not null;

    public IReadOnlyList<DeviceMessage> Stored(long deviceKey)
    {
        lock (_lock)
            return [.. _stored.Where(m => m.DeviceKey == deviceKey)];
    }

    public IReadOnlyList<DeviceMessage> TakeAll()
    {
        lock (_lock)
        {
            DeviceMessage[] all = [.. _stored];
            _stored.Clear();
            return all;
        }
    }

    private void Commit()
    {
        lock (_lock)
        {
            var batch = new List<DeviceMessage>();
            queue.TakeBatch(batch);
            _held.AddRange(batch);
            var ready = _held.Where(m => m.DeviceKey != _holds).ToList();
            if (ready.Count == 0)
                return;
            _held.RemoveAll(m => m.DeviceKey != _holds);
            _stored.AddRange(ready);
            foreach (var message in ready)
                message.Origin?.Stored(message);
            foreach (var origin in ready.Select(m => m.Origin).OfType<IMessageOrigin>().Distinct())
                origin.Flush();
            queue.Release(ready);
        }
    }
}

/// <summary>Devices, their credentials, twins and queues of some applications.</summary>
internal sealed class MemoryStores
{
    private readonly ConcurrentDictionary<string, Device> _devices = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, Twin> _twins = new();
    private readonly Lock _lock = new();
    private readonly List<CloudMessage> _cloud = [];
    private readonly Func<Device, SignInCandidate> _candidate;

    /// <param name="candidate">A device with the keys that prove it.</param>
    public MemoryStores(Func<Device, SignInCandidate> candidate, Func<string, ScopeEnrollments?> scope)
    {
        _candidate = candidate;
        SignIn = Port.Of<ISignInStore>(
            (nameof(ISignInStore.CandidatesAsync), a => CandidatesAsync((string)a[0]!, (CancellationToken)a[^1]!)),
            (nameof(ISignInStore.AuthoritiesAsync), _ => Task.FromResult<IReadOnlyList<SigningCertificate>>([])),
            (
                nameof(ISignInStore.UnverifiedAuthoritiesAsync),
                _ => Task.FromResult<IReadOnlyList<SigningCertificate>>([])
            ),
            (nameof(ISignInStore.IsApplicationHostAsync), _ => Task.FromResult(false)),
            (nameof(ISignInStore.FindScopeAsync), a => ScopeAsync(scope((string)a[0]!), (CancellationToken)a[^1]!))
        );
        Devices = Port.Of<IDeviceStore>(
            (nameof(IDeviceStore.FindAsync), a => FindAsync(a[1]!, (CancellationToken)a[^1]!)),
            (nameof(IDeviceStore.FindIgnoringCaseAsync), a => IgnoringCase((string)a[1]!)),
            (nameof(IDeviceStore.AddAsync), a => Task.FromResult(Add((Device)a[0]!))),
            (nameof(IDeviceStore.ProvisionAsync), a => Task.FromResult(Provision((long)a[1]!, (string?)a[2])))
        );
        Enrollments = Port.Of<IEnrollmentStore>(
            (nameof(IEnrollmentStore.AssignAsync), _ => Task.CompletedTask),
            (nameof(IEnrollmentStore.FindSourceAsync), a => Source((long)a[1]!))
        );
        Twins = Port.Of<ITwinStore>(
            (nameof(ITwinStore.FindAsync), a => TwinAsync((long)a[1]!, (CancellationToken)a[^1]!)),
            (
                nameof(ITwinStore.ChangeAsync),
                a => ChangeAsync((long)a[1]!, (Func<Twin, Twin>)a[2]!, (CancellationToken)a[^1]!)
            ),
            (
                nameof(ITwinStore.ReportAsync),
                a => ChangeAsync((long)a[1]!, (Func<Twin, Twin>)a[2]!, (CancellationToken)a[^1]!)
            )
        );
        Cloud = Port.Of<ICloudMessageStore>(
            (nameof(ICloudMessageStore.LockAsync), a => Task.FromResult(Lock((long)a[1]!, (CloudLock)a[2]!))),
            (nameof(ICloudMessageStore.EndAsync), a => Task.FromResult(End((Guid)a[2]!))),
            (nameof(ICloudMessageStore.AbandonAsync), a => Abandon((IReadOnlyCollection<Guid>)a[2]!))
        );
    }

    public ISignInStore SignIn { get; }
    public IDeviceStore Devices { get; }
    public IEnrollmentStore Enrollments { get; }
    public ITwinStore Twins { get; }
    public ICloudMessageStore Cloud { get; }
    public Hold SigningIn { get; } = new();
    public Hold Registering { get; } = new();
    public Hold Twin { get; } = new();

    public Device Add(Device device)
    {
        var added = device with { Key = _devices.Count + 1 };
        _devices[device.Id] = added;
        ResetTwin(added);
        return added;
    }

    public Device Get(string id) => _devices[id];

    public Twin TwinOf(Device device) => _twins[device.Key];

    public void ResetTwin(Device device) =>
        _twins[device.Key] = new Twin { TenantId = device.TenantId, DeviceKey = device.Key };

    public void Queue(Device device, string id)
    {
        lock (_lock)
            _cloud.Add(
                new CloudMessage
                {
                    DeviceKey = device.Key,
                    Sequence = _cloud.Count == 0 ? 1 : _cloud[^1].Sequence + 1,
                    MessageId = id,
                    Body = System.Text.Encoding.UTF8.GetBytes(id),
                    Enqueued = DateTimeOffset.UnixEpoch,
                    Expires = DateTimeOffset.UnixEpoch.AddYears(100),
                }
            );
    }

    /// <summary>How many are in somebody's hand.</summary>
    public int Locked
    {
        get
        {
            lock (_lock)
                return _cloud.Count(m => m.LockToken is not null);
        }
    }

    public int Waiting(Device device)
    {
        lock (_lock)
            return _cloud.Count(m => m.DeviceKey == device.Key);
    }

    public void EmptyQueues()
    {
        lock (_lock)
            _cloud.Clear();
    }

    private async Task<(IReadOnlyList<SignInCandidate>, bool)> CandidatesAsync(string id, CancellationToken ct)
    {
        if (id != World.BystanderId)
            await SigningIn.PassAsync(ct);
        return (_devices.TryGetValue(id, out var device) ? [_candidate(device)] : [], false);
    }

    private async Task<ScopeEnrollments?> ScopeAsync(ScopeEnrollments? scope, CancellationToken ct)
    {
        await SigningIn.PassAsync(ct);
        return scope;
    }

    private async Task<Device?> FindAsync(object idOrKey, CancellationToken ct)
    {
        await Registering.PassAsync(ct);
        return idOrKey is string id
            ? _devices.GetValueOrDefault(id)
            : _devices.Values.FirstOrDefault(d => d.Key == (long)idOrKey);
    }

    private Task<CredentialSource?> Source(long key) =>
        Task.FromResult<CredentialSource?>(_candidate(_devices.Values.First(d => d.Key == key)).Source);

    private Task<IReadOnlyList<Device>> IgnoringCase(string id) =>
        Task.FromResult<IReadOnlyList<Device>>([
            .. _devices.Values.Where(d => d.Id.Equals(id, StringComparison.OrdinalIgnoreCase)).Take(2),
        ]);

    private Device? Provision(long key, string? modelId)
    {
        var device = _devices.Values.FirstOrDefault(d => d.Key == key);
        if (device is null)
            return null;
        return _devices[device.Id] = device with
        {
            Status = ProvisioningStatus.Provisioned,
            AnnouncedModelId = modelId ?? device.AnnouncedModelId,
        };
    }

    private async Task<Twin?> TwinAsync(long key, CancellationToken ct)
    {
        await PassTwinAsync(key, ct);
        return _twins.GetValueOrDefault(key);
    }

    private Task PassTwinAsync(long key, CancellationToken ct) =>
        key == Get(World.BystanderId).Key ? Task.CompletedTask : Twin.PassAsync(ct);

    private async Task<Twin?> ChangeAsync(long key, Func<Twin, Twin> change, CancellationToken ct)
    {
        await PassTwinAsync(key, ct);
        lock (_lock)
            return _twins.TryGetValue(key, out var twin) ? _twins[key] = change(twin) : null;
    }

    private IReadOnlyList<CloudMessage> Lock(long key, CloudLock wanted)
    {
        lock (_lock)
        {
            var taken = new List<CloudMessage>();
            for (var i = 0; i < _cloud.Count && taken.Count < wanted.Most; i++)
            {
                var message = _cloud[i];
                if (message.DeviceKey != key || message.LockToken is not null || wanted.Held.Contains(message.Sequence))
                    continue;
                _cloud[i] = message with
                {
                    LockToken = Guid.CreateVersion7(),
                    DeliveryCount = message.DeliveryCount + 1,
                };
                taken.Add(_cloud[i]);
            }

            return taken;
        }
    }

    private bool End(Guid token)
    {
        lock (_lock)
            return _cloud.RemoveAll(m => m.LockToken == token) > 0;
    }

    private Task Abandon(IReadOnlyCollection<Guid> tokens)
    {
        lock (_lock)
        {
            for (var i = 0; i < _cloud.Count; i++)
            {
                if (_cloud[i].LockToken is { } token && tokens.Contains(token))
                    _cloud[i] = _cloud[i] with { LockToken = null };
            }
        }

        return Task.CompletedTask;
    }
}
