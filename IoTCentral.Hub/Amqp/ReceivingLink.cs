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
        {
            EndPartial();
            return;
        }

        if (_partial is null && !TryBegin(transfer))
            return;
        var partial = _partial!;
        if (transfer.Aborted)
        {
            EndPartial();
            TakeBack();
            return;
        }

        var isWhole = partial.Bytes is null && !transfer.More;
        Append(partial, payload.Span, isWhole);
        if (transfer.More)
            return;
        Finish(partial, transfer, isWhole ? payload : partial.Bytes?.WrittenMemory ?? default);
    }

    private void Finish(Partial partial, Transfer transfer, ReadOnlyMemory<byte> bytes)
    {
        var isSettled = transfer.Settled || partial.IsSettled;
        var delivery = partial.IsLost
            ? new Delivery(this, partial.Id, isSettled) { IsTooLarge = partial.IsTooLarge }
            : new Delivery(this, partial.Id, isSettled) { Format = partial.Format, Bytes = bytes };
        EndPartial();
        Await(delivery);
        if (partial.HadNoRoom)
            delivery.Release();
        else
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
            var size = Math.Max(delivery.Size, Delivery.Overhead);
            _size = Math.Max(size, _size - (_size - size) / 16);
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

    /// <summary>
    /// The reader waits for what is stored before it takes a frame. When there is no room even so, pieces of other
    /// messages fill it: this one is lost, and released when its end comes, so that it is sent again.
    /// </summary>
    /// <param name="isWhole">It is a whole message, and needs no copy.</param>
    private void Append(Partial partial, ReadOnlySpan<byte> bytes, bool isWhole)
    {
        if (partial.IsLost)
            return;
        partial.IsTooLarge = partial.Held + bytes.Length > _mostBytes;
        partial.HadNoRoom = !partial.IsTooLarge && !Connection.Deliveries.TryHold(bytes.Length);
        if (partial.IsLost)
        {
            Free(partial);
            return;
        }

        partial.Held += bytes.Length;
        if (!isWhole)
            (partial.Bytes ??= new ArrayBufferWriter<byte>()).Write(bytes);
    }

    private void EndPartial()
    {
        if (_partial is { } partial)
            Free(partial);
        _partial = null;
    }

    private void Free(Partial partial)
    {
        Connection.Deliveries.Free(partial.Held);
        (partial.Held, partial.Bytes) = (0, null);
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

        /// <summary>Bytes that it has room for.</summary>
        public int Held { get; set; }
        public bool IsTooLarge { get; set; }
        public bool HadNoRoom { get; set; }
        public bool IsLost => IsTooLarge || HadNoRoom;
        public ArrayBufferWriter<byte>? Bytes { get; set; }
    }
}
