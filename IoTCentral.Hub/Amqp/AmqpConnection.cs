using System.Net;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using IoTCentral.Core.Certificates;
using IoTCentral.Core.Devices;
using IoTCentral.Hub.Amqp.Wire;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Doors;
using IoTCentral.Hub.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using CloseFrame = Amqp.Framing.Close;

namespace IoTCentral.Hub.Amqp;

/// <summary>
/// One AMQP 1.0 connection: reads frames in order, hands them to its sessions, keeps the clocks. Several devices may share
/// it, each with its own token and links.
/// </summary>
internal sealed class AmqpConnection : IDeviceConnection
{
    private const int LinksOfOne = 8;

    private readonly ConnectionContext _transport;
    private readonly FrameInput _input;
    private readonly AmqpClock _clock;
    private readonly CancellationTokenSource _over;
    private readonly Dictionary<ushort, AmqpChannel> _channels = [];
    private Closing? _closing;
    private string _client = "";

    public AmqpConnection(ConnectionContext transport, AmqpNodes nodes)
    {
        _transport = transport;
        Nodes = nodes;
        _input = new FrameInput(transport.Transport.Input);
        _over = CancellationTokenSource.CreateLinkedTokenSource(transport.ConnectionClosed);
        Ended = _over.Token;
        _clock = new AmqpClock(nodes.Hub.Time);
        Deliveries = new DeliveryWindow(this);
        Output = new ConnectionOutput(
            transport.Transport.Output,
            Deliveries,
            Time,
            () => Close(ConnectionCode.ConnectionLost)
        );
        Cbs = new CbsNode(this);
        Devices = new AmqpDevices(this);
        Registration = new AmqpRegistration(this);
    }

    public AmqpNodes Nodes { get; }
    public TimeProvider Time => Nodes.Hub.Time;
    public Lock Lock { get; } = new();
    public ConnectionOutput Output { get; }
    public DeliveryWindow Deliveries { get; }
    public CbsNode Cbs { get; }
    public AmqpDevices Devices { get; }
    public AmqpRegistration Registration { get; }

    /// <summary>How it came in, for the connection log.</summary>
    public string Protocol => _transport is WebSocketConnection ? "AMQP over WebSocket" : "AMQP";

    public Origin Origin => new(Address, Protocol, _client);
    public Closing? Closing => _closing;
    public long? OldestAt => Deliveries.OldestAt;
    public bool IsPaused => _clock.IsPaused;

    /// <summary>Told when the connection is over, however it ends.</summary>
    public CancellationToken Ended { get; }
    public IPAddress Address => (_transport.RemoteEndPoint as IPEndPoint)?.Address.Unmapped() ?? IPAddress.None;
    public IPAddress? LocalAddress => (_transport.LocalEndPoint as IPEndPoint)?.Address.Unmapped();

    /// <summary>The client's certificate; null: it has none.</summary>
    public ClientCertificate? Certificate => ClientCertificates.Of(_transport);

    /// <summary>Host the client believes to talk to.</summary>
    public string HostName { get; set; } = "";

    /// <summary>Both sides have sent their open, and we no close.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Of a frame that the client takes.</summary>
    public int MostFrameBytes { get; private set; } = AmqpFrame.MostBytes;

    /// <summary>A link may say what program the client is; each device of a connection is of the same one.</summary>
    public void Note(AmqpLink link)
    {
        if (_client.Length == 0)
            _client = ClientName.Of(link.FindProperty(ClientName.LinkProperty));
    }

    public void Close(string code) => Close(Closing.Of(code));

    /// <summary>Ends the connection for this reason, unless another one was first.</summary>
    public void Close(Closing closing)
    {
        if (Interlocked.CompareExchange(ref _closing, closing, null) is not null)
            return;
        _input.Cancel();
        // Not here: who waits for it would go on under the locks that the caller may hold.
        _ = _over.CancelAsync();
    }

    public void BeginShutdown()
    {
        if (Interlocked.CompareExchange(ref _closing, Closing.Of(ConnectionCode.ShuttingDown), null) is null)
            _input.Cancel();
    }

