using System.Buffers;
using Amqp.Framing;
using IoTCentral.Hub.Amqp.Wire;

namespace IoTCentral.Hub.Amqp;

/// <summary>
/// A link on which a client sends to us. Its credit is what may wait for an outcome at a time, by number and by bytes: so a
/// device that is slowed does not fill the connection that it shares. Credit that was given is never taken back:
/// what is on its way already would exceed it.
/// </summary>
internal sealed class ReceivingLink(AmqpChannel channel, Attach attach, LinkAddress? address)
    : AmqpLink(channel, attach, address)
{
    // A quarter of what a connection may have waiting.
    private const int MostWaitingBytes = DeliveryWindow.MostBytes / 4;

    // Before anything is known of a client's messages.
    private const int LikelySize = 4096;

    private uint _deliveryCount = attach.InitialDeliveryCount;
    private int _mostCredit;
    private int _mostBytes;
    private int _credit;
    private int _waiting;
    private int _waitingBytes;
    private int _size = LikelySize;
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
        Await(delivery);
        _sink!.Take(delivery);
    }

    /// <summary>A message came to nothing: no outcome leaves that would tell of its credit.</summary>
    private void TakeBack()
    {
        lock (Connection.Lock)
        {
            _waiting--;
            if (FindGrant() is { } grant)
                Connection.SendBytes(grant);
        }
    }

    /// <summary>A message has its outcome: one more may come, once we tell.</summary>
    public void Return(Delivery delivery)
    {
        _waiting--;
        _waitingBytes -= delivery.Size;
    }

    /// <summary>The frame that gives credit again; null while half of it is still there, or there is no room.</summary>
    public byte[]? FindGrant()
    {
        var room = FindRoom();
        if (State != LinkState.Open || room <= _credit || room < 2 * _credit)
            return null;
        _credit = room;
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
        _credit = FindRoom();
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
            _waiting++;
            _deliveryCount++;
            if (_credit == 0)
                StoppedAt = Connection.Time.GetTimestamp();
        }

        _partial = new Partial(transfer.DeliveryId, transfer.MessageFormat) { IsSettled = transfer.Settled };
        return true;
    }

    private void Await(Delivery delivery)
    {
        lock (Connection.Lock)
        {
            Connection.Deliveries.Add(delivery);
            _waitingBytes += delivery.Size;
            // larger ones count at once, smaller ones when there have been some
            _size = Math.Max(delivery.Size, _size - (_size - delivery.Size) / 16);
            if (FindGrant() is { } grant)
                Connection.SendBytes(grant);
        }
    }

    /// <summary>How many more may come, if they are like those before; one at least when nothing waits.</summary>
    private int FindRoom()
    {
        var byBytes = Math.Max(MostWaitingBytes - _waitingBytes, 0) / _size;
        return Math.Min(_mostCredit - _waiting, _waiting == 0 ? Math.Max(byBytes, 1) : byBytes);
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
