namespace IoTCentral.Web.Hosting;

/// <summary>
/// Adds threads to the pool while its threads are held up and the processors are not. A PostgreSQL that hangs holds one
/// for each command that is given up (Npgsql asks it to cancel, and waits for that); .NET by itself adds one or two a
/// second, so that for many seconds nobody, not even <c>/health/live</c>, would be answered.
/// </summary>
/// <remarks>Under load, when processors are what is short, more threads would only be in each other's way.</remarks>
internal sealed class ThreadPoolGuard(TimeProvider time, ILogger<ThreadPoolGuard> logger) : IHostedService, IDisposable
{
    private const int Step = 8;
    private const int Most = 128;
    private const double IdleShare = 0.5;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan CalmAfter = TimeSpan.FromMinutes(1);

    private readonly ManualResetEventSlim _stop = new();
    private readonly int _least = LeastThreads();
    private long _heldUpAt;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // a thread of its own: the pool cannot watch itself
        new Thread(Watch) { IsBackground = true, Name = "thread pool guard" }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stop.Set();
        return Task.CompletedTask;
    }

    public void Dispose() => _stop.Set();

    private void Watch()
    {
        while (true)
        {
            var answered = new ManualResetEventSlim();
            ThreadPool.UnsafeQueueUserWorkItem(static a => a.Set(), answered, preferLocal: false);
            do
            {
                var used = Environment.CpuUsage.TotalTime;
                var started = time.GetTimestamp();
                if (_stop.Wait(LookEvery))
                    return;
                used = Environment.CpuUsage.TotalTime - used;
                Look(answered.IsSet, used / time.GetElapsedTime(started) / Environment.ProcessorCount);
            } while (!answered.IsSet);
        }
    }

    /// <param name="hasAnswered">Whether the pool did a thing within <see cref="LookEvery"/>.</param>
    /// <param name="share">Of all processors that we used meanwhile.</param>
    internal void Look(bool hasAnswered, double share)
    {
        ThreadPool.GetMinThreads(out var workers, out var others);
        if (!hasAnswered && share < IdleShare)
        {
            _heldUpAt = time.GetTimestamp();
            if (workers >= Most)
                return;
            logger.LogWarning("Threads are held up, as a rule by storage that hangs; {Count} more.", Step);
            ThreadPool.SetMinThreads(workers + Step, others);
        }
        else if (workers > _least && time.GetElapsedTime(_heldUpAt) > CalmAfter)
        {
            ThreadPool.SetMinThreads(_least, others);
        }
    }

    private static int LeastThreads()
    {
        ThreadPool.GetMinThreads(out var workers, out _);
        return workers;
    }
}
