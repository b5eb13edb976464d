using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using IoTCentral.Core.Certificates;
using IoTCentral.Core.Devices;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Doors;
using IoTCentral.Hub.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Hub.Mqtt;

/// <summary>
/// One MQTT 3.1.1 connection: reads packets in order, hands them to its session, keeps the clocks. A hub is no broker:
/// it answers one device and knows no other.
/// </summary>
internal sealed class MqttConnection : IDeviceConnection
{
    // Before sign-in anybody may talk to us; after it 256 KB of message, a topic of 64 KB and the header.
    private const int MostBytesFirst = 16 * 1024;
    private const int MostBytes = 256 * 1024 + 64 * 1024 + 16;

    private readonly ConnectionContext _transport;
    private readonly ConnectionGate _gate;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private Closing? _closing;
    private Session? _session;
    private int _mostBytes = MostBytesFirst;

    public MqttConnection(ConnectionContext transport, ConnectionGate gate, TimeProvider time, ILogger logger)
    {
        _transport = transport;
        _gate = gate;
        _time = time;
        _logger = logger;
        Acks = new AckWindow(time);
        Output = new ConnectionOutput(
            transport.Transport.Output,
            Acks,
            time,
            () => Close(ConnectionCode.ConnectionLost)
        );
        Clock = new ConnectionClock(time);
    }

    public AckWindow Acks { get; }
    public ConnectionOutput Output { get; }
    public PacketIds Ids { get; } = new();

    /// <summary>How it came in, for the connection log.</summary>
    public string Protocol => _transport is WebSocketConnection ? "MQTT over WebSocket" : "MQTT";

    public Origin Origin => new(Address, Protocol, ClientName.Of(UserName.FindClient(Connect?.UserName)));
    public ConnectionClock Clock { get; }
    public ConnectPacket? Connect { get; private set; }

    /// <summary>Why it ends or ended; null while it goes on.</summary>
    public Closing? Closing => _closing;

    public long? OldestAt => Acks.OldestAt;
    public bool IsPaused => Clock.IsPaused;

    /// <summary>Told when the connection is over, however it ends.</summary>
    public CancellationToken Ended => _transport.ConnectionClosed;

    public IPAddress Address => (_transport.RemoteEndPoint as IPEndPoint)?.Address.Unmapped() ?? IPAddress.None;

    /// <summary>What the client showed in TLS; null: nothing.</summary>
    public ClientCertificate? Certificate => ClientCertificates.Of(_transport);
    public IPAddress? LocalAddress => (_transport.LocalEndPoint as IPEndPoint)?.Address.Unmapped();

    /// <summary>Ends the connection for this reason, unless another one was first.</summary>
    public void Close(string code) => Close(Closing.Of(code));

    public void Close(Closing closing)
    {
        if (TrySetClosing(closing))
            _transport.Abort(new ConnectionAbortedException(closing.Code));
    }

    /// <summary>Reads no more; what is in flight is acknowledged, then the connection ends.</summary>
    public void BeginShutdown()
    {
        if (TrySetClosing(Closing.Of(ConnectionCode.ShuttingDown)))
            _transport.Transport.Input.CancelPendingRead();
    }

    public async Task RunAsync()
    {
        try
        {
            await ReadAsync();
            if (_closing?.Code == ConnectionCode.ShuttingDown)
                await FinishAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // how connections end: by us with a reason, or by the network
        }
        catch (Exception e)
        {
            _logger.LogError(e, "The connection of {ClientId} from {Address} failed.", Connect?.ClientId, Address);
            Close(new Closing(ConnectionCode.Failed, "Something went wrong on our side; the server's log says what."));
        }

        TrySetClosing(Closing.Of(ConnectionCode.ConnectionLost));
        await StopWritingAsync();
        if (_session is not null)
            await _session.EndAsync(_closing!);
        else
            _gate.NeverEntered(this, _closing!);
    }

    /// <summary>The transport must not be taken apart while a write goes on; who does not read is cut off.</summary>
    private async Task StopWritingAsync()
    {
        var stopped = Output.StopAsync();
        if (stopped.IsCompleted)
            return;
        await Task.WhenAny(stopped, Task.Delay(Patience.LongestGoodbye, _time));
        _transport.Abort(new ConnectionAbortedException(_closing!.Code));
        await stopped;
    }

    private bool TrySetClosing(Closing closing) => Interlocked.CompareExchange(ref _closing, closing, null) is null;

    /// <summary>Looks at the clocks; called each second.</summary>
    public void Tick()
    {
        _session?.Tick();
        if (Output.Stuck > Patience.LongestWrite)
            Close(ConnectionCode.NotReading);
        else if (Clock.FindEnd() is { } end)
            Close(end);
        else if (_session is not null && _session.TokenEnds <= _time.GetUtcNow())
            Close(ConnectionCode.TokenEnded);
    }

    private async Task ReadAsync()
    {
        var input = _transport.Transport.Input;
        while (true)
        {
            var result = await input.ReadAsync();
            var buffer = result.Buffer;
            var isAny = false;
            while (_closing is null && TryTake(ref buffer, out var frame))
            {
                isAny = true;
                // Most packets are dealt with on the spot; while one is not, we do not read, and the clock stands still.
                var handled = HandleAsync(frame);
                if (!handled.IsCompletedSuccessfully)
                    await Clock.PauseWhileAsync(handled);
            }

            if (isAny)
                Clock.Heard();
            input.AdvanceTo(buffer.Start, buffer.End);
            if (_closing is not null || result.IsCompleted)
                return;
        }
    }

