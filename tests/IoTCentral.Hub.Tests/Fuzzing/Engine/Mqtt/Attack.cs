using IoTCentral.Core.Devices;
using IoTCentral.Hub.Devices;
using IoTCentral.Testing;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>Runs one case against a world and looks whether anything happened that must not.</summary>
internal sealed class Attack(World world, MqttCase what)
{
    // The bystander is heard again after 1,767 s at the latest.
    private const int MostSilences = 15;

    private Link _first = null!;
    private Link? _second;
    private Task? _call;
    private byte[] _prelude = [];

    /// <inheritdoc cref="FuzzCase.AttackAsync"/>
    public async Task<string> RunAsync()
    {
        world.Reset();
        await PrepareAsync();
        if (what.HasSecond)
        {
            _second = world.Open(what.IsSameDevice ? world.First : world.Second);
            _second.Send(Recordings.Connect(_second.Who.Hub, isClean: false));
        }

        var half = what.Steps.Count / 2;
        foreach (var step in what.Steps.Take(half))
            Send(step);
        await world.Bystander.CheckAsync(isFull: what.Index % 8 == 0);
        foreach (var step in what.Steps.Skip(half))
            Send(step);
        if (what.State == LinkState.InFlight && !what.HasSecond)
            await NothingIsAcknowledgedAsync();
        world.OpenAll();
        if (what.State == LinkState.Stopping)
            await StoppedAsync();
        await SettleAsync(_first);
        if (_second is not null)
            await SettleAsync(_second);
        await EndAsync();
        await JudgeAsync();
        return FuzzCase.Pair(what.State, KindOfFirst());
    }

    private void Send(Step step)
    {
        if (step.Link == 1)
        {
            _second!.Send(step.Bytes);
            return;
        }

        // Good-byes and what comes after them lie in one buffer, else nobody would see it.
        _first.Send([.. _prelude, .. step.Bytes]);
        _prelude = [];
    }

    private async Task PrepareAsync()
    {
        var who = world.First;
        _first = world.Open(who);
        switch (what.State)
        {
            case LinkState.Fresh:
                break;
            case LinkState.SigningIn:
                world.Stores.SigningIn.Close();
                _first.Send(Recordings.Connect(who.Hub));
                break;
            case LinkState.Refused:
                _prelude = Recordings.Connect(who.Hub with { Password = world.Second.Hub.Password }).ToBytes();
                break;
            case LinkState.Left:
                await ConnectAsync(who.Hub);
                _prelude = Recordings.Empty(0xE0).ToBytes();
                break;
            case >= LinkState.DpsConnected:
                await PrepareDpsAsync(who);
                break;
            case LinkState.Resumed:
                await ConnectAsync(who.Hub, isClean: false);
                await SubscribeAsync();
                _first.Send(Recordings.Empty(0xE0));
                await _first.EndAsync();
                _first = world.Open(who);
                await ConnectAsync(who.Hub, isClean: false);
                break;
            default:
                await ConnectAsync(who.Hub);
                if (what.State is not (LinkState.Connected or LinkState.WindowFull))
                    await SubscribeAsync();
                await BusyAsync(who);
                break;
        }
    }

    private async Task BusyAsync(Speaker who)
    {
        var device = world.DeviceOf(who);
        switch (what.State)
        {
            case LinkState.InFlight:
            case LinkState.Stopping:
                Flood(device, 3);
                if (what.State == LinkState.Stopping)
                    _first.RequestClose();
                break;
            case LinkState.WindowFull:
                Flood(device, 257);
                break;
            case LinkState.TwinPending:
                world.Stores.Twin.Close();
                _first.Send(Recordings.Publish("$iothub/twin/GET/?$rid=0", " ", 900));
                break;
            case LinkState.MethodOpen:
                var call = new MethodCall("reboot", "{}"u8.ToArray());
                _call = world.Sessions.CallAsync(device.TenantId, device.Key, call, CancellationToken.None);
                await _first.NextAsync(type: 3);
                break;
            case LinkState.CloudInHand:
                world.Stores.Queue(device, "one");
                world.Stores.Queue(device, "two");
                world.Sessions.CloudMessageWaits(device.TenantId, device.Key);
                await _first.NextAsync(type: 3);
                await _first.NextAsync(type: 3);
                break;
        }
    }

    private async Task PrepareDpsAsync(Speaker who)
    {
        await ConnectAsync(who.Dps);
        if (what.State == LinkState.DpsConnected)
            return;
        _first.Send(Recordings.Subscribe(1, (Recordings.Registrations, 1)));
        await _first.NextAsync(type: 9);
        if (what.State == LinkState.DpsListening)
            return;
        if (what.State == LinkState.DpsPending)
            world.Stores.Registering.Close();
        _first.Send(
            Recordings.Publish(
                "$dps/registrations/PUT/iotdps-register/?$rid=0",
                $$"""{"registrationId":"{{who.Id}}"}""",
                900
            )
        );
        if (what.State == LinkState.DpsAssigned)
            await _first.NextAsync(type: 3);
    }

