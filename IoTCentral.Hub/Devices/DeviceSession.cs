using System.Text;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using IoTCentral.Hub.CloudToDevice;
using IoTCentral.Hub.Methods;
using IoTCentral.Hub.Mqtt;
using IoTCentral.Hub.Telemetry;
using IoTCentral.Hub.Twins;

namespace IoTCentral.Hub.Devices;

/// <summary>A device that is connected by MQTT: its telemetry goes to storage, its twin requests are answered.</summary>
internal sealed class DeviceSession : Session, IDeviceSession, IMessageOrigin
{
    private readonly MqttConnection _connection;
    private readonly HubServices _hub;
    private readonly SignedIn _device;
    private readonly TelemetryReader _reader;
    private readonly RequestQueue _requests;
    private readonly TwinRequests _twin;
    private readonly MethodCalls _methods;
    private readonly CloudDelivery _cloud;
    private readonly byte[] _events;
    private readonly ConnectedDevice _voice;

    public DeviceSession(MqttConnection connection, HubServices hub, SignedIn device, Subscriptions subscriptions)
    {
        _connection = connection;
        _hub = hub;
        _device = device;
        Subscriptions = subscriptions;
        _reader = new TelemetryReader(device, this, hub.Time);
        _requests = new RequestQueue(connection, hub.Logger);
        _twin = new TwinRequests(connection, _requests, new TwinDesk(hub, device), subscriptions);
        _methods = new MethodCalls(TrySend, hub.Time);
        _cloud = new CloudDelivery(new MqttCloudOutlet(connection, subscriptions, device.Path), hub, device);
        _events = Encoding.UTF8.GetBytes($"devices/{device.Path}/messages/events/");
        _voice = new ConnectedDevice(hub, device, () => connection.Origin);
    }

    public (TenantId Tenant, long Key) Id => (_device.TenantId, _device.Key);
    public SignedIn Device => _device;
    public Subscriptions Subscriptions { get; }
    public override DateTimeOffset TokenEnds => _device.TokenEnds;
    public bool ListensToMethods => Subscriptions.Methods is not null;
    public DateTimeOffset LastReceived => _reader.LastReceived;

    public void Close(string code) => _connection.Close(code);

    public bool PushDesired(ReadOnlyMemory<byte> patch, long version) => _twin.PushDesired(patch, version);

    public Task<MethodAnswer> CallAsync(MethodCall call, CancellationToken ct) => _methods.CallAsync(call, ct);

    public void CloudMessageWaits() => _cloud.Signal();

    public override void Begin()
    {
        _voice.Begin();
        // of the session before, when the device asked to keep them
        Listening();
    }

    /// <summary>Takes over from this device's earlier connection: times go on where it ended.</summary>
    public void Succeed(IDeviceSession? earlier)
    {
        if (earlier is not null)
            _reader.LastReceived = earlier.LastReceived;
    }

    public override ValueTask PublishAsync(in PublishPacket packet)
    {
        if (packet.Topic.StartsWith(_events))
            return TelemetryAsync(packet, packet.Topic[_events.Length..]);
        if (TwinRequest.TryRead(packet.Topic, out var request))
            return _twin.AnswerAsync(request, packet);
        if (!MethodTopic.TryReadAnswer(packet.Topic, out var status, out var id))
            return OddTopicAsync(packet);
        if (id is { } number)
            _methods.Answer(number, status, packet.Body.ToArray());
        return AcknowledgeAsync(packet.PacketId);
    }

    private bool TrySend(MethodCall call, long id)
    {
        if (Subscriptions.Methods is not { } qos)
            return false;
        var topic = MethodTopic.OfCall(call.Name, id);
        _connection.Send(PacketWriter.Publish(topic, call.Payload.Span, _connection.Ids.Next(qos)));
        return true;
    }

    public override int? Subscribe(string filter, int qos)
    {
        var granted = Subscriptions.Add(filter, qos);
        if (granted is null)
            _voice.Log(
                ConnectionEvent.Refused,
                (
                    ConnectionCode.BadFilter,
                    $"Its subscription to '{Short(filter)}' was refused: that is none of its topics. Subscribe to 'devices/{_device.Path}/messages/devicebound/#', '$iothub/methods/POST/#', '$iothub/twin/res/#' or '$iothub/twin/PATCH/properties/desired/#'."
                )
            );
        return granted;
    }

    public override void Subscribed() => Listening();

    private void Listening()
    {
        if (Subscriptions.Methods is not null)
            _hub.Sessions.Listening(Id);
        if (Subscriptions.CloudToDevice is not null)
            _cloud.Signal();
    }

