using Amqp.Framing;
using IoTCentral.Core.Devices;
using IoTCentral.Hub.Amqp;
using IoTCentral.Hub.Devices;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>What is AMQP about an attack.</summary>
internal sealed class AmqpAttack(World world, AmqpCase what) : Attack<AmqpPeer>(world, what)
{
    // AMQP may be silent for six here; where the hub takes up reading again just now, the time counts from there.
    private const int MostSilentMinutes = 60;
    private const int LargeBytes = 240_000;

    protected override bool IsStopping => what.State == AmqpState.Stopping;
    protected override bool IsSecondBefore => what.State is AmqpState.SigningIn or AmqpState.TokenPending;

    protected override void LookAfterSending() =>
        Demand(World.MostBuffered <= DeliveryWindow.MostBytes, "A connection has more buffered than it may");

    protected override async Task PrepareAsync()
    {
        var who = World.First;
        First = World.OpenAmqp(who);
        var opening = new AmqpOpening(First);
        switch (what.State)
        {
            case AmqpState.Fresh:
                break;
            case AmqpState.Choosing:
                await opening.OfferedAsync();
                break;
            case AmqpState.SigningIn:
                World.Stores.SigningIn.Close();
                await opening.OfferedAsync();
                First.Send(AmqpRecordings.PlainOf(who));
                break;
            case AmqpState.Refused:
                await opening.OfferedAsync();
                Prelude = AmqpRecordings.Plain($"{who.Id}@sas.hub", World.Second.Hub.Password).ToBytes();
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
        World.Stores.SigningIn.Close();
        First.Send(AmqpRecordings.Token(First.Who, 0));
    }

    private async Task PrepareDpsAsync(AmqpOpening opening)
    {
        await opening.SaslAsync(AmqpRecordings.PlainOfDps(First.Who));
        await opening.OpenAsync();
        await opening.BeginAsync();
        if (what.State == AmqpState.DpsSignedIn)
            return;
        await opening.AttachAsync(Handles.DpsReply, Handles.DpsAsk);
        if (what.State == AmqpState.DpsAttached)
            return;
        if (what.State == AmqpState.DpsPending)
            World.Stores.Registering.Close();
        opening.Register();
        if (what.State == AmqpState.DpsAssigned)
            await First.NextAsync<Transfer>();
    }

    private async Task BusyAsync(AmqpOpening opening)
    {
        var device = World.DeviceOf(First.Who);
        switch (what.State)
        {
            case AmqpState.InFlight:
            case AmqpState.Stopping:
                World.Log.Hold(device.Key);
                opening.SendEvents(3);
                if (what.State == AmqpState.Stopping)
                    First.RequestClose();
                break;
            case AmqpState.WindowFull:
                World.Log.Hold(device.Key);
                opening.SendEvents(5, LargeBytes);
                break;
            case AmqpState.Partial:
                opening.SendPart();
                break;
            case AmqpState.TwinPending:
                World.Stores.Twin.Close();
                opening.AskTwin();
                break;
            case AmqpState.MethodOpen:
                var call = new MethodCall("reboot", "{}"u8.ToArray());
                Call = World.Sessions.CallAsync(device.TenantId, device.Key, call, CancellationToken.None);
                await First.NextAsync<Transfer>();
                break;
            case AmqpState.CloudInHand:
                World.Stores.Queue(device, "one");
                World.Stores.Queue(device, "two");
                World.Sessions.CloudMessageWaits(device.TenantId, device.Key);
                await First.NextAsync<Transfer>();
                await First.NextAsync<Transfer>();
                break;
            case AmqpState.Detached:
                for (var handle = Handles.Events; handle <= Handles.TwinAsk; handle++)
                {
                    First.Send(new AmqpDraft(0x16, handle, true));
                    await First.NextAsync<Detach>();
                }

                break;
            case AmqpState.SessionEnded:
                First.Send(new AmqpDraft(0x17));
                await First.NextAsync<End>();
                break;
            case AmqpState.Left:
                Prelude = new AmqpDraft(0x18).ToBytes();
                break;
        }
    }

    protected override async Task SettleAsync(AmqpPeer peer)
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

    protected override async Task<bool> KeepSilentAsync()
    {
        for (var minute = 0; minute < MostSilentMinutes && !First.Ended.IsCompleted; minute++)
        {
            World.Clock.Advance(TimeSpan.FromMinutes(1));
            await World.Bystander.CheckAsync(isFull: false);
            if (minute % 8 == 7)
                await Task.WhenAny(First.Ended, Task.Delay(TimeSpan.FromMilliseconds(100)));
        }

        Demand(First.Ended.IsCompleted, "A connection that is silent does not end");
        return true;
    }

    protected override async Task<AmqpPeer> OpenAsync(Speaker who)
    {
        var peer = World.OpenAmqp(who);
        await new AmqpOpening(peer).SignInAsync(isByCbs: what.Index % 2 == 1);
        return peer;
    }

    protected override void SayGoodBye() => First.Send(new AmqpDraft(0x18));

    protected override async Task ReplaceAsync()
    {
        var anew = World.OpenAmqp(World.First);
        await new AmqpOpening(anew).SignInAsync(isByCbs: false);
        anew.Close();
        await anew.EndAsync();
    }

    protected override string Pair(byte[] sent)
    {
        var (bits, tail) = AmqpWire.Read(sent);
        return FuzzCase.Pair(what.State, bits is [var bit, ..] ? bit.Kind : tail ?? AmqpKind.Unfinished);
    }

    protected override void Judge(IReadOnlyList<AmqpPeer> connections) => AmqpVerdict.Judge(World, connections);
}
