using Amqp.Framing;
using IoTCentral.Core.Devices;
using IoTCentral.Hub.Amqp;
using IoTCentral.Hub.Devices;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>Runs one case against a world and looks whether anything happened that must not.</summary>
internal sealed class AmqpAttack(World world, AmqpCase what)
{
    // AMQP may be silent for six here; where the hub takes up reading again just now, the time counts from there.
    private const int MostSilentMinutes = 60;
    private const int LargeBytes = 240_000;

    private AmqpPeer _first = null!;
    private AmqpPeer? _second;
    private Task? _call;
    private byte[] _prelude = [];

    /// <inheritdoc cref="FuzzCase.AttackAsync"/>
    public async Task<string> RunAsync()
    {
        world.Reset();
        // While the first one waits for it, nobody else signs in either.
        if (what.State is AmqpState.SigningIn or AmqpState.TokenPending)
            await OpenSecondAsync();
        await PrepareAsync();
        await OpenSecondAsync();

        var half = what.Steps.Count / 2;
        foreach (var step in what.Steps.Take(half))
            Send(step);
        await world.Bystander.CheckAsync(isFull: what.Index % 8 == 0);
        foreach (var step in what.Steps.Skip(half))
            Send(step);
        world.OpenAll();
        if (what.State == AmqpState.Stopping)
            await StoppedAsync();
        await SettleAsync(_first);
        if (_second is not null)
            await SettleAsync(_second);
        await EndAsync();
        await JudgeAsync();
        return FuzzCase.Pair(what.State, KindOfFirst());
    }

    private async Task OpenSecondAsync()
    {
        if (!what.HasSecond || _second is not null)
            return;
        _second = world.OpenAmqp(what.IsSameDevice ? world.First : world.Second);
        await new AmqpOpening(_second).SignInAsync(isByCbs: what.Index % 2 == 1);
    }

    private void Send(Step step)
    {
        if (step.Link == 1)
        {
            _second!.Send(step.Bytes);
        }
        else
        {
            // Good-byes and what comes after them lie in one buffer, else nobody would see it.
            _first.Send([.. _prelude, .. step.Bytes]);
            _prelude = [];
        }

        Demand(world.MostBuffered <= DeliveryWindow.MostBytes, "A connection has more buffered than it may");
    }

    private async Task PrepareAsync()
    {
        var who = world.First;
        _first = world.OpenAmqp(who);
        var opening = new AmqpOpening(_first);
        switch (what.State)
        {
            case AmqpState.Fresh:
                break;
            case AmqpState.Choosing:
                await opening.OfferedAsync();
                break;
            case AmqpState.SigningIn:
                world.Stores.SigningIn.Close();
                await opening.OfferedAsync();
                _first.Send(AmqpRecordings.PlainOf(who));
                break;
            case AmqpState.Refused:
                await opening.OfferedAsync();
                _prelude = AmqpRecordings.Plain($"{who.Id}@sas.hub", world.Second.Hub.Password).ToBytes();
                break;
            case AmqpState.Entered:
                await opening.SaslAsync(AmqpRecordings.PlainOf(who));
                break;
            case AmqpState.Opened:
                await opening.OpenAsync();
                break;
            case AmqpState.Begun:
            case AmqpState.CbsAttached:
            case AmqpState.TokenPending:
                await PrepareCbsAsync(opening);
                break;
            case >= AmqpState.DpsSignedIn:
                await PrepareDpsAsync(opening);
                break;
            default:
                await opening.SignInAsync(isByCbs: what.Index % 2 == 0);
                if (what.State != AmqpState.SignedIn)
                    await opening.AttachAllAsync();
                await BusyAsync(opening);
                break;
        }
    }

    private async Task PrepareCbsAsync(AmqpOpening opening)
    {
        await opening.OpenAsync();
        await opening.BeginAsync();
        if (what.State == AmqpState.Begun)
            return;
        await opening.AttachAsync(Handles.CbsAsk, Handles.CbsReply);
        if (what.State != AmqpState.TokenPending)
            return;
        world.Stores.SigningIn.Close();
        _first.Send(AmqpRecordings.Token(_first.Who, 0));
    }

    private async Task PrepareDpsAsync(AmqpOpening opening)
    {
        await opening.SaslAsync(AmqpRecordings.PlainOfDps(_first.Who));
        await opening.OpenAsync();
        await opening.BeginAsync();
        if (what.State == AmqpState.DpsSignedIn)
            return;
        await opening.AttachAsync(Handles.DpsReply, Handles.DpsAsk);
        if (what.State == AmqpState.DpsAttached)
            return;
        if (what.State == AmqpState.DpsPending)
            world.Stores.Registering.Close();
        opening.Register();
        if (what.State == AmqpState.DpsAssigned)
            await _first.NextAsync<Transfer>();
    }

