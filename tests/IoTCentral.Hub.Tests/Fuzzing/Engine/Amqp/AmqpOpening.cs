using Amqp.Framing;
using Amqp.Sasl;
using Amqp.Types;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>The beginning of a healthy AMQP session, step by step, each answered as it should be.</summary>
internal sealed class AmqpOpening(AmqpPeer peer)
{
    // No part of it is like another, so that it is soon found, or not, in what was sent.
    private static readonly string Filling = string.Join(',', Enumerable.Range(1_000_000, 40_000));

    private uint _id;

    public async Task SaslAsync(AmqpDraft init)
    {
        await OfferedAsync();
        peer.Send(init);
        if ((await peer.NextAsync<SaslOutcome>()).Code != SaslCode.Ok)
            throw new FuzzFailure("A sign-in that is right was refused.");
    }

    public async Task OfferedAsync()
    {
        peer.Send(AmqpRecordings.SaslHeader);
        await peer.NextAsync<SaslMechanisms>();
    }

    public async Task OpenAsync()
    {
        peer.Send([.. AmqpRecordings.Header, .. AmqpRecordings.Open().ToBytes()]);
        await peer.NextAsync<Open>();
    }

    public async Task BeginAsync()
    {
        peer.Send(AmqpRecordings.Begin());
        await peer.NextAsync<Begin>();
    }

    public async Task AttachAsync(params uint[] handles)
    {
        foreach (var handle in handles)
        {
            peer.Send(AmqpRecordings.Attach(handle, peer.Who));
            var answer = await peer.NextAsync<Attach>();
            if (answer.Handle != handle || (answer.Role ? answer.Target : answer.Source) is null)
                throw new FuzzFailure($"The link {handle} was refused.");
            if (AmqpRecordings.IsReceiver(handle))
                peer.Send(AmqpRecordings.Credit(handle));
        }
    }

    /// <summary>By CBS: its links are there.</summary>
    public async Task TokenAsync()
    {
        peer.Send(AmqpRecordings.Token(peer.Who, _id++));
        await peer.NextAsync<Transfer>();
        peer.Send(AmqpRecordings.Disposition(0, 0, 0x24));
    }

    /// <summary>Open, with a session and signed in, by SASL or by CBS.</summary>
    public async Task SignInAsync(bool isByCbs)
    {
        await SaslAsync(
            isByCbs ? AmqpRecordings.Sasl(0x41, new Symbol("ANONYMOUS")) : AmqpRecordings.PlainOf(peer.Who)
        );
        await OpenAsync();
        await BeginAsync();
        if (!isByCbs)
            return;
        await AttachAsync(Handles.CbsAsk, Handles.CbsReply);
        await TokenAsync();
    }

    public Task AttachAllAsync() =>
        AttachAsync(Handles.Events, Handles.Cloud, Handles.Calls, Handles.Answers, Handles.TwinReply, Handles.TwinAsk);

    public void SendEvents(int count, int bytes = 2)
    {
        const int most = 60_000;
        for (var n = 0; n < count; n++)
        {
            var id = _id++;
            var pieces = AmqpRecordings.Data(Filling[..bytes]).Chunk(most).ToList();
            for (var i = 0; i < pieces.Count; i++)
                peer.Send(AmqpRecordings.Transfer(Handles.Events, id, pieces[i], isMore: i < pieces.Count - 1));
        }
    }

    public void SendPart() =>
        peer.Send(AmqpRecordings.Transfer(Handles.Events, _id++, AmqpRecordings.Data("{}"), isMore: true));

    public void AskTwin() => peer.Send(AmqpRecordings.Twin(_id++, "GET", null, ""));

    public void Register() => peer.Send(AmqpRecordings.Register(_id++, peer.Who));
}