    public async Task RunAsync()
    {
        try
        {
            if (await Handshake.RunAsync(this, _input) is { } open)
            {
                Open(open);
                await ReadAsync();
            }

            if (_closing?.Code == ConnectionCode.ShuttingDown)
                await FinishAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // how connections end: by us with a reason, or by the network
        }
        catch (AmqpException)
        {
            // a field of a type that it may not have
            Close(Handshake.Unreadable(InputStatus.Malformed));
        }
        catch (Exception e)
        {
            Nodes.Logger.LogError(e, "An AMQP connection from {Address} failed.", Address);
            Close(new Closing(ConnectionCode.Failed, "Something went wrong on our side; the server's log says what."));
        }

        Close(ConnectionCode.ConnectionLost);
        await _over.CancelAsync();
        await SayGoodbyeAsync();
        foreach (var channel in _channels.Values)
            channel.End();
        await Devices.EndAsync(_closing!);
        if (!Devices.HadAny && !Registration.HadAny)
            NeverEntered();
        // Its source is not disposed: who closes at this very moment would be answered with an exception.
    }

    public void Tick()
    {
        Devices.Tick();
        if (Output.Stuck > Patience.LongestWrite)
            Close(ConnectionCode.NotReading);
        else if (_clock.FindEnd(isSignedIn: Devices.Count > 0 || Registration.HadAny) is { } end)
            Close(end);
        else if (Devices.StoppedAt is { } stopped && Time.GetElapsedTime(stopped) > Patience.LongestPause)
            Close(ConnectionCode.StorageAway);
        else if (Registration.TokenEnds <= Time.GetUtcNow())
            Close(ConnectionCode.TokenEnded);
        else if (IsOpen && _clock.IsSilenceBroken())
            SendBytes(AmqpFrame.Write(AmqpFrame.Amqp, 0, null));
    }

    /// <summary>Sends a frame in its turn.</summary>
    public void Send(ushort channel, DescribedList body, ReadOnlySpan<byte> payload = default)
    {
        lock (Lock)
        {
            if (IsOpen)
                SendBytes(AmqpFrame.Write(channel, body, payload));
        }
    }

    /// <summary>Sends bytes as they are; a client that lets too much pile up is not reading.</summary>
    public void SendBytes(byte[] bytes)
    {
        if (Output.TryAdd(bytes))
            Output.Signal();
        else
            Close(ConnectionCode.NotReading);
    }

    private void Open(Open open)
    {
        HostName = string.IsNullOrEmpty(open.HostName) ? HostName : open.HostName;
        _client = ClientName.Of(ProgramOf(open));
        MostFrameBytes = (int)
            Math.Clamp(open.HasField(2) ? open.MaxFrameSize : uint.MaxValue, 512, AmqpFrame.MostBytes);
        _input.MostBytes = AmqpFrame.MostBytes;
        _clock.Opened(open.HasField(4) ? open.IdleTimeOut : 0);
        IsOpen = true;
        Send(
            0,
            new Open
            {
                ContainerId = "iothub",
                MaxFrameSize = AmqpFrame.MostBytes,
                ChannelMax = AmqpDevices.Most,
                IdleTimeOut = AmqpClock.AnnouncedMilliseconds,
            }
        );
    }

    private static string? ProgramOf(Open open)
    {
        string? Find(string name) =>
            open.Properties?.TryGetValue(new Symbol(name), out var value) == true ? value?.ToString() : null;
        return Find("user-agent")
            ?? Find(ClientName.LinkProperty)
            ?? (Find("product") is { } product ? $"{product}/{Find("version")}".TrimEnd('/') : null);
    }

    private async Task ReadAsync()
    {
        while (_closing is null)
        {
            var (status, frame) = await _input.ReadAsync();
            if (status != InputStatus.Complete)
            {
                if (status != InputStatus.Ended)
                    Close(Handshake.Unreadable(status));
                return;
            }

            _clock.Heard();
            if (frame.Body is Transfer)
                await RoomAsync(frame.Payload.Length);
            if (frame.Type != AmqpFrame.Amqp || !TryHandle(frame))
                Close(ConnectionCode.Malformed, "It sent a frame that makes no sense here.");
        }
    }