    public override void Unsubscribe(string filter) => Subscriptions.Remove(filter);

    public override void Tick() => _voice.Tick();

    public override async ValueTask EndAsync(Closing closing)
    {
        var isCurrent = _hub.Sessions.Leave(this);
        _methods.End();
        await _cloud.EndAsync();
        _voice.End(closing, isCurrent);
        if (!closing.IsOrderly && !closing.IsSilenced)
            await SendWillAsync();
    }

    public void Stored(DeviceMessage message)
    {
        _voice.Stored(message);
        _connection.Acks.Done(message);
    }

    public void Flush() => _connection.Output.Signal();

    /// <summary>In its turn: acknowledgements leave in the order of what they acknowledge.</summary>
    private ValueTask AcknowledgeAsync(ushort packetId) =>
        packetId == 0
            ? default
            : _requests.AddAsync(packetId, bytes: 100, () => Task.FromResult<byte[]?>(null), () => null);

    private ValueTask TelemetryAsync(in PublishPacket packet, ReadOnlySpan<byte> bag)
    {
        if (_reader.Read(packet, bag) is not { } message)
        {
            _connection.Close(
                new Closing(
                    ConnectionCode.TooLarge,
                    "It sent a message of more than 256 KB, body and properties together. Send it in parts."
                )
            );
            return default;
        }

        _connection.Acks.Add(packet.PacketId, message.Size, message);
        var queued = _hub.Ingest.EnqueueAsync(message, _connection.Ended);
        var turn = _voice.Turn();
        return queued.IsCompletedSuccessfully && turn == default
            ? _connection.Acks.WaitForRoomAsync(_connection.Ended)
            : WaitAsync(queued, turn);
    }

    /// <summary>Reads on when there is room in storage's queue and it is this device's turn.</summary>
    private async ValueTask WaitAsync(ValueTask queued, TimeSpan turn)
    {
        await queued;
        if (turn > TimeSpan.Zero)
            await Task.Delay(turn, _hub.Time, _connection.Ended);
        await _connection.Acks.WaitForRoomAsync(_connection.Ended);
    }

    /// <summary>The same topic in another spelling, or one that is not this device's.</summary>
    private ValueTask OddTopicAsync(in PublishPacket packet)
    {
        if (FindEvents(packet.Topic) is { } bagStart)
            return TelemetryAsync(packet, packet.Topic[bagStart..]);
        var topic = Encoding.UTF8.GetString(packet.Topic);
        var isOthers = topic.StartsWith("devices/", StringComparison.Ordinal);
        _connection.Close(
            topic.StartsWith("$iothub/", StringComparison.Ordinal)
                ? new Closing(
                    ConnectionCode.BadTopic,
                    $"It published to '{Short(topic)}', which is no topic of this hub."
                )
            : isOthers
                ? new Closing(
                    ConnectionCode.OtherDevice,
                    $"It published to '{Short(topic)}'. A device may only use topics with its own id, 'devices/{_device.Path}/…'."
                )
            : new Closing(
                ConnectionCode.BadTopic,
                $"It published to '{Short(topic)}'. Telemetry goes to 'devices/{_device.Path}/messages/events/'."
            )
        );
        return default;
    }

    /// <summary>Where the property bag of a telemetry topic begins, its ids perhaps percent-encoded; null: no such topic.</summary>
    private int? FindEvents(ReadOnlySpan<byte> topic)
    {
        var start = "devices/"u8;
        var middle = "/messages/events"u8;
        if (!topic.StartsWith(start) || topic[start.Length..].IndexOf(middle) is not (> 0 and var idLength))
            return null;
        if (PercentCode.Decode(topic.Slice(start.Length, idLength)) != _device.Path)
            return null;
        var end = start.Length + idLength + middle.Length;
        if (end == topic.Length)
            return end;
        return topic[end] == '/' ? end + 1 : null;
    }

    private async ValueTask SendWillAsync()
    {
        if (_connection.Connect is not { WillTopic: { } topic } connect)
            return;
        var bytes = Encoding.UTF8.GetBytes(topic);
        if (
            FindEvents(bytes) is not { } bagStart
            || _reader.ReadWill(connect.WillBody, bytes.AsSpan(bagStart)) is not { } will
        )
            return;
        try
        {
            await _hub.Ingest.EnqueueAsync(will, _hub.Stopping);
        }
        catch (OperationCanceledException)
        {
            // The program stops before storage had room: a will is no promise.
        }
    }

    internal static string Short(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
