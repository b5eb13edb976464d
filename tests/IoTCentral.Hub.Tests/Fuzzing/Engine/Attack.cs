using IoTCentral.Core.Devices;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>Runs one case against a world and looks whether anything happened that must not; what a protocol says is its own.</summary>
internal abstract class Attack<TConnection>(World world, FuzzCase what)
    where TConnection : MemoryConnection
{
    protected World World => world;
    protected TConnection First { get; set; } = null!;
    protected TConnection? Second { get; private set; }

    /// <summary>A method that waits for the first one's answer.</summary>
    protected Task? Call { get; set; }

    /// <summary>Goes out with the first bytes: good-byes and what comes after them lie in one buffer, else nobody would see it.</summary>
    protected byte[] Prelude { get; set; } = [];

    protected abstract bool IsStopping { get; }

    /// <summary>While the first one's sign-in is held up, nobody else's comes through.</summary>
    protected virtual bool IsSecondBefore => false;

    /// <inheritdoc cref="FuzzCase.AttackAsync"/>
    public async Task<string> RunAsync()
    {
        world.Reset();
        if (IsSecondBefore)
            await OpenSecondAsync();
        await PrepareAsync();
        if (!IsSecondBefore)
            await OpenSecondAsync();

        var half = what.Steps.Count / 2;
        foreach (var step in what.Steps.Take(half))
            Send(step);
        await world.Bystander.CheckAsync(isFull: what.Index % 8 == 0);
        foreach (var step in what.Steps.Skip(half))
            Send(step);
        await LookWhileHeldAsync();
        world.OpenAll();
        if (IsStopping)
            await StoppedAsync();
        await SettleAsync(First);
        if (Second is not null)
            await SettleAsync(Second);
        await EndAsync();
        await JudgeAsync();
        return Pair([.. what.Steps.Where(s => s.Link == 0).SelectMany(s => s.Bytes)]);
    }

    /// <summary>Opens the first connection and brings it into the case's state.</summary>
    protected abstract Task PrepareAsync();

    /// <summary>A connection that signs in.</summary>
    protected abstract Task<TConnection> OpenAsync(Speaker who);

    /// <summary>Who has not ended still answers; only one that has begun a packet is waited for.</summary>
    protected abstract Task SettleAsync(TConnection connection);

    protected abstract void SayGoodBye();

    /// <summary>The first one's device connects anew, and leaves.</summary>
    protected abstract Task ReplaceAsync();

    /// <summary>Longer than it may be; false: this case may be silent for ever.</summary>
    protected abstract Task<bool> KeepSilentAsync();

    /// <summary>The state and the kind of the first packet of these.</summary>
    protected abstract string Pair(byte[] sent);

    protected abstract void Judge(IReadOnlyList<TConnection> connections);

    /// <summary>Called after each sending.</summary>
    protected virtual void LookAfterSending() { }

    /// <summary>Called while what the case holds up is still held up.</summary>
    protected virtual Task LookWhileHeldAsync() => Task.CompletedTask;

    protected static void Demand(bool holds, string fault)
    {
        if (!holds)
            throw new FuzzFailure($"{fault}.");
    }

    private async Task OpenSecondAsync()
    {
        if (what.HasSecond)
            Second = await OpenAsync(what.IsSameDevice ? world.First : world.Second);
    }

    private void Send(Step step)
    {
        if (step.Link == 1)
        {
            Second!.Send(step.Bytes);
        }
        else
        {
            First.Send([.. Prelude, .. step.Bytes]);
            Prelude = [];
        }

        LookAfterSending();
    }

    private async Task EndAsync()
    {
        Second?.Close();
        if (Second is not null)
            await Second.EndAsync();
        if (what.End != CaseEnd.Silence || !await KeepSilentAsync())
            await EndFirstAsync();
        await First.EndAsync();
    }

    private async Task EndFirstAsync()
    {
        var device = world.DeviceOf(world.First);
        switch (what.End)
        {
            case CaseEnd.Break:
                First.Close(new IOException("Connection reset by peer"));
                break;
            case CaseEnd.Disconnect:
                SayGoodBye();
                break;
            case CaseEnd.Cut:
                await world.Sessions.DropAsync(device.TenantId, device.Key, ConnectionCode.Blocked, default);
                break;
            case CaseEnd.Replace:
                await ReplaceAsync();
                break;
            case CaseEnd.Stop:
                First.RequestClose();
                await StoppedAsync();
                break;
        }

        // Those that were not signed in, or are in the middle of a packet, know none of this.
        First.Close();
    }

    private Task StoppedAsync() => world.UntilAsync(IsOverInTime, "A connection does not end when the hub stops");

    private bool IsOverInTime()
    {
        world.Clock.Advance(TimeSpan.FromMilliseconds(20));
        return First.Ended.IsCompleted;
    }

    private async Task JudgeAsync()
    {
        Demand(world.Sessions.Count == 1, "A session is left though its connection has ended");
        Demand(world.Queue is { Bytes: 0, Count: 0 }, "Messages are still charged to the queue");
        Demand(world.Stores.Locked == 0, "A message to the device is still in the hand of a connection that has ended");
        if (Call is not null)
            await First.WaitAsync(Call.ContinueWith(_ => true, TaskScheduler.Default), "leaves its method open");
        if (world.Complaints.Take() is { } complaint)
            throw new FuzzFailure($"The hub logged: {complaint}");
        Judge(Second is null ? [First] : [First, Second]);
        await world.Bystander.CheckAsync(isFull: false);
    }
}