    private ValueTask RoomAsync(int bytes)
    {
        var room = Deliveries.WaitForRoomAsync(bytes, Ended);
        return room.IsCompletedSuccessfully ? room : _clock.PauseWhileAsync(room);
    }

    private bool TryHandle(in AmqpFrame frame)
    {
        switch (frame.Body)
        {
            case null:
                return true; // to say that it is there
            case Begin begin:
                return TryBegin(frame.Channel, begin);
            case CloseFrame:
                Interlocked.CompareExchange(ref _closing, Closing.Of(ConnectionCode.Disconnected), null);
                return true;
        }

        if (!_channels.TryGetValue(frame.Channel, out var channel))
            return false;
        switch (frame.Body)
        {
            case Attach attach:
                Attach(channel, attach);
                return true;
            case Flow flow:
                channel.Flow(flow);
                return true;
            case Transfer transfer:
                channel.Transfer(transfer, frame.Payload);
                return true;
            case Dispose dispose:
                channel.Dispose(dispose);
                return true;
            case Detach detach:
                channel.Detach(detach);
                return true;
            case End:
                _channels.Remove(frame.Channel);
                Send(channel.Number, new End());
                channel.End();
                return true;
            default:
                return false;
        }
    }

    private bool TryBegin(ushort number, Begin begin)
    {
        if (_channels.ContainsKey(number) || number > AmqpDevices.Most || _channels.Count > 2 + Devices.Count)
            return false;
        var channel = _channels[number] = new AmqpChannel(this, number, begin);
        Send(number, channel.Answer());
        return true;
    }

    private void Attach(AmqpChannel channel, Attach attach)
    {
        if (_channels.Values.Sum(c => c.LinkCount) >= LinksOfOne * (1 + Devices.Count))
            Close(ConnectionCode.Malformed, "It attached more links than its devices have use for.");
        else if (channel.Attach(attach) is { } link)
            Nodes.Open(link);
    }

    private void Close(string code, string detail) => Close(new Closing(code, detail));

    private void NeverEntered()
    {
        if (_closing!.Code is ConnectionCode.ShuttingDown or ConnectionCode.Refused)
            return;
        var closing = _input.HasAny || _closing.Code != ConnectionCode.ConnectionLost ? _closing : Closing.Untrusted;
        if (closing.Code is not (ConnectionCode.Disconnected or ConnectionCode.ConnectionLost))
            Nodes.Hub.Log.Stranger(closing.Code, closing.Detail, Origin);
    }

    /// <summary>Waits until everything in flight is settled, as long as a stopping program may.</summary>
    private async Task FinishAsync()
    {
        var begun = Time.GetTimestamp();
        while (Deliveries.Count > 0 && Time.GetElapsedTime(begun) < Patience.LongestFinish)
            await Task.Delay(TimeSpan.FromMilliseconds(20), Time, Ended);
        await Output.DrainAsync();
    }

    /// <summary>What waits leaves, and a close that says why; who does not read is cut off.</summary>
    private async Task SayGoodbyeAsync()
    {
        lock (Lock)
        {
            if (IsOpen)
                Output.TryAdd(AmqpFrame.Write(0, Goodbye()));
            IsOpen = false;
        }

        var drained = Output.DrainAsync();
        await Task.WhenAny(drained, Task.Delay(Patience.LongestGoodbye, Time));
        var stopped = Output.StopAsync();
        if (!stopped.IsCompleted)
            _transport.Abort(new ConnectionAbortedException(_closing!.Code));
        await stopped;
    }

    private CloseFrame Goodbye() =>
        _closing!.IsOrderly ? new CloseFrame() : new CloseFrame { Error = AmqpErrors.Of(_closing, Time.GetUtcNow()) };
}
