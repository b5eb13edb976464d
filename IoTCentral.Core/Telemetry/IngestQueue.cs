using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Telemetry;

/// <summary>How much may wait for storage.</summary>
public sealed record IngestLimits
{
    /// <summary>Bytes of all messages that wait or are being stored; over it every sender waits.</summary>
    public long TotalBytes { get; init; } = 64 << 20;

    /// <summary>One tenant holds at most a quarter, so that a wild one leaves room for the others.</summary>
    public long TenantBytes => TotalBytes / 4;

    /// <summary>Messages in one batch; beyond some thousand a larger batch is no cheaper a row.</summary>
    public int BatchMessages { get; init; } = 5_000;

    /// <summary>Bytes in one batch: keeps one statement's memory in PostgreSQL bounded.</summary>
    public int BatchBytes { get; init; } = 8 << 20;
}

/// <summary>
/// Messages between the hub and the log: one sub-queue a tenant, drained round-robin, bounded in bytes. Charged from
/// <see cref="EnqueueAsync"/> until <see cref="Release"/>, so what is being stored counts as well.
/// </summary>
public sealed class IngestQueue(IngestLimits limits) : IIngest
{
    // Messages taken from one tenant before the next one's turn: small enough to be fair, large enough to be cheap.
    private const int Quantum = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<TenantId, TenantQueue> _tenants = [];
    private readonly Queue<TenantQueue> _turns = new();
    private readonly Queue<TenantQueue> _waiting = new(); // each that has waiters, once
    private TaskCompletionSource? _arrival;
    private int _wanted;
    private int _count;
    private long _bytes;

    /// <summary>Messages that wait for a batch.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Bytes that wait or are being stored.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public ValueTask EnqueueAsync(DeviceMessage message, CancellationToken ct)
    {
        Waiter waiter;
        lock (_lock)
        {
            var queue = QueueOf(message.Tenant);
            if (queue.Waiters.Count == 0 && HasRoom(queue))
            {
                Add(queue, message);
                return ValueTask.CompletedTask;
            }

            waiter = new Waiter(message);
            if (queue.Waiters.Count == 0)
                _waiting.Enqueue(queue);
            queue.Waiters.Enqueue(waiter);
        }

        return WaitAsync(waiter, ct);
    }

    /// <summary>Completes when at least <paramref name="atLeast"/> messages wait.</summary>
    public Task WaitAsync(int atLeast, CancellationToken ct)
    {
        lock (_lock)
        {
            if (_count >= atLeast)
                return Task.CompletedTask;
            _wanted = atLeast;
            _arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _arrival.Task.WaitAsync(ct);
        }
    }

    /// <summary>Moves the next batch into <paramref name="batch"/>, a quantum from each tenant in turn; order within a tenant is kept.</summary>
    public void TakeBatch(List<DeviceMessage> batch)
    {
        lock (_lock)
        {
            long bytes = 0;
            while (HasRoom(batch.Count, bytes) && _turns.TryDequeue(out var queue))
            {
                for (var n = 0; n < Quantum && HasRoom(batch.Count, bytes); n++)
                {
                    if (!queue.Messages.TryDequeue(out var message))
                        break;
                    batch.Add(message);
                    bytes += message.Size;
                    _count--;
                }

                queue.HasTurn = queue.Messages.Count > 0;
                if (queue.HasTurn)
                    _turns.Enqueue(queue);
            }
        }
    }

    /// <summary>The batch is stored: its bytes are free again and waiting senders go on.</summary>
    public void Release(IReadOnlyList<DeviceMessage> batch)
    {
        lock (_lock)
        {
            foreach (var message in batch)
            {
                _tenants[message.Tenant].Bytes -= message.Size;
                _bytes -= message.Size;
            }

            AdmitWaiters();
        }
    }

    private async ValueTask WaitAsync(Waiter waiter, CancellationToken ct)
    {
        await using var registration = ct.Register(
            static state =>
            {
                var (queue, waiting) = ((IngestQueue, Waiter))state!;
                lock (queue._lock)
                    waiting.Done.TrySetCanceled();
            },
            (this, waiter)
        );
        await waiter.Done.Task;
    }

    // A message from each tenant in turn; when all room is taken, the next round begins where this one ended.
    private void AdmitWaiters()
    {
        var passed = 0;
        while (_bytes < limits.TotalBytes && passed < _waiting.Count && _waiting.TryDequeue(out var queue))
        {
            passed = Admit(queue) ? 0 : passed + 1;
            if (queue.Waiters.Count > 0)
                _waiting.Enqueue(queue);
        }
    }

    /// <summary>True when one went on; those that gave up are forgotten.</summary>
    private bool Admit(TenantQueue queue)
    {
        while (HasRoom(queue) && queue.Waiters.TryDequeue(out var waiter))
        {
            if (!waiter.Done.TrySetResult())
                continue;
            Add(queue, waiter.Message);
            return true;
        }

        return false;
    }

    private void Add(TenantQueue queue, DeviceMessage message)
    {
        queue.Messages.Enqueue(message);
        queue.Bytes += message.Size;
        _bytes += message.Size;
        _count++;
        if (!queue.HasTurn)
        {
            queue.HasTurn = true;
            _turns.Enqueue(queue);
        }

        if (_arrival is not null && _count >= _wanted)
        {
            _arrival.TrySetResult();
            _arrival = null;
        }
    }

    // A single message may overshoot the budget; the next one waits.
    private bool HasRoom(TenantQueue queue) => queue.Bytes < limits.TenantBytes && _bytes < limits.TotalBytes;

    private bool HasRoom(int messages, long bytes) => messages < limits.BatchMessages && bytes < limits.BatchBytes;

    private TenantQueue QueueOf(TenantId tenant)
    {
        if (!_tenants.TryGetValue(tenant, out var queue))
            _tenants[tenant] = queue = new TenantQueue();
        return queue;
    }

    private sealed class TenantQueue
    {
        public Queue<DeviceMessage> Messages { get; } = new();
        public Queue<Waiter> Waiters { get; } = new();
        public long Bytes { get; set; }
        public bool HasTurn { get; set; }
    }

    private sealed class Waiter(DeviceMessage message)
    {
        public DeviceMessage Message => message;
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
