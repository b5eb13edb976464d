namespace IoTCentral.Core.Telemetry;

/// <summary>A committed message with its values, read once for all that follow.</summary>
/// <param name="Points">Empty for repeats and for bodies that are no JSON object.</param>
public sealed record CommittedMessage(DeviceMessage Message, Point[] Points);

/// <summary>
/// What has just been committed, by position. Durable consumers pull from here and from the log when they are behind;
/// nobody here can slow down the writer.
/// </summary>
public sealed class CommittedLog(IMessageLog log)
{
    // 20,000 messages of 3 points are ~10 MB: a third of a second at full load, minutes at a common one.
    private const int RingMessages = 20_000;

    private readonly Lock _lock = new();
    private readonly Queue<CommittedMessage[]> _ring = new();
    private int _ringCount;
    private long _last = -1;
    private TaskCompletionSource _news = NewSignal();

    /// <summary>Position of the newest published message; -1 before the first of this process.</summary>
    public long LastPosition => Volatile.Read(ref _last);

    /// <summary>Position of the newest message there is, published or stored before this process began.</summary>
    public async ValueTask<long> NewestPositionAsync(CancellationToken ct) =>
        LastPosition is >= 0 and var last ? last : await log.LastPositionAsync(ct);

    /// <summary>Called by the writer after the commit, in commit order.</summary>
    public void Publish(IReadOnlyList<DeviceMessage> batch)
    {
        // What was set aside has no place in the log.
        var messages = Read(batch.Any(m => m.Position == 0) ? [.. batch.Where(m => m.Position > 0)] : batch);
        if (messages.Length == 0)
            return;
        TaskCompletionSource news;
        lock (_lock)
        {
            _ring.Enqueue(messages);
            _ringCount += messages.Length;
            while (_ringCount > RingMessages && _ring.Count > 1)
                _ringCount -= _ring.Dequeue().Length;
            _last = messages[^1].Message.Position;
            news = _news;
            _news = NewSignal();
        }

        news.TrySetResult();
    }

    /// <summary>
    /// Messages after <paramref name="position"/>, oldest first: from memory, or from the log when that far back. Waits
    /// until there are some.
    /// </summary>
    public async ValueTask<IReadOnlyList<CommittedMessage>> ReadAfterAsync(
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
    public static CommittedMessage[] Read(IReadOnlyList<DeviceMessage> batch)
    {
        var points = new List<Point>();
        var messages = new CommittedMessage[batch.Count];
        for (var i = 0; i < messages.Length; i++)
        {
            points.Clear();
            var message = batch[i];
            if (!message.Flags.HasFlag(MessageFlags.Repeat))
                PayloadReader.TryRead(message.Body.Span, points, out _);
            messages[i] = new(message, points.Count == 0 ? [] : [.. points]);
        }

        return messages;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
