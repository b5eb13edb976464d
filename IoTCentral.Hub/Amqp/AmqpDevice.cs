using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Tenants;
using IoTCentral.Hub.Amqp.Wire;
using IoTCentral.Hub.CloudToDevice;
using IoTCentral.Hub.Devices;

namespace IoTCentral.Hub.Amqp;

/// <summary>A device that is connected by AMQP, perhaps one of many on its connection; its links hang on it.</summary>
internal sealed class AmqpDevice : IDeviceSession
{
    // A device whose last link was detached comes back, or has gone without closing the connection that it shares.
    private static readonly TimeSpan LongestWithoutLinks = TimeSpan.FromSeconds(10);

    private readonly AmqpConnection _connection;
    private readonly SignedIn _device;
    private readonly Action _ended;
    private readonly ConnectedDevice _voice;
    private readonly EventIntake _events;
    private readonly AmqpMethods _methods;
    private readonly AmqpTwin _twin;
    private readonly AmqpCloudOutlet _outlet;
    private readonly CloudDelivery _cloud;
    private readonly Lock _lock = new();
    private readonly HashSet<AmqpLink> _links = [];
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long? _withoutLinksSince;
    private bool _isOver;
    private long _tokenEnds;

    /// <param name="ended">Told once when it is over.</param>
    public AmqpDevice(AmqpConnection connection, SignedIn device, Action ended)
    {
        var hub = connection.Nodes.Hub;
        (_connection, _device, _ended) = (connection, device, ended);
        _voice = new ConnectedDevice(hub, device, () => connection.Origin);
        _events = new EventIntake(this, connection, device, _voice);
        _methods = new AmqpMethods(hub.Time);
        _twin = new AmqpTwin(connection, new Twins.TwinDesk(hub, device));
        _outlet = new AmqpCloudOutlet(connection, device.Path);
        _cloud = new CloudDelivery(_outlet, hub, device);
        Renew(device.TokenEnds);
    }

    public (TenantId Tenant, long Key) Id => (_device.TenantId, _device.Key);
    public SignedIn Device => _device;
    public bool ListensToMethods => _methods.IsListening;
    public DateTimeOffset LastReceived => _events.LastReceived;
    public DateTimeOffset TokenEnds => new(Volatile.Read(ref _tokenEnds), TimeSpan.Zero);
    public bool IsOver => Volatile.Read(ref _isOver);

    /// <summary>Completes when everything of it is over.</summary>
    public Task Ending { get; private set; } = Task.CompletedTask;

    /// <summary>Since when it may send nothing more because nothing of it is stored; null: it may.</summary>
    public long? StoppedAt
    {
        get
        {
            lock (_lock)
                return _links.OfType<ReceivingLink>().Select(l => l.StoppedAt).Min();
        }
    }

    private SessionRegistry Registry => _connection.Nodes.Hub.Sessions;

    public bool IsSame(SignedIn device) => Id == (device.TenantId, device.Key);

    public void Renew(DateTimeOffset tokenEnds) => Volatile.Write(ref _tokenEnds, tokenEnds.UtcTicks);

    /// <summary>It is connected from now on; one that has ended meanwhile leaves again when this is done.</summary>
    public void Enter()
    {
        try
        {
            // times go on where its earlier connection ended
            if (Registry.Enter(this) is { } earlier)
                _events.LastReceived = earlier.LastReceived;
            _voice.Begin();
        }
        finally
        {
            _entered.SetResult();
        }
    }

    /// <summary>Lets a link lead to what its address says.</summary>
    public void Open(AmqpLink link)
    {
        var isOpen = (link.Address!.Kind, link) switch
        {
            (LinkKind.Events, ReceivingLink events) => Add(events, () => _events.Open(events, Closed(events))),
            // Messages between modules are an edge device's own business: here none come in.
            (LinkKind.Events, SendingLink inputs) when _device.ModuleId is not null => Add(
                inputs,
                () => inputs.Open(Closed(inputs))
            ),
            (LinkKind.CloudToDevice, SendingLink cloud) => Add(
                cloud,
                () => _outlet.Open(cloud, _cloud.Signal, Closed(cloud))
            ),
            (LinkKind.Methods, SendingLink calls) => Add(calls, () => OpenCalls(calls)),
            (LinkKind.Methods, ReceivingLink answers) => Add(answers, () => _methods.Open(answers, Closed(answers))),
            (LinkKind.Twin, SendingLink replies) => Add(replies, () => _twin.Open(replies, Closed(replies))),
            (LinkKind.Twin, ReceivingLink requests) => Add(requests, () => _twin.Open(requests, Closed(requests))),
            _ => false,
        };
        if (!isOpen)
            link.Refuse(AmqpErrors.NotAllowed, "A link of this address goes the other way, or the device has gone.");
    }

    public void Close(string code) => End(Closing.Of(code));

    /// <summary>Ends it, unless it has ended: its links say why, its connection may go on for others.</summary>
    public void End(Closing closing)
    {
        List<AmqpLink> links;
        lock (_lock)
        {
            if (_isOver)
                return;
            Volatile.Write(ref _isOver, true);
            links = [.. _links];
            Ending = Task.Run(() => EndAsync(closing));
        }

        foreach (var link in links)
            link.Close(AmqpErrors.Of(closing, _connection.Time.GetUtcNow()));
        _ended();
    }

    public bool PushDesired(ReadOnlyMemory<byte> patch, long version) => !IsOver && _twin.PushDesired(patch, version);

    public Task<MethodAnswer> CallAsync(MethodCall call, CancellationToken ct) => _methods.CallAsync(call, ct);

    public void CloudMessageWaits() => _cloud.Signal();

    public void Log(ConnectionEvent kind, (string Code, string Detail) what) => _voice.Log(kind, what);

    /// <summary>Called each second.</summary>
    public void Tick()
    {
        _voice.Tick();
        long? since;
        lock (_lock)
            since = _withoutLinksSince;
        if (since is { } at && _connection.Time.GetElapsedTime(at) > LongestWithoutLinks)
            Close(ConnectionCode.Disconnected);
    }

    private bool OpenCalls(SendingLink calls)
    {
        var isOpen = _methods.Open(calls, Closed(calls));
        if (isOpen)
            Registry.Listening(Id);
        return isOpen;
    }

    /// <summary>True also when the link itself has gone meanwhile; false: the device has.</summary>
    private bool Add(AmqpLink link, Func<bool> open)
    {
        lock (_lock)
        {
            if (_isOver)
                return false;
            _links.Add(link);
            _withoutLinksSince = null;
        }

        if (!open())
            Closed(link)();
        return true;
    }

    private Action Closed(AmqpLink link) =>
        () =>
        {
            lock (_lock)
            {
                _links.Remove(link);
                if (_links.Count == 0)
                    _withoutLinksSince = _connection.Time.GetTimestamp();
            }
        };

    private async Task EndAsync(Closing closing)
    {
        // its connection may end while it enters: who leaves before has left nothing
        await _entered.Task;
        var isCurrent = Registry.Leave(this);
        _methods.End();
        await _cloud.EndAsync();
        _voice.End(closing, isCurrent);
    }
}
