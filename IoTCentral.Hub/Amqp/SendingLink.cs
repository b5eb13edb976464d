using Amqp.Framing;
using IoTCentral.Core.Devices;
using IoTCentral.Hub.Amqp.Wire;
using IoTCentral.Hub.Devices;

namespace IoTCentral.Hub.Amqp;

/// <summary>A message for a client, encoded.</summary>
/// <param name="Tag">Names it for the client; null: its number.</param>
/// <param name="Settled">Told the client's outcome, once; null: nobody wants to know.</param>
internal sealed record Outgoing(byte[] Bytes, byte[]? Tag = null, Action<SentOutcome>? Settled = null);

/// <summary>What a client made of a message.</summary>
/// <param name="State">Null: it settled it without a word.</param>
/// <param name="Answer">To be called with how we settle it, when the client waits for that; else null.</param>
internal readonly record struct SentOutcome(DeliveryState? State, Action<Outcome>? Answer);

/// <summary>A link on which we send to a client, as far as it gives credit and its session has room.</summary>
internal sealed class SendingLink(AmqpChannel channel, Attach attach, LinkAddress? address)
    : AmqpLink(channel, attach, address)
{
    // For a client that gives no credit: beyond this it is not going to take them.
    private const int MostWaiting = 256;
    private const int MostWaitingBytes = 1 << 20;

    // Of a transfer besides the message.
    private const int FrameOverhead = 128;

    private readonly Queue<Outgoing> _queue = new();
    private uint _deliveryCount;
    private uint _credit;
    private int _waitingBytes;
    private int _sent;
    private uint _deliveryId;

    /// <summary>Told when credit comes; not under the lock.</summary>
    public Action? CreditCame { get; set; }

    /// <summary>Messages that the client takes at once.</summary>
    public int Credit
    {
        get
        {
            lock (Connection.Lock)
                return State == LinkState.Open ? (int)Math.Min(_credit, int.MaxValue) - _queue.Count : 0;
        }
    }

    /// <summary>The client wants no outcomes asked of it.</summary>
    public bool IsPreSettled => Attach.SndSettleMode == SenderSettleMode.Settled;

    /// <summary>Sends it now or when there is credit; false: the link is gone.</summary>
    public bool Send(Outgoing message)
    {
        lock (Connection.Lock)
        {
            if (State != LinkState.Open)
                return false;
            if (_queue.Count >= MostWaiting || _waitingBytes + message.Bytes.Length > MostWaitingBytes)
            {
                Connection.Close(Closing.Of(ConnectionCode.NotReading));
                return false;
            }

            _queue.Enqueue(message);
            _waitingBytes += message.Bytes.Length;
            Pump();
            return true;
        }
    }

    /// <summary>Sends what there is credit and room for; under the connection's lock.</summary>
    public void Pump()
    {
        while (State == LinkState.Open && Channel.RemoteWindow > 0 && _queue.TryPeek(out var message))
        {
            if (_sent == 0 && !TryBegin(message))
                return;
            var room = Connection.MostFrameBytes - FrameOverhead;
            var rest = message.Bytes.Length - _sent;
            var part = Math.Min(room, rest);
            var transfer = new Transfer { Handle = Handle, More = part < rest };
            if (_sent == 0)
            {
                transfer.DeliveryId = _deliveryId;
                transfer.DeliveryTag = message.Tag ?? BitConverter.GetBytes(_deliveryId);
                transfer.MessageFormat = 0;
                transfer.Settled = message.Settled is null || IsPreSettled;
            }

            Channel.Sent();
            Connection.Send(Channel.Number, transfer, message.Bytes.AsSpan(_sent, part));
            _sent += part;
            if (part < rest)
                continue;
            _sent = 0;
            _queue.Dequeue();
            _waitingBytes -= message.Bytes.Length;
        }
    }

    public override void Flow(Flow flow)
    {
        lock (Connection.Lock)
        {
            _credit = flow.HasField(5) ? flow.DeliveryCount + flow.LinkCredit - _deliveryCount : flow.LinkCredit;
            // A count from before what we sent meanwhile may seem to go below zero.
            if (_credit > int.MaxValue)
                _credit = 0;
            Pump();
            if (flow.Drain && _credit > 0)
            {
                _deliveryCount += _credit;
                _credit = 0;
            }

            if ((flow.Drain || flow.Echo) && State == LinkState.Open)
                Connection.Send(Channel.Number, Say());
        }

        CreditCame?.Invoke();
    }

    protected override Attach Answer(object? source, object? target) =>
        new()
        {
            LinkName = Attach.LinkName,
            Handle = Handle,
            Role = false,
            SndSettleMode = Attach.SndSettleMode,
            RcvSettleMode = Attach.RcvSettleMode,
            Source = source,
            Target = target,
            InitialDeliveryCount = 0,
        };

    private bool TryBegin(Outgoing message)
    {
        if (_credit == 0)
            return false;
        _credit--;
        _deliveryCount++;
        _deliveryId = Channel.NextDelivery(this, IsPreSettled ? null : message.Settled);
        if (IsPreSettled)
            message.Settled?.Invoke(new SentOutcome(new Accepted(), null));
        return true;
    }

    private Flow Say()
    {
        var flow = Channel.WindowFlow();
        flow.Handle = Handle;
        flow.DeliveryCount = _deliveryCount;
        flow.LinkCredit = _credit;
        return flow;
    }
}
