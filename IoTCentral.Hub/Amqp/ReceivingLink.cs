using System.Buffers;
using Amqp.Framing;
using IoTCentral.Hub.Amqp.Wire;

namespace IoTCentral.Hub.Amqp;

/// <summary>A link on which a client sends to us. Its credit is what may wait for an outcome at a time.</summary>
internal sealed class ReceivingLink(AmqpChannel channel, Attach attach, LinkAddress? address)
    : AmqpLink(channel, attach, address)
{
    private uint _deliveryCount = attach.InitialDeliveryCount;
    private int _mostCredit;
    private int _mostBytes;
    private int _credit;
    private int _returned;
    private IDeliverySink? _sink;
    private Partial? _partial;

    /// <summary>Since when the client may send nothing more until we settle something; null: it may.</summary>
    public long? StoppedAt { get; private set; }

    /// <param name="mostCredit">Messages that may wait for their outcome at a time.</param>
    /// <param name="mostBytes">Of one message as it is encoded.</param>
    public bool Open(IDeliverySink sink, int mostCredit, int mostBytes, Action? closed = null)
    {
        (_sink, _mostCredit, _mostBytes) = (sink, mostCredit, mostBytes);
        return Open(closed);
    }

    public override void Flow(Flow flow)
    {
        if (flow.Echo && State == LinkState.Open)
            Connection.Send(Channel.Number, Grant());
    }

    /// <summary>Takes one frame of a message; the whole message goes to where the link leads.</summary>
    public void Transfer(Transfer transfer, ReadOnlyMemory<byte> payload)
    {
        if (State != LinkState.Open)
            return;
        if (_partial is null && !TryBegin(transfer))
            return;
        var partial = _partial!;
        if (transfer.Aborted)
        {
            EndPartial();
            TakeBack();
            return;
        }

        if (transfer.More || partial.Bytes is not null)
        {
            Append(partial, payload.Span);
            if (transfer.More)
                return;
            payload = partial.Bytes is null ? default : partial.Bytes.WrittenMemory;
        }

        EndPartial();
        var delivery = new Delivery(this, partial.Id, transfer.Settled || partial.IsSettled)
        {
            Format = partial.Format,
            Bytes = partial.IsTooLarge || payload.Length > _mostBytes ? default : payload,
            IsTooLarge = partial.IsTooLarge || payload.Length > _mostBytes,
        };
        Connection.Deliveries.Add(delivery);
        _sink!.Take(delivery);
    }

    /// <summary>A message came to nothing: no outcome leaves that would tell of its credit.</summary>
    private void TakeBack()
    {
        lock (Connection.Lock)
        {
            Return();
            if (FindGrant() is { } grant)
                Connection.SendBytes(grant);
        }
    }

    /// <summary>A message has its outcome: one more may come, once we tell.</summary>
    public void Return() => _returned++;

    /// <summary>The frame that gives credit again; null while half of it is still there.</summary>
    public byte[]? FindGrant()
    {
        if (State != LinkState.Open || _returned == 0 || (_returned < _mostCredit / 2 && _credit > 0))
            return null;
        _credit += _returned;
        _returned = 0;
        StoppedAt = null;
        return AmqpFrame.Write(Channel.Number, Grant());
    }

    protected override Attach Answer(object? source, object? target) =>
        new()
        {
            LinkName = Attach.LinkName,
            Handle = Handle,
            Role = true,
            SndSettleMode = Attach.SndSettleMode,
            RcvSettleMode = ReceiverSettleMode.First,
            Source = source,
            Target = target,
            MaxMessageSize = (ulong)_mostBytes,
        };

    protected override void Opened()
    {
        _credit = _mostCredit;
        Connection.Send(Channel.Number, Grant());
    }

    protected override void Ended() => EndPartial();

    private bool TryBegin(Transfer transfer)
    {
        lock (Connection.Lock)
        {
            if (_credit == 0)
            {
                Close(
                    AmqpErrors.Of(
                        AmqpErrors.TransferLimit,
                        "It sent more than the link has credit for.",
                        Connection.Time.GetUtcNow()
                    )
                );
                return false;
            }

            _credit--;
            _deliveryCount++;
            if (_credit == 0)
                StoppedAt = Connection.Time.GetTimestamp();
        }

        _partial = new Partial(transfer.DeliveryId, transfer.MessageFormat) { IsSettled = transfer.Settled };
        return true;
    }

    private void Append(Partial partial, ReadOnlySpan<byte> bytes)
    {
        var sofar = partial.Bytes?.WrittenCount ?? 0;
        if (partial.IsTooLarge || sofar + bytes.Length > _mostBytes)
        {
            Channel.Connection.PartialBytes -= sofar;
            partial.Bytes = new ArrayBufferWriter<byte>();
            partial.IsTooLarge = true;
            return;
        }

        (partial.Bytes ??= new ArrayBufferWriter<byte>()).Write(bytes);
        Channel.Connection.PartialBytes += bytes.Length;
    }

    private void EndPartial()
    {
        Channel.Connection.PartialBytes -= _partial?.Bytes?.WrittenCount ?? 0;
        _partial = null;
    }

    private Flow Grant()
    {
        var flow = Channel.WindowFlow();
        flow.Handle = Handle;
        flow.DeliveryCount = _deliveryCount;
        flow.LinkCredit = (uint)_credit;
        return flow;
    }

    private sealed class Partial(uint id, uint format)
    {
        public uint Id => id;
        public uint Format => format;
        public bool IsSettled { get; init; }
        public bool IsTooLarge { get; set; }
        public ArrayBufferWriter<byte>? Bytes { get; set; }
    }
}
