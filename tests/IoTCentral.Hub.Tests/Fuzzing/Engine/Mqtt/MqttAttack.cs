using IoTCentral.Core.Devices;
using IoTCentral.Hub.Devices;
using IoTCentral.Testing;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>What is MQTT about an attack.</summary>
internal sealed class MqttAttack(World world, MqttCase what) : Attack<Link>(world, what)
{
    // The bystander is heard again after 1,767 s at the latest.
    private const int MostSilences = 15;

    protected override bool IsStopping => what.State == LinkState.Stopping;

    protected override async Task PrepareAsync()
    {
        var who = World.First;
        First = World.Open(who);
        switch (what.State)
        {
            case LinkState.Fresh:
                break;
            case LinkState.SigningIn:
                World.Stores.SigningIn.Close();
                First.Send(Recordings.Connect(who.Hub));
                break;
            case LinkState.Refused:
                Prelude = Recordings.Connect(who.Hub with { Password = World.Second.Hub.Password }).ToBytes();
                break;
            case LinkState.Left:
                await ConnectAsync(who.Hub);
                Prelude = Recordings.Empty(0xE0).ToBytes();
                break;
            case >= LinkState.DpsConnected:
                await PrepareDpsAsync(who);
                break;
            case LinkState.Resumed:
                await ConnectAsync(who.Hub, isClean: false);
                await SubscribeAsync();
                First.Send(Recordings.Empty(0xE0));
                await First.EndAsync();
                First = World.Open(who);
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
        var device = World.DeviceOf(who);
        switch (what.State)
        {
            case LinkState.InFlight:
            case LinkState.Stopping:
                Flood(device, 3);
                if (what.State == LinkState.Stopping)
                    First.RequestClose();
                break;
            case LinkState.WindowFull:
                Flood(device, 257);
                break;
            case LinkState.TwinPending:
                World.Stores.Twin.Close();
                First.Send(Recordings.Publish("$iothub/twin/GET/?$rid=0", " ", 900));
                break;
            case LinkState.MethodOpen:
                var call = new MethodCall("reboot", "{}"u8.ToArray());
                Call = World.Sessions.CallAsync(device.TenantId, device.Key, call, CancellationToken.None);
                await First.NextAsync(type: 3);
                break;
            case LinkState.CloudInHand:
                World.Stores.Queue(device, "one");
                World.Stores.Queue(device, "two");
                World.Sessions.CloudMessageWaits(device.TenantId, device.Key);
                await First.NextAsync(type: 3);
                await First.NextAsync(type: 3);
                break;
        }
    }

    private async Task PrepareDpsAsync(Speaker who)
    {
        await ConnectAsync(who.Dps);
        if (what.State == LinkState.DpsConnected)
            return;
        First.Send(Recordings.Subscribe(1, (Recordings.Registrations, 1)));
        await First.NextAsync(type: 9);
        if (what.State == LinkState.DpsListening)
            return;
        if (what.State == LinkState.DpsPending)
            World.Stores.Registering.Close();
        First.Send(
            Recordings.Publish(
                "$dps/registrations/PUT/iotdps-register/?$rid=0",
                $$"""{"registrationId":"{{who.Id}}"}""",
                900
            )
        );
        if (what.State == LinkState.DpsAssigned)
            await First.NextAsync(type: 3);
    }

    private async Task ConnectAsync(Login login, bool isClean = true)
    {
        First.Send(Recordings.Connect(login, isClean));
        if ((await First.NextAsync(type: 2)).Body[1] != 0)
            throw new FuzzFailure("A CONNECT that is right was refused.");
    }

    private async Task SubscribeAsync()
    {
        First.Send(Recordings.SubscribeAll(World.First.Id, 1));
        await First.NextAsync(type: 9);
    }

    private void Flood(Device device, int count)
    {
        World.Log.Hold(device.Key);
        var topic = $"devices/{device.Id}/messages/events/";
        var packets = Enumerable.Range(1000, count).Select(id => Recordings.Publish(topic, "{}", id).ToBytes());
        First.Send([.. packets.SelectMany(p => p)]);
    }

    /// <summary>What is not stored holds up every acknowledgement behind it.</summary>
    protected override async Task LookWhileHeldAsync()
    {
        if (what.State != LinkState.InFlight || what.HasSecond)
            return;
        await SettleAsync(First);
        if (First.Heard.Any(p => p.Type == 4))
            throw new FuzzFailure("A message was acknowledged that is not stored.");
    }

    /// <summary>It answers a ping, or it has ended; only who has begun a packet is waited for.</summary>
    protected override async Task SettleAsync(Link link)
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

    /// <summary>Several times over: where the hub takes up reading again just now, the time counts from there.</summary>
    protected override async Task<bool> KeepSilentAsync()
    {
        if (FindLongestSilence() is not { } silence)
            return false;
        for (var times = 0; times < MostSilences && !First.Ended.IsCompleted; times++)
        {
            World.Clock.Advance(silence);
            await Task.WhenAny(First.Ended, Task.Delay(TimeSpan.FromMilliseconds(100)));
        }

        return true;
    }

    /// <summary>After which the hub ends the connection by itself; null: the case has said a keep-alive of its own.</summary>
    private TimeSpan? FindLongestSilence() =>
        what.State != LinkState.Fresh ? TimeSpan.FromSeconds(91)
        : Wire.Read(First.Sent).Packets.Count == 0 ? TimeSpan.FromSeconds(11)
        : null;

    protected override Task<Link> OpenAsync(Speaker who)
    {
        var link = World.Open(who);
        link.Send(Recordings.Connect(who.Hub, isClean: false));
        return Task.FromResult(link);
    }

    protected override void SayGoodBye() => First.Send(Recordings.Empty(0xE0));

    protected override async Task ReplaceAsync()
    {
        var anew = World.Open(World.First);
        anew.Send(Recordings.Connect(World.First.Hub));
        anew.Close();
        await anew.EndAsync();
    }

    protected override string Pair(byte[] sent)
    {
        var (packets, tail) = Wire.Read(sent);
        var kind = packets is [var packet, ..]
            ? Wire.KindOf(packet, Fuzzing.World.FirstId)
            : tail ?? PacketKind.Unfinished;
        return FuzzCase.Pair(what.State, kind);
    }

    protected override void Judge(IReadOnlyList<Link> connections) => Verdict.Judge(World, connections);
}
