using IoTCentral.Core.Live;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tests.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace IoTCentral.Core.Tests.Live;

public sealed class LiveFeedTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_slow_reader_loses_old_samples_and_keeps_the_newest()
    {
        using var subscription = new LiveSubscription(null, capacity: 3, _ => { });
        for (var i = 1; i <= 10; i++)
            subscription.Offer(Committed(position: i));
        subscription.Signal();

        var read = await subscription.ReadAsync(Ct);

        Assert.Equal([8L, 9, 10], read.Select(m => m.Message.Position));
        Assert.Equal(7, subscription.Dropped);
    }

    [Fact]
    public async Task Twenty_readers_that_never_read_hold_up_nobody_and_have_the_newest_when_they_do()
    {
        var committed = new CommittedLog(new EmptyLog());
        using var feed = new LiveFeed(committed, null!, null!, TimeProvider.System, NullLogger<LiveFeed>.Instance);
        var sleeping = Enumerable.Range(0, 20).Select(_ => feed.Subscribe(new(1), null, capacity: 100)).ToList();
        using var awake = feed.Subscribe(new(1), null);
        await feed.StartAsync(Ct);

        // it begins with what is committed once it runs
        var position = 0;
        var first = awake.ReadAsync(Ct).AsTask();
        while (!first.IsCompleted)
        {
            committed.Publish([Messages.Message(position: ++position)]);
            await Task.Delay(TimeSpan.FromMilliseconds(5), Ct);
        }
        var read = (await first).ToList();
        for (var batch = 0; batch < 50; batch++)
        {
            committed.Publish([.. Enumerable.Range(position + 1, 200).Select(p => Messages.Message(position: p))]);
            position += 200;
            while (read[^1].Message.Position < position)
                read.AddRange(await awake.ReadAsync(Ct));
        }

        Assert.Equal(0, awake.Dropped);
        Assert.InRange(read.Count, 10_001, position);
        foreach (var reader in sleeping)
        {
            Assert.Equal(read.TakeLast(100), await reader.ReadAsync(Ct));
            Assert.Equal(read.Count - 100, reader.Dropped);
            reader.Dispose();
        }
        await feed.StopAsync(Ct);
    }

    [Fact]
    public async Task A_reader_sees_its_devices_only()
    {
        using var subscription = new LiveSubscription(new HashSet<long> { 2 }, capacity: 10, _ => { });
        subscription.Offer(Committed(device: 1));
        subscription.Offer(Committed(device: 2));
        subscription.Signal();

        Assert.Equal(2, Assert.Single(await subscription.ReadAsync(Ct)).Message.DeviceKey);
    }

    [Fact]
    public void The_last_value_is_the_one_with_the_newest_source_time()
    {
        var values = new LastValues(new(1));
        values.Update(Committed(body: """{"t":2}""", time: Messages.Noon));
        values.Update(Committed(body: """{"t":1}""", time: Messages.Noon.AddHours(-1)));

        Assert.Equal(2, values.Snapshot()[("", "t")].Point.Number);
    }

    [Fact]
    public void A_message_from_the_future_drives_no_last_value()
    {
        var values = new LastValues(new(1));

        values.Update(Committed(flags: MessageFlags.ClockAhead));

        Assert.Empty(values.Snapshot());
    }

    private sealed class EmptyLog : IMessageLog
    {
        public Task AppendAsync(IReadOnlyList<DeviceMessage> batch, CancellationToken ct) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<DeviceMessage>> ReadAfterAsync(long position, int limit, CancellationToken ct) =>
            Task.FromResult<IReadOnlyList<DeviceMessage>>([]);

        public Task<long> LastPositionAsync(CancellationToken ct) => Task.FromResult(0L);
    }

    private static CommittedMessage Committed(
        string body = """{"t":1}""",
        long device = 1,
        long position = 1,
        DateTimeOffset? time = null,
        MessageFlags flags = MessageFlags.None
    ) => CommittedLog.Read([Messages.Message(body, device: device, position: position, time: time, flags: flags)])[0];
}
