using IoTCentral.Core.Telemetry;

namespace IoTCentral.Core.Tests.Telemetry;

public sealed class CommittedLogTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_consumer_that_is_up_to_date_waits_for_the_next_commit()
    {
        var committed = new CommittedLog(new StoredMessages());
        var next = committed.Follow().ReadAfterAsync(0, 10, Ct).AsTask();
        Assert.False(next.IsCompleted);

        committed.Publish([Messages.Message(position: 1)]);

        Assert.Equal(1, Assert.Single(await next).Message.Position);
    }

    [Fact]
    public async Task A_consumer_that_is_behind_the_ring_reads_the_log()
    {
        var stored = new StoredMessages(Enumerable.Range(1, 5).Select(p => Messages.Message(position: p)));
        var committed = new CommittedLog(stored);
        committed.Publish([Messages.Message(position: 6)]);

        using var follower = committed.Follow();
        var first = await follower.ReadAfterAsync(0, 100, Ct);
        var second = await follower.ReadAfterAsync(first[^1].Message.Position, 100, Ct);

        Assert.Equal([1L, 2, 3, 4, 5], first.Select(m => m.Message.Position));
        Assert.Equal(6, Assert.Single(second).Message.Position);
    }

    [Fact]
    public async Task What_one_follower_has_not_read_stays_in_memory_when_the_others_have()
    {
        var committed = new CommittedLog(new StoredMessages());
        using var fast = committed.Follow();
        using var slow = committed.Follow();
        for (var position = 1; position <= 3; position++)
        {
            committed.Publish([Messages.Message(position: position)]);
            await fast.ReadAfterAsync(position - 1, 10, Ct);
        }

        Assert.Equal([1L, 2, 3], (await slow.ReadAfterAsync(0, 10, Ct)).Select(m => m.Message.Position));
    }

    [Fact]
    public async Task What_every_follower_has_read_is_no_longer_held_in_memory()
    {
        // a log of its own, which remembers what it is asked for
        var stored = new StoredMessages(Enumerable.Range(1, 2).Select(p => Messages.Message(position: p, device: 77)));
        var committed = new CommittedLog(stored);
        using var left = committed.Follow();
        using var follower = committed.Follow();
        left.Dispose();
        committed.Publish([Messages.Message(position: 1)]);
        committed.Publish([Messages.Message(position: 2)]);
        await follower.ReadAfterAsync(2 - 1, 10, Ct);
        committed.Publish([Messages.Message(position: 3)]);

        Assert.Equal(77, (await follower.ReadAfterAsync(0, 10, Ct))[0].Message.DeviceKey);
    }

    [Fact]
    public async Task A_gap_before_the_ring_holds_up_nobody()
    {
        var committed = new CommittedLog(new StoredMessages());
        committed.Publish([Messages.Message(position: 10)]);

        Assert.Equal(10, Assert.Single(await committed.Follow().ReadAfterAsync(5, 10, Ct)).Message.Position);
    }

    [Fact]
    public async Task Every_message_reaches_a_consumer_once_and_in_order_whatever_the_batches()
    {
        var committed = new CommittedLog(new StoredMessages());
        var reading = Task.Run(() => ReadUntilAsync(committed, last: 2_000), Ct);
        for (var position = 1; position <= 2_000; )
        {
            var size = Math.Min(1 + (position % 37), 2_001 - position);
            committed.Publish([.. Enumerable.Range(position, size).Select(p => Messages.Message(position: p))]);
            position += size;
        }

        Assert.Equal(Enumerable.Range(1, 2_000).Select(p => (long)p), await reading);
    }

    [Fact]
    public async Task What_was_set_aside_is_not_shown_to_consumers()
    {
        var committed = new CommittedLog(new StoredMessages());

        committed.Publish([Messages.Message(position: 0), Messages.Message(position: 1)]);

        Assert.Equal(1, Assert.Single(await committed.Follow().ReadAfterAsync(0, 10, Ct)).Message.Position);
    }

    [Fact]
    public async Task A_repeat_has_no_values()
    {
        var committed = new CommittedLog(new StoredMessages());

        committed.Publish([Messages.Message(position: 1, flags: MessageFlags.Repeat)]);

        Assert.Empty(Assert.Single(await committed.Follow().ReadAfterAsync(0, 10, Ct)).Points);
    }

    [Fact]
    public void Bodies_that_cannot_be_read_are_counted()
    {
        var committed = new CommittedLog(new StoredMessages());

        committed.Publish([
            Messages.Message("""{"t":1}""", position: 1),
            Messages.Message("""{"t":""", position: 2),
            Messages.Message("pump on", position: 3),
        ]);

        Assert.Equal(2, committed.Unreadable);
    }

    private static async Task<List<long>> ReadUntilAsync(CommittedLog committed, long last)
    {
        using var follower = committed.Follow();
        var seen = new List<long>();
        for (long position = 0; position < last; position = seen[^1])
            seen.AddRange((await follower.ReadAfterAsync(position, 50, Ct)).Select(m => m.Message.Position));
        return seen;
    }

    private sealed class StoredMessages(IEnumerable<DeviceMessage>? messages = null) : IMessageLog
    {
        private readonly List<DeviceMessage> _messages = [.. messages ?? []];

        public Task AppendAsync(IReadOnlyList<DeviceMessage> batch, CancellationToken ct)
        {
            _messages.AddRange(batch);
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<DeviceMessage>> ReadAfterAsync(long position, int limit, CancellationToken ct) =>
            Task.FromResult<IReadOnlyList<DeviceMessage>>([.. _messages.Where(m => m.Position > position).Take(limit)]);

        public Task<long> LastPositionAsync(CancellationToken ct) =>
            Task.FromResult(_messages.Count == 0 ? 0 : _messages[^1].Position);
    }
}