    private bool TryTake(ref ReadOnlySequence<byte> buffer, out Frame frame)
    {
        switch (Frame.TryRead(ref buffer, _mostBytes, out frame))
        {
            case FrameStatus.Complete:
                return true;
            case FrameStatus.Malformed:
                Close(ConnectionCode.Malformed);
                return false;
            case FrameStatus.TooLarge:
                Close(
                    new Closing(
                        ConnectionCode.TooLarge,
                        Connect is null
                            ? "Its first packet is larger than 16 KB."
                            : "It sent a packet larger than a message may be (256 KB)."
                    )
                );
                return false;
            default:
                return false;
        }
    }

    private ValueTask HandleAsync(in Frame frame)
    {
        if (Connect is null)
            return ConnectAsync(frame);
        switch (frame.Type)
        {
            case PacketType.Publish:
                return PublishAsync(frame);
            case PacketType.PubAck when frame.Flags == 0 && frame.Body.Length == 2:
                Ids.Acknowledged(BinaryPrimitives.ReadUInt16BigEndian(Flat(frame.Body)));
                return default;
            case PacketType.PingReq when frame.Flags == 0 && frame.Body.IsEmpty:
                Send(PacketWriter.PingResponse);
                return default;
            case PacketType.Subscribe:
                Subscribe(frame);
                return default;
            case PacketType.Unsubscribe:
                Unsubscribe(frame);
                return default;
            case PacketType.Disconnect when frame.Flags == 0 && frame.Body.IsEmpty:
                TrySetClosing(Closing.Of(ConnectionCode.Disconnected)); // no abort: it goes by itself
                return default;
            case PacketType.Connect:
                Close(new Closing(ConnectionCode.Malformed, "It sent a second CONNECT on the same connection."));
                return default;
            default:
                Close(ConnectionCode.Malformed);
                return default;
        }
    }

    private async ValueTask ConnectAsync(Frame frame)
    {
        if (
            frame.Type != PacketType.Connect
            || frame.Flags != 0
            || ConnectPacket.Read(Flat(frame.Body)) is not { } connect
        )
        {
            Close(new Closing(ConnectionCode.Malformed, "Its first packet is no MQTT CONNECT."));
            return;
        }

        Connect = connect;
        Clock.Connecting();
        var (session, code, isPresent) = await _gate.EnterAsync(this, connect);
        Output.TryAdd(PacketWriter.ConnAck(code, isPresent));
        if (session is null)
        {
            await Output.DrainAsync();
            // The refusal is logged by the gate; the device has its answer and closes, or we do.
            TrySetClosing(new Closing(ConnectionCode.Refused, ""));
            return;
        }

        _session = session;
        _mostBytes = MostBytes;
        Clock.Connected(connect.KeepAliveSeconds);
        Output.SignalInline();
        session.Begin();
    }

    private ValueTask PublishAsync(in Frame frame)
    {
        if (frame.Body.IsSingleSegment)
            return PublishAsync(frame.Flags, frame.Body.FirstSpan);
        var length = (int)frame.Body.Length;
        var whole = ArrayPool<byte>.Shared.Rent(length);
        frame.Body.CopyTo(whole);
        try
        {
            return PublishAsync(frame.Flags, whole.AsSpan(0, length));
        }
        finally
        {
            // What is kept of the packet was copied out before this returned.
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    private ValueTask PublishAsync(int flags, ReadOnlySpan<byte> body)
    {
        if (!PublishPacket.TryRead(flags, body, out var packet))
        {
            Close(ConnectionCode.Malformed);
            return default;
        }

        if (packet.Qos == 2)
        {
            Close(ConnectionCode.Qos2);
            return default;
        }

        // Still unacknowledged: the same packet again, DUP or not. It is on its way to the store already.
        if (packet.Qos == 1 && Acks.Contains(packet.PacketId))
            return default;
        return _session!.PublishAsync(packet);
    }

    private void Subscribe(in Frame frame)
    {
        if (SubscribePacket.Read(frame.Flags, Flat(frame.Body), withQos: true) is not { } packet)
        {
            Close(ConnectionCode.Malformed);
            return;
        }

        const byte refused = 0x80;
        var codes = packet.Filters.Select(f => (byte)(_session!.Subscribe(f.Filter, Math.Min(f.Qos, 1)) ?? refused));
        Send(PacketWriter.SubAck(packet.PacketId, [.. codes]));
        _session!.Subscribed();
    }

    private void Unsubscribe(in Frame frame)
    {
        if (SubscribePacket.Read(frame.Flags, Flat(frame.Body), withQos: false) is not { } packet)
        {
            Close(ConnectionCode.Malformed);
            return;
        }

        foreach (var (filter, _) in packet.Filters)
            _session!.Unsubscribe(filter);
        Send(PacketWriter.UnsubAck(packet.PacketId));
    }

    /// <summary>Sends a packet; a device that lets too much pile up is not reading.</summary>
    public void Send(byte[] packet)
    {
        if (Output.TryAdd(packet))
            Output.Signal();
        else
            Close(ConnectionCode.NotReading);
    }

    /// <summary>Waits until everything in flight is acknowledged, as long as a stopping program may.</summary>
    private async Task FinishAsync()
    {
        var deadline = _time.GetTimestamp();
        while (Acks.Count > 0 && _time.GetElapsedTime(deadline) < Patience.LongestFinish)
            await Task.Delay(TimeSpan.FromMilliseconds(20), _time, Ended);
        await Output.DrainAsync();
    }

    private static ReadOnlySpan<byte> Flat(in ReadOnlySequence<byte> body) =>
        body.IsSingleSegment ? body.FirstSpan : body.ToArray();
}
