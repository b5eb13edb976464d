namespace IoTCentral.Core.Telemetry;

/// <summary>A committed message with its values, read once for all that follow.</summary>
/// <param name="Points">Empty for repeats and for bodies that are no JSON object.</param>
public sealed record CommittedMessage(DeviceMessage Message, Point[] Points);

/// <summary>
/// What has just been committed, by position. Followers pull from here and from the log when they are behind; nobody here
/// can slow down the writer.
/// </summary>
public sealed class CommittedLog(IMessageLog log)
{
    // 20,000 messages of 3 points are ~10 MB: a third of a second at full load. What every follower has read goes at
    // once: held on to, each message would live through a collection or two, which then take 10 ms instead of one.
    private const int RingMessages = 20_000;

    private readonly Lock _lock = new();
    private readonly List<LogFollower> _followers = [];
    private readonly Queue<CommittedMessage[]> _ring = new();
    private int _ringCount;
    private long _last = -1;
    private long _unreadable;
    private TaskCompletionSource _news = NewSignal();

    /// <summary>Position of the newest published message; -1 before the first of this process.</summary>
    public long LastPosition => Volatile.Read(ref _last);

    /// <summary>How many of the published messages had a body whose values cannot be read.</summary>
    public long Unreadable => Interlocked.Read(ref _unreadable);

    /// <summary>Position of the newest message there is, published or stored before this process began.</summary>
    public async ValueTask<long> NewestPositionAsync(CancellationToken ct) =>
        LastPosition is >= 0 and var last ? last : await log.LastPositionAsync(ct);

    /// <summary>Called by the writer after the commit, in commit order.</summary>
    public void Publish(IReadOnlyList<DeviceMessage> batch)
    {
        // What was set aside has no place in the log.
        var messages = Read(
            batch.Any(m => m.Position == 0) ? [.. batch.Where(m => m.Position > 0)] : batch,
            out var unreadable
        );
        Interlocked.Add(ref _unreadable, unreadable);
        if (messages.Length == 0)
            return;
        TaskCompletionSource news;
        lock (_lock)
        {
            _ring.Enqueue(messages);
            _ringCount += messages.Length;
            Trim();
            _last = messages[^1].Message.Position;
            news = _news;
            _news = NewSignal();
        }

        news.TrySetResult();
    }

    /// <summary>Begins to follow; what was published since is kept in memory until it is read, within bounds.</summary>
    public LogFollower Follow()
    {
        var follower = new LogFollower(this);
        lock (_lock)
            _followers.Add(follower);
        return follower;
    }

    internal void Leave(LogFollower follower)
    {
        lock (_lock)
            _followers.Remove(follower);
    }

    internal async ValueTask<IReadOnlyList<CommittedMessage>> ReadAfterAsync(
        LogFollower follower,
        long position,
        int limit,
        CancellationToken ct
    )
    {
        while (true)
        {
            Task news;
            lock (_lock)
            {
                news = _news.Task;
                follower.Done = position;
                if (_ring.TryPeek(out var oldest) && position >= oldest[0].Message.Position - 1)
                {
                    if (FromRing(position, limit) is { Count: > 0 } found)
                        return found;
                }
                else if (_ring.Count > 0 || _last < 0)
                {
                    news = Task.CompletedTask;
                }
            }

            if (news.IsCompleted)
            {
                var stored = await log.ReadAfterAsync(position, limit, ct);
                if (stored.Count > 0)
                    return Read(stored);
                // Nothing in the log after it: the next publish is what we wait for.
                lock (_lock)
                    news = _last > position ? Task.CompletedTask : _news.Task;
                if (news.IsCompleted)
                {
                    // Positions between are gaps (messages that were set aside): go on from the ring.
                    lock (_lock)
                    {
                        if (FromRing(position, limit) is { Count: > 0 } found)
                            return found;
                    }
                }
            }

            await news.WaitAsync(ct);
        }
    }

    // The newest batch stays: it tells that a follower who has read it has read all.
    private void Trim()
    {
        var done = _followers.Count == 0 ? 0 : _followers.Min(f => f.Done);
        while (_ring.Count > 1 && (_ringCount > RingMessages || _ring.Peek()[^1].Message.Position <= done))
            _ringCount -= _ring.Dequeue().Length;
    }

    private List<CommittedMessage> FromRing(long position, int limit)
    {
        var found = new List<CommittedMessage>();
        foreach (var messages in _ring)
        {
            if (messages[^1].Message.Position <= position)
                continue;
            foreach (var message in messages)
            {
                if (message.Message.Position > position)
                    found.Add(message);
                if (found.Count >= limit)
                    return found;
            }
        }

        return found;
    }

    /// <summary>Reads the values of stored messages.</summary>
    public static CommittedMessage[] Read(IReadOnlyList<DeviceMessage> batch) => Read(batch, out _);

    private static CommittedMessage[] Read(IReadOnlyList<DeviceMessage> batch, out int unreadable)
    {
        unreadable = 0;
        var points = new List<Point>();
        var messages = new CommittedMessage[batch.Count];
        for (var i = 0; i < messages.Length; i++)
        {
            points.Clear();
            var message = batch[i];
            if (!message.Flags.HasFlag(MessageFlags.Repeat) && !PayloadReader.TryRead(message.Body.Span, points, out _))
                unreadable++;
            messages[i] = new(message, points.Count == 0 ? [] : [.. points]);
        }

        return messages;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>One that reads all that is committed, in order; for one reader at a time.</summary>
public sealed class LogFollower : IDisposable
{
    private readonly CommittedLog _log;

    internal LogFollower(CommittedLog log) => _log = log;

    /// <summary>Position of the newest message it has no more use for.</summary>
    internal long Done { get; set; }

    /// <summary>
    /// Messages after <paramref name="position"/>, oldest first: from memory, or from the log when that far back. Waits
    /// until there are some. Asking says that those up to <paramref name="position"/> are done with.
    /// </summary>
    public ValueTask<IReadOnlyList<CommittedMessage>> ReadAfterAsync(long position, int limit, CancellationToken ct) =>
        _log.ReadAfterAsync(this, position, limit, ct);

    public void Dispose() => _log.Leave(this);
}
