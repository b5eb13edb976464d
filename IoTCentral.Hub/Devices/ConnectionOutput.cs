using System.Buffers;
using System.IO.Pipelines;

namespace IoTCentral.Hub.Devices;

/// <summary>
/// The one writer of a connection. Whoever has something for the device leaves it here and signals; one at a time
/// writes, so that a batch of acknowledgements is one system call and nobody waits for a slow device.
/// </summary>
internal sealed class ConnectionOutput(PipeWriter pipe, IReadyPackets ready, TimeProvider time, Action failed)
    : IThreadPoolWorkItem
{
    // Bytes for a device that does not read: beyond this it is not going to.
    private const int MostWaiting = 1 << 20;

    private readonly Lock _lock = new();
    private Queue<byte[]>? _packets;
    private int _waiting;
    private int _signals;
    private long _writingSince;
    private TaskCompletionSource? _drained;
    private TaskCompletionSource? _ended;

    /// <summary>False: too much waits already.</summary>
    public bool TryAdd(byte[] packet)
    {
        lock (_lock)
        {
            if (_waiting + packet.Length > MostWaiting)
                return false;
            (_packets ??= new Queue<byte[]>()).Enqueue(packet);
            _waiting += packet.Length;
        }

        return true;
    }

    /// <summary>Something may be there to write; written by another thread of the pool.</summary>
    public void Signal()
    {
        if (Interlocked.Increment(ref _signals) == 1)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>The same, written at once by the caller's thread if nobody else is at it.</summary>
    public void SignalInline()
    {
        if (Interlocked.Increment(ref _signals) == 1)
            _ = WriteAsync();
    }

    void IThreadPoolWorkItem.Execute() => _ = WriteAsync();

    /// <summary>How long the device has left us waiting to take bytes; zero when it has not.</summary>
    public TimeSpan Stuck
    {
        get
        {
            var since = Volatile.Read(ref _writingSince);
            return since == 0 ? TimeSpan.Zero : time.GetElapsedTime(since);
        }
    }

    /// <summary>Completes when all that was added has gone out.</summary>
    public Task DrainAsync()
    {
        TaskCompletionSource drained;
        lock (_lock)
            drained = _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Signal();
        return drained.Task;
    }

    /// <summary>Nothing is written any more; completes when a write that is going on has ended.</summary>
    public Task StopAsync()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _ended, ended, null) is { } earlier)
            return earlier.Task;
        if (Interlocked.Increment(ref _signals) == 1)
            ended.TrySetResult(); // nobody is at it, and nobody begins while the count is not zero
        return ended.Task;
    }

    private async Task WriteAsync()
    {
        try
        {
            while (Volatile.Read(ref _ended) is null)
            {
                var seen = Volatile.Read(ref _signals);
                var drained = WriteAll();
                Volatile.Write(ref _writingSince, time.GetTimestamp());
                var result = await pipe.FlushAsync();
                Volatile.Write(ref _writingSince, 0);
                if (result.IsCompleted || result.IsCanceled)
                    break;
                drained?.TrySetResult();
                if (Interlocked.Add(ref _signals, -seen) == 0)
                    return;
            }
        }
        catch (Exception e)
            when (e is IOException or OperationCanceledException or InvalidOperationException or ObjectDisposedException
            )
        {
            // The connection is gone while we wrote; its reader notices too.
        }

        // _signals stays above zero: nobody writes on this connection any more.
        Volatile.Write(ref _writingSince, 0);
        lock (_lock)
            (_drained ??= new TaskCompletionSource()).TrySetResult();
        failed();
        var ended = new TaskCompletionSource();
        ended.SetResult();
        (Interlocked.CompareExchange(ref _ended, ended, null) ?? ended).TrySetResult();
    }

    private TaskCompletionSource? WriteAll()
    {
        ready.WriteReady(pipe);
        lock (_lock)
        {
            while (_packets is not null && _packets.TryDequeue(out var packet))
            {
                _waiting -= packet.Length;
                pipe.Write(packet);
            }

            var drained = _drained;
            _drained = null;
            return drained;
        }
    }
}

/// <summary>Acknowledgements that others make ready and the connection's writer takes when it comes by.</summary>
internal interface IReadyPackets
{
    /// <summary>Writes what may leave now. True when it wrote something or made room.</summary>
    bool WriteReady(IBufferWriter<byte> output);
}
