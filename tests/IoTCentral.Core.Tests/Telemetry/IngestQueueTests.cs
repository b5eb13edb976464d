using IoTCentral.Core.Telemetry;

namespace IoTCentral.Core.Tests.Telemetry;

public sealed class IngestQueueTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_batch_keeps_the_order_of_each_tenant()
    {
        var queue = new IngestQueue(new IngestLimits());
        for (var i = 0; i < 200; i++)
            await queue.EnqueueAsync(Messages.Message(device: i, tenant: 1 + (i % 3)), Ct);

        var batch = Take(queue);

        Assert.Equal(200, batch.Count);
        foreach (var tenant in batch.GroupBy(m => m.Tenant))
            Assert.Equal(tenant.Select(m => m.DeviceKey).Order(), tenant.Select(m => m.DeviceKey));
    }

    [Fact]
    public async Task A_noisy_tenant_leaves_each_batch_room_for_the_quiet_one()
    {
        var queue = new IngestQueue(new IngestLimits { BatchMessages = 100 });
        for (var i = 0; i < 1_000; i++)
            await queue.EnqueueAsync(Messages.Message(tenant: 1), Ct);
        await queue.EnqueueAsync(Messages.Message(tenant: 2), Ct);

        Assert.Contains(Take(queue), m => m.Tenant.Value == 2);
    }

    [Fact]
    public async Task A_tenant_over_its_budget_waits_while_another_goes_on()
    {
        var queue = new IngestQueue(new IngestLimits { TotalBytes = 4_000 });
        await FillAsync(queue, tenant: 1);

        var waiting = queue.EnqueueAsync(Messages.Message(tenant: 1), Ct).AsTask();
        var other = queue.EnqueueAsync(Messages.Message(tenant: 2), Ct).AsTask();

        Assert.True(other.IsCompletedSuccessfully);
        Assert.False(waiting.IsCompleted);
        queue.Release(Take(queue));
        await waiting;
        Assert.Single(Take(queue));
    }

    [Fact]
    public async Task The_first_tenants_do_not_take_all_room_from_the_last()
    {
        var queue = new IngestQueue(new IngestLimits { TotalBytes = 4_000, BatchMessages = 1 });
        for (var tenant = 1; tenant <= 4; tenant++)
            await FillAsync(queue, tenant, until: tenant * 1_000);
        var waiting = new List<Task>();
        for (var tenant = 1; tenant <= 4; tenant++)
        {
            for (var n = 0; n < 20; n++)
                waiting.Add(queue.EnqueueAsync(Messages.Message(tenant: tenant), Ct).AsTask());
        }

        var last = queue.EnqueueAsync(Messages.Message(tenant: 5), Ct).AsTask();
        for (var n = 0; n < 20; n++)
            queue.Release(Take(queue));

        Assert.Contains(waiting, w => !w.IsCompleted);
        await last.WaitAsync(TimeSpan.FromSeconds(10), Ct);
    }

    [Fact]
    public async Task Taking_a_batch_frees_nothing_before_it_is_stored()
    {
        var queue = new IngestQueue(new IngestLimits { TotalBytes = 4_000 });
        await FillAsync(queue, tenant: 1);
        var batch = Take(queue);

        var waiting = queue.EnqueueAsync(Messages.Message(tenant: 1), Ct).AsTask();
        Assert.False(waiting.IsCompleted);
        queue.Release(batch);
        await waiting;
    }

    [Fact]
    public async Task A_sender_that_gives_up_waiting_leaves_nothing_behind()
    {
        var queue = new IngestQueue(new IngestLimits { TotalBytes = 4_000 });
        await FillAsync(queue, tenant: 1);
        using var gone = new CancellationTokenSource();
        var waiting = queue.EnqueueAsync(Messages.Message(tenant: 1, device: 99), gone.Token).AsTask();

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        queue.Release(Take(queue));
        Assert.DoesNotContain(Take(queue), m => m.DeviceKey == 99);
        Assert.Equal(0, queue.Bytes);
    }

    [Fact]
    public async Task The_writer_is_woken_when_as_many_wait_as_it_wants()
    {
        var queue = new IngestQueue(new IngestLimits());
        var enough = queue.WaitAsync(2, Ct);

        await queue.EnqueueAsync(Messages.Message(), Ct);
        Assert.False(enough.IsCompleted);
        await queue.EnqueueAsync(Messages.Message(), Ct);
        await enough;
    }

    [Fact]
    public async Task A_large_batch_is_cut_by_bytes()
    {
        var queue = new IngestQueue(new IngestLimits { BatchBytes = 10_000 });
        for (var i = 0; i < 10; i++)
            await queue.EnqueueAsync(Messages.Message(body: new string('x', 4_000)), Ct);

        Assert.Equal(3, Take(queue).Count);
    }

    private static async Task FillAsync(IngestQueue queue, int tenant, int until = 1_000)
    {
        while (queue.Bytes < until)
            await queue.EnqueueAsync(Messages.Message(tenant: tenant), Ct);
    }

    private static List<DeviceMessage> Take(IngestQueue queue)
    {
        var batch = new List<DeviceMessage>();
        queue.TakeBatch(batch);
        return batch;
    }
}
