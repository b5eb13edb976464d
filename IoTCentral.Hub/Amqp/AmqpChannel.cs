using Amqp.Framing;
using IoTCentral.Core.Devices;
using IoTCentral.Hub.Amqp.Wire;
using IoTCentral.Hub.Devices;

namespace IoTCentral.Hub.Amqp;

/// <summary>One session of a connection (AMQP 1.0 §2.5): numbers and windows of its transfers, and its links.</summary>
internal sealed class AmqpChannel
{
    public const uint MostHandle = 63;

    // Frames; a full message of 256 KB takes five, so this never stands in the way of a link's credit for long.
    private const uint Window = 2048;

    private readonly Dictionary<uint, AmqpLink> _links = [];
    private readonly Dictionary<uint, (SendingLink Link, Action<SentOutcome> Settled)> _unsettled = [];
    private uint _nextIncomingId;
    private uint _windowLeft = Window;
    private uint _nextOutgoingId;
    private uint _nextDeliveryId;

    public AmqpChannel(AmqpConnection connection, ushort number, Begin begin)
    {
        Connection = connection;
        Number = number;
        _nextIncomingId = begin.NextOutgoingId;
        RemoteWindow = begin.IncomingWindow;
    }

    public AmqpConnection Connection { get; }

    /// <summary>The client's number, which is ours too.</summary>
    public ushort Number { get; }

    /// <summary>Frames that the client takes now.</summary>
    public uint RemoteWindow { get; private set; }
    public bool IsEnded { get; private set; }
    public int LinkCount => _links.Count;

    public Begin Answer() =>
        new()
        {
            RemoteChannel = Number,
            NextOutgoingId = _nextOutgoingId,
            IncomingWindow = Window,
            OutgoingWindow = Window,
            HandleMax = MostHandle,
        };

    /// <summary>A link as the client wishes it, to be opened or refused; null: the connection was closed for it.</summary>
    public AmqpLink? Attach(Attach attach)
    {
        if (attach.Handle > MostHandle || _links.ContainsKey(attach.Handle) || attach.LinkName is null)
        {
            Malformed($"It attached a link under the handle {attach.Handle}, which is taken or too high.");
            return null;
        }

        AmqpLink link = attach.Role
            ? new SendingLink(this, attach, LinkAddress.Read((attach.Source as Source)?.Address))
            : new ReceivingLink(this, attach, LinkAddress.Read((attach.Target as Target)?.Address));
        _links[attach.Handle] = link;
        return link;
    }

    public void Detach(Detach detach)
    {
        if (!_links.Remove(detach.Handle, out var link))
            return;
        lock (Connection.Lock)
        {
            if (link.State != LinkState.Closed)
                Connection.Send(Number, new Detach { Handle = detach.Handle, Closed = detach.Closed });
            foreach (var id in _unsettled.Where(u => u.Value.Link == link).Select(u => u.Key).ToList())
                _unsettled.Remove(id);
        }

        link.Gone();
    }

    public void Flow(Flow flow)
    {
        lock (Connection.Lock)
        {
            var next = flow.HasField(0) ? flow.NextIncomingId : 0;
            RemoteWindow = next + flow.IncomingWindow - _nextOutgoingId;
            if (RemoteWindow > int.MaxValue)
                RemoteWindow = 0;
        }

        if (flow.HasHandle)
        {
            if (_links.TryGetValue(flow.Handle, out var link))
                link.Flow(flow);
        }
        else if (flow.Echo)
        {
            Connection.Send(Number, WindowFlow());
        }

        lock (Connection.Lock)
        {
            foreach (var link in _links.Values.OfType<SendingLink>())
                link.Pump();
        }
    }

    public void Transfer(Transfer transfer, ReadOnlyMemory<byte> payload)
    {
        lock (Connection.Lock)
        {
            _nextIncomingId++;
            if (_windowLeft == 0)
            {
                Malformed("It sent more frames than its session has room for.");
                return;
            }

            if (--_windowLeft <= Window / 2)
            {
                _windowLeft = Window;
                Connection.Send(Number, WindowFlow());
            }
        }

        if (!_links.TryGetValue(transfer.Handle, out var link))
            return; // it was detached while this was on its way
        if (link is ReceivingLink receiving)
            receiving.Transfer(transfer, payload);
        else
            Malformed("It sent a message on a link that it only receives by.");
    }

    /// <summary>The client says what became of messages that we sent.</summary>
    public void Dispose(Dispose dispose)
    {
        if (!dispose.Role)
            return; // of its own, which we settle first
        var last = dispose.HasField(2) ? dispose.Last : dispose.First;
        List<(uint Id, Action<SentOutcome> Settled)> told;
        lock (Connection.Lock)
        {
            var range = last - dispose.First;
            told = [.. _unsettled.Where(u => u.Key - dispose.First <= range).Select(u => (u.Key, u.Value.Settled))];
            foreach (var (id, _) in told)
            {
                if (dispose.Settled || dispose.State is Outcome)
                    _unsettled.Remove(id);
            }
        }

        foreach (var (id, settled) in told.OrderBy(t => t.Id))
        {
            if (dispose.Settled || dispose.State is Outcome)
                settled(new SentOutcome(dispose.State, dispose.Settled ? null : outcome => Settle(id, outcome)));
        }
    }

    /// <summary>The client ends the session, or the connection is over.</summary>
    public void End()
    {
        IsEnded = true;
        foreach (var link in _links.Values)
            link.Gone();
        _links.Clear();
    }

    /// <summary>How far our windows are; links add what concerns them.</summary>
    public Flow WindowFlow() =>
        new()
        {
            NextIncomingId = _nextIncomingId,
            IncomingWindow = _windowLeft,
            NextOutgoingId = _nextOutgoingId,
            OutgoingWindow = Window,
        };

    /// <summary>A transfer leaves; under the connection's lock.</summary>
    public void Sent()
    {
        _nextOutgoingId++;
        RemoteWindow--;
    }

    /// <summary>The number of the next message that leaves; under the connection's lock.</summary>
    public uint NextDelivery(SendingLink link, Action<SentOutcome>? settled)
    {
        var id = _nextDeliveryId++;
        if (settled is not null)
            _unsettled[id] = (link, settled);
        return id;
    }

    private void Settle(uint id, Outcome outcome)
    {
        lock (Connection.Lock)
        {
            if (IsEnded)
                return;
            Connection.Send(
                Number,
                new Dispose
                {
                    Role = false,
                    First = id,
                    Last = id,
                    Settled = true,
                    State = outcome,
                }
            );
        }
    }

    private void Malformed(string detail) => Connection.Close(new Closing(ConnectionCode.Malformed, detail));
}
