using System.Buffers;
using Amqp.Framing;
using IoTCentral.Hub.Amqp.Wire;
using IoTCentral.Hub.Devices;

namespace IoTCentral.Hub.Amqp;

/// <summary>
/// Everything a connection has sent and we have not settled yet, and the pieces of messages that are not whole yet: never
/// more than <see cref="MostBytes"/> together. Outcomes leave in any order, neighbours in one frame, and give their links
/// credit again.
/// </summary>
internal sealed class DeliveryWindow(AmqpConnection connection) : IReadyPackets
{
    // As over MQTT: beyond this the device only fills our memory.
    public const int MostBytes = 1 << 20;

    private readonly Queue<Delivery> _order = new();
    private readonly List<Delivery> _done = [];
    private TaskCompletionSource? _room;
    private int _bytes;
    private int _waiting;

    public int Count => Volatile.Read(ref _waiting);

    /// <summary>What is buffered now.</summary>
    public int Bytes => Volatile.Read(ref _bytes);

    /// <summary>When the oldest unsettled one came; null when there is none.</summary>
    public long? OldestAt
    {
        get
        {
            lock (connection.Lock)
            {
                Forget();
                return _order.TryPeek(out var oldest) ? oldest.At : null;
            }
        }
    }

    public void Add(Delivery delivery)
    {
        delivery.At = connection.Time.GetTimestamp();
        lock (connection.Lock)
        {
            Forget();
            _order.Enqueue(delivery);
            _bytes += delivery.Size;
            _waiting++;
        }
    }

    /// <summary>It has its outcome, which leaves when the connection writes next.</summary>
    public void Done(Delivery delivery)
    {
        TaskCompletionSource? room = null;
        lock (connection.Lock)
        {
            _done.Add(delivery);
            _bytes -= delivery.Size;
            _waiting--;
            if (_bytes <= MostBytes / 2 || _waiting == 0)
                (room, _room) = (_room, null);
        }

        room?.TrySetResult();
    }

    /// <summary>Takes room for a piece of a message that is not whole yet; false: there is none, and no waiting helps.</summary>
    public bool TryHold(int bytes)
    {
        lock (connection.Lock)
        {
            if (!HasRoom(bytes))
                return false;
            _bytes += bytes;
            return true;
        }
    }

    /// <summary>Gives the room of pieces back.</summary>
    public void Free(int bytes)
    {
        lock (connection.Lock)
            _bytes -= bytes;
    }

    /// <summary>
    /// Completes at once while these bytes fit, else when half of all room is free again or there is nothing to wait for:
    /// then pieces of other messages take it, which end only by what is read.
    /// </summary>
    public ValueTask WaitForRoomAsync(int bytes, CancellationToken ct)
    {
        lock (connection.Lock)
        {
            if (HasRoom(bytes) || _waiting == 0)
                return ValueTask.CompletedTask;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_room.Task.WaitAsync(ct));
        }
    }

    public bool WriteReady(IBufferWriter<byte> output)
    {
        lock (connection.Lock)
        {
            if (_done.Count == 0)
                return false;
            if (connection.IsOpen)
                WriteDone(output);
            _done.Clear();
            return true;
        }
    }

    private void WriteDone(IBufferWriter<byte> output)
    {
        _done.Sort(static (a, b) => (a.Link.Channel.Number, a.Id).CompareTo((b.Link.Channel.Number, b.Id)));
        for (var i = 0; i < _done.Count; )
        {
            var first = _done[i];
            var last = first;
            while (++i < _done.Count && IsNext(last, _done[i]))
                last = _done[i];
            if (!first.IsSettled && !first.Link.Channel.IsEnded)
                output.Write(FrameOf(first, last));
        }

        foreach (var delivery in _done)
            delivery.Link.Return(delivery);
        foreach (var delivery in _done)
        {
            if (delivery.Link.FindGrant() is { } flow)
                output.Write(flow);
        }
    }

    private static bool IsNext(Delivery last, Delivery next) =>
        next.Link.Channel == last.Link.Channel
        && next.Id == last.Id + 1
        && next.IsSettled == last.IsSettled
        && last.Outcome is Accepted
        && next.Outcome is Accepted;

    private static byte[] FrameOf(Delivery first, Delivery last) =>
        AmqpFrame.Write(
            first.Link.Channel.Number,
            new Dispose
            {
                Role = true,
                First = first.Id,
                Last = last.Id,
                Settled = true,
                State = first.Outcome,
            }
        );

    /// <summary>A piece may be its message's last, which then costs more than its bytes.</summary>
    private bool HasRoom(int bytes) => _bytes + bytes + Delivery.Overhead <= MostBytes;

    private void Forget()
    {
        while (_order.TryPeek(out var oldest) && oldest.Outcome is not null)
            _order.Dequeue();
    }
}
