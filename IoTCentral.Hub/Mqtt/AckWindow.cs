using System.Buffers;
using IoTCentral.Hub.Devices;

namespace IoTCentral.Hub.Mqtt;

/// <summary>
/// Everything a connection has sent and we have not yet acknowledged, in the order it came, over all topics. Things are
/// done in any order; acknowledgements leave in this one, each with its answer right behind it.
/// </summary>
internal sealed class AckWindow(TimeProvider time) : IReadyPackets
{
    // Ack-after-commit needs enough in flight to fill a batch; beyond this the device only fills our memory.
    public const int MostMessages = 256;
    public const int MostBytes = 1 << 20;
    private const int StartCapacity = 8;

    private readonly Lock _lock = new();
    private Entry[] _entries = [];
    private ushort[] _ids = [];
    private int _head;
    private int _count;
    private int _bytes;
    private TaskCompletionSource? _room;

    public int Count => Volatile.Read(ref _count);

    /// <summary>When the oldest unacknowledged one came; null when there is none.</summary>
    public long? OldestAt
    {
        get
        {
            lock (_lock)
                return _count == 0 ? null : _entries[_head].At;
        }
    }

    /// <summary>Whether this packet is still unacknowledged: then the same packet id again is a resend of it.</summary>
    public bool Contains(ushort packetId)
    {
        lock (_lock)
        {
            var first = Math.Min(_count, _ids.Length - _head);
            return _ids.AsSpan(_head, first).Contains(packetId) || _ids.AsSpan(0, _count - first).Contains(packetId);
        }
    }

    /// <param name="packetId">0: nothing to acknowledge (QoS 0), yet it takes room and its answer keeps the order.</param>
    /// <param name="what">Stands for it in <see cref="Done"/>.</param>
    public void Add(ushort packetId, int bytes, object what)
    {
        lock (_lock)
        {
            if (_count == _entries.Length)
                Grow();
            var at = (_head + _count) % _entries.Length;
            _entries[at] = new Entry
            {
                What = what,
                Bytes = bytes,
                At = time.GetTimestamp(),
            };
            _ids[at] = packetId;
            _count++;
            _bytes += bytes;
        }
    }

    /// <summary>It is stored (or answered): its acknowledgement may leave once all before it have.</summary>
    /// <param name="answer">A packet to send right behind the acknowledgement.</param>
    public void Done(object what, byte[]? answer = null)
    {
        lock (_lock)
        {
            // The writer stores in order, so that this is the first or near it.
            for (var i = 0; i < _count; i++)
            {
                ref var entry = ref _entries[(_head + i) % _entries.Length];
                if (!ReferenceEquals(entry.What, what))
                    continue;
                entry.What = null;
                entry.Answer = answer;
                return;
            }
        }
    }

    /// <inheritdoc/>
    public bool WriteReady(IBufferWriter<byte> output)
    {
        TaskCompletionSource? room = null;
        var isAny = false;
        lock (_lock)
        {
            while (_count > 0 && _entries[_head].What is null)
            {
                isAny = true;
                Write(output, _ids[_head], _entries[_head].Answer);
                _bytes -= _entries[_head].Bytes;
                _entries[_head] = default;
                _head = (_head + 1) % _entries.Length;
                _count--;
            }

            // Half empty: reading on for one message at a time would wake everybody for each.
            if (_room is not null && _count <= MostMessages / 2 && _bytes <= MostBytes / 2)
                (room, _room) = (_room, null);
        }

        room?.TrySetResult();
        return isAny;
    }

    /// <summary>Completes at once while there is room, else when half of it is free again.</summary>
    public ValueTask WaitForRoomAsync(CancellationToken ct)
    {
        lock (_lock)
        {
            if (_count < MostMessages && _bytes < MostBytes)
                return ValueTask.CompletedTask;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_room.Task.WaitAsync(ct));
        }
    }

    private static void Write(IBufferWriter<byte> output, ushort packetId, byte[]? answer)
    {
        if (packetId != 0)
        {
            PacketWriter.PubAck(output.GetSpan(PacketWriter.PubAckLength), packetId);
            output.Advance(PacketWriter.PubAckLength);
        }

        if (answer is not null)
            output.Write(answer);
    }

    private void Grow()
    {
        var capacity = Math.Max(StartCapacity, _entries.Length * 2);
        var entries = new Entry[capacity];
        var ids = new ushort[capacity];
        for (var i = 0; i < _count; i++)
        {
            entries[i] = _entries[(_head + i) % _entries.Length];
            ids[i] = _ids[(_head + i) % _ids.Length];
        }

        (_entries, _ids, _head) = (entries, ids, 0);
    }

    private struct Entry
    {
        /// <summary>Null once it is done.</summary>
        public object? What;
        public byte[]? Answer;
        public int Bytes;
        public long At;
    }
}