    private async Task ConnectAsync(Login login, bool isClean = true)
    {
        _first.Send(Recordings.Connect(login, isClean));
        if ((await _first.NextAsync(type: 2)).Body[1] != 0)
            throw new FuzzFailure("A CONNECT that is right was refused.");
    }

    private async Task SubscribeAsync()
    {
        _first.Send(Recordings.SubscribeAll(world.First.Id, 1));
        await _first.NextAsync(type: 9);
    }

    private void Flood(Device device, int count)
    {
        world.Log.Hold(device.Key);
        var topic = $"devices/{device.Id}/messages/events/";
        var packets = Enumerable.Range(1000, count).Select(id => Recordings.Publish(topic, "{}", id).ToBytes());
        _first.Send([.. packets.SelectMany(p => p)]);
    }

    /// <summary>What is not stored holds up every acknowledgement behind it.</summary>
    private async Task NothingIsAcknowledgedAsync()
    {
        await SettleAsync(_first);
        if (_first.Heard.Any(p => p.Type == 4))
            throw new FuzzFailure("A message was acknowledged that is not stored.");
    }

    /// <summary>It answers a ping, or it has ended; only who has begun a packet is waited for.</summary>
    private static async Task SettleAsync(Link link)
    {
        var tail = Wire.Read(link.Sent).Tail;
        if (tail == PacketKind.Unfinished)
            return;
        if (tail is null)
            link.Send(Recordings.Empty(0xC0));
        var pings = Wire.Read(link.Sent).Packets.Count(p => p is { Header: 0xC0, Body.Length: 0 });
        while (tail is not null || link.Heard.Count(p => p.Type == 13) < pings)
        {
            if (await link.NextAsync() is null)
                return;
        }
    }

    private async Task EndAsync()
    {
        _second?.Close();
        if (_second is not null)
            await _second.EndAsync();
        if (what.End == CaseEnd.Silence && FindLongestSilence() is { } silence)
            await KeepSilentAsync(silence);
        else
            await EndFirstAsync();
        await _first.EndAsync();
    }

    /// <summary>Several times over: where the hub takes up reading again just now, the time counts from there.</summary>
    private async Task KeepSilentAsync(TimeSpan silence)
    {
        for (var times = 0; times < MostSilences && !_first.Ended.IsCompleted; times++)
        {
            world.Clock.Advance(silence);
            await Task.WhenAny(_first.Ended, Task.Delay(TimeSpan.FromMilliseconds(100)));
        }
    }

    /// <summary>After which the hub ends the connection by itself; null: the case has said a keep-alive of its own.</summary>
    private TimeSpan? FindLongestSilence() =>
        what.State != LinkState.Fresh ? TimeSpan.FromSeconds(91)
        : Wire.Read(_first.Sent).Packets.Count == 0 ? TimeSpan.FromSeconds(11)
        : null;

    private async Task EndFirstAsync()
    {
        var device = world.DeviceOf(world.First);
        switch (what.End)
        {
            case CaseEnd.Break:
                _first.Close(new IOException("Connection reset by peer"));
                break;
            case CaseEnd.Disconnect:
                _first.Send(Recordings.Empty(0xE0));
                break;
            case CaseEnd.Cut:
                await world.Sessions.DropAsync(device.TenantId, device.Key, ConnectionCode.Blocked, default);
                break;
            case CaseEnd.Replace:
                var anew = world.Open(world.First);
                anew.Send(Recordings.Connect(world.First.Hub));
                anew.Close();
                await anew.EndAsync();
                break;
            case CaseEnd.Stop:
                _first.RequestClose();
                await StoppedAsync();
                break;
        }

        // Those that were not signed in, or are in the middle of a packet, know none of this.
        _first.Close();
    }

    private Task StoppedAsync() => world.UntilAsync(IsOverInTime, "A connection does not end when the hub stops");

    private bool IsOverInTime()
    {
        world.Clock.Advance(TimeSpan.FromMilliseconds(20));
        return _first.Ended.IsCompleted;
    }

    private PacketKind KindOfFirst()
    {
        var bytes = what.Steps.Where(s => s.Link == 0).SelectMany(s => s.Bytes).ToArray();
        var (packets, tail) = Wire.Read(bytes);
        return packets is [var packet, ..] ? Wire.KindOf(packet, World.FirstId) : tail ?? PacketKind.Unfinished;
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
        Verdict.Judge(world, _second is null ? [_first] : [_first, _second]);
        await world.Bystander.CheckAsync(isFull: false);
    }

    private static void Demand(bool holds, string fault)
    {
        if (!holds)
            throw new FuzzFailure($"{fault}.");
    }
}