    private async Task BusyAsync(AmqpOpening opening)
    {
        var device = world.DeviceOf(_first.Who);
        switch (what.State)
        {
            case AmqpState.InFlight:
            case AmqpState.Stopping:
                world.Log.Hold(device.Key);
                opening.SendEvents(3);
                if (what.State == AmqpState.Stopping)
                    _first.RequestClose();
                break;
            case AmqpState.WindowFull:
                world.Log.Hold(device.Key);
                opening.SendEvents(5, LargeBytes);
                break;
            case AmqpState.Partial:
                opening.SendPart();
                break;
            case AmqpState.TwinPending:
                world.Stores.Twin.Close();
                opening.AskTwin();
                break;
            case AmqpState.MethodOpen:
                var call = new MethodCall("reboot", "{}"u8.ToArray());
                _call = world.Sessions.CallAsync(device.TenantId, device.Key, call, CancellationToken.None);
                await _first.NextAsync<Transfer>();
                break;
            case AmqpState.CloudInHand:
                world.Stores.Queue(device, "one");
                world.Stores.Queue(device, "two");
                world.Sessions.CloudMessageWaits(device.TenantId, device.Key);
                await _first.NextAsync<Transfer>();
                await _first.NextAsync<Transfer>();
                break;
            case AmqpState.Detached:
                for (var handle = Handles.Events; handle <= Handles.TwinAsk; handle++)
                {
                    _first.Send(new AmqpDraft(0x16, handle, true));
                    await _first.NextAsync<Detach>();
                }

                break;
            case AmqpState.SessionEnded:
                _first.Send(new AmqpDraft(0x17));
                await _first.NextAsync<End>();
                break;
            case AmqpState.Left:
                _prelude = new AmqpDraft(0x18).ToBytes();
                break;
        }
    }

    /// <summary>Who has not ended still answers; only one that has begun a frame is waited for.</summary>
    private static async Task SettleAsync(AmqpPeer peer)
    {
        var (sent, tail) = AmqpWire.Read(peer.Sent);
        if (tail is not null || !peer.Heard.Any(b => b.Body is Open) || !sent.Any(b => b.Body is Begin))
            return;
        peer.Send(new AmqpDraft(0x13, 0u, 500u, 0u, 500u, null, null, null, null, null, true));
        while (await peer.NextAsync() is { } bit)
        {
            if (bit.Body is Flow { HasHandle: false })
                return;
        }
    }

    private async Task EndAsync()
    {
        _second?.Close();
        if (_second is not null)
            await _second.EndAsync();
        if (what.End == CaseEnd.Silence)
            await KeepSilentAsync();
        else
            await EndFirstAsync();
        await _first.EndAsync();
    }

    private async Task KeepSilentAsync()
    {
        for (var minute = 0; minute < MostSilentMinutes && !_first.Ended.IsCompleted; minute++)
        {
            world.Clock.Advance(TimeSpan.FromMinutes(1));
            await world.Bystander.CheckAsync(isFull: false);
            if (minute % 8 == 7)
                await Task.WhenAny(_first.Ended, Task.Delay(TimeSpan.FromMilliseconds(100)));
        }

        Demand(_first.Ended.IsCompleted, "A connection that is silent does not end");
    }

    private async Task EndFirstAsync()
    {
        var device = world.DeviceOf(world.First);
        switch (what.End)
        {
            case CaseEnd.Break:
                _first.Close(new IOException("Connection reset by peer"));
                break;
            case CaseEnd.Disconnect:
                _first.Send(new AmqpDraft(0x18));
                break;
            case CaseEnd.Cut:
                await world.Sessions.DropAsync(device.TenantId, device.Key, ConnectionCode.Blocked, default);
                break;
            case CaseEnd.Replace:
                var anew = world.OpenAmqp(world.First);
                await new AmqpOpening(anew).SignInAsync(isByCbs: false);
                anew.Close();
                await anew.EndAsync();
                break;
            case CaseEnd.Stop:
                _first.RequestClose();
                await StoppedAsync();
                break;
        }

        // Those that were not signed in, or are in the middle of a frame, know none of this.
        _first.Close();
    }

    private Task StoppedAsync() => world.UntilAsync(IsOverInTime, "A connection does not end when the hub stops");

    private bool IsOverInTime()
    {
        world.Clock.Advance(TimeSpan.FromMilliseconds(20));
        return _first.Ended.IsCompleted;
    }

    private AmqpKind KindOfFirst()
    {
        var bytes = what.Steps.Where(s => s.Link == 0).SelectMany(s => s.Bytes).ToArray();
        var (bits, tail) = AmqpWire.Read(bytes);
        return bits is [var bit, ..] ? bit.Kind : tail ?? AmqpKind.Unfinished;
    }

    private async Task JudgeAsync()
    {
        Demand(world.Sessions.Count == 1, "A session is left though its connection has ended");
        Demand(world.Queue is { Bytes: 0, Count: 0 }, "Messages are still charged to the queue");
        Demand(world.Stores.Locked == 0, "A message to the device is still in the hand of a connection that has ended");
        if (_call is not null)
            await _first.WaitAsync(_call.ContinueWith(_ => true, TaskScheduler.Default), "leaves its method open");
        if (world.Complaints.Take() is { } complaint)
            throw new FuzzFailure($"The hub logged: {complaint}");
        AmqpVerdict.Judge(world, _second is null ? [_first] : [_first, _second]);
        await world.Bystander.CheckAsync(isFull: false);
    }

    private static void Demand(bool holds, string fault)
    {
        if (!holds)
            throw new FuzzFailure($"{fault}.");
    }
}
