using System.Globalization;
using System.Text;
using Amqp;
using Amqp.Framing;
using IoTCentral.Core.Devices;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>
/// A healthy device by AMQP beside the attack: it gets exactly its own outcomes and answers, in order, and what it sends
/// is stored byte for byte.
/// </summary>
internal sealed class AmqpBystander(World world, Speaker who) : IBystander
{
    private AmqpPeer? _peer;
    private uint _id = 10;
    private int _count;
    private long _reported = 1;

    public Task EndAsync()
    {
        _peer!.Close();
        return _peer.EndAsync();
    }

    public async Task ConnectAsync()
    {
        _peer = world.OpenAmqp(who);
        var opening = new AmqpOpening(_peer);
        await opening.SignInAsync(isByCbs: true);
        await opening.AttachAllAsync();
        // for as long as it lives
        foreach (var handle in new[] { Handles.Cloud, Handles.Calls, Handles.TwinReply })
            _peer.Send(AmqpRecordings.Credit(handle).With(1, 1_000_000u).With(6, 1_000_000u));
    }

    public async Task CheckAsync(bool isFull)
    {
        _count++;
        await TelemetryAsync();
        if (isFull)
        {
            await TwinAsync();
            await MethodAsync();
            await CloudAsync();
        }

        _peer!.Forget();
    }

    private async Task TelemetryAsync()
    {
        var body = Invariant($$"""{"n":{{_count}}}""");
        await SendAsync(AmqpRecordings.Event(_id, body));
        var stored = world.Log.Stored(world.DeviceOf(who).Key)[^1];
        Same("its message", body, Encoding.UTF8.GetString(stored.Body.Span));
    }

    private async Task TwinAsync()
    {
        const string reported = "/properties/reported";
        _peer!.Send(AmqpRecordings.Twin(_id++, "PATCH", reported, Invariant($$"""{"n":{{_count}}}""")));
        Same("the answer to its patch", "", await AnswerAsync(Handles.TwinReply));
        _reported++;
        _peer.Send(AmqpRecordings.Twin(_id++, "GET", null, ""));
        Same(
            "its twin",
            Invariant($$$"""{"desired":{"$version":1},"reported":{"n":{{{_count}}},"$version":{{{_reported}}}}}"""),
            await AnswerAsync(Handles.TwinReply)
        );
    }

    private async Task MethodAsync()
    {
        var device = world.DeviceOf(who);
        var call = new MethodCall("look", "[1]"u8.ToArray());
        var calling = world.Sessions.CallAsync(device.TenantId, device.Key, call, CancellationToken.None);
        var request = await NextAsync(Handles.Calls);
        var answer = AmqpRecordings.Data(
            Invariant($"{_count}"),
            m =>
            {
                m.Properties = new Properties();
                m.Properties.SetCorrelationId(request.Message.Properties.GetCorrelationId());
                m.ApplicationProperties = new ApplicationProperties { ["IoThub-status"] = 207 };
            }
        );
        await SendAsync(AmqpRecordings.Transfer(Handles.Answers, _id, answer));
        var heard = await _peer!.WaitAsync(calling, "never sees the answer to its method");
        Same("its answer's status", 207, heard.Status);
        Same("its answer", Invariant($"{_count}"), Encoding.UTF8.GetString(heard.Payload.Span));
    }

    private async Task CloudAsync()
    {
        var device = world.DeviceOf(who);
        world.Stores.Queue(device, Invariant($"c-{_count}"));
        world.Sessions.CloudMessageWaits(device.TenantId, device.Key);
        var (id, message) = await NextAsync(Handles.Cloud);
        Same("the message to it", Invariant($"c-{_count}"), TextOf(message));
        _peer!.Send(AmqpRecordings.Disposition(id, id, 0x24));
        await world.UntilAsync(() => world.Stores.Waiting(device) == 0, "a message that was accepted still waits");
    }

    /// <summary>It is accepted.</summary>
    private async Task SendAsync(AmqpDraft transfer)
    {
        _peer!.Send(transfer);
        var id = _id++;
        while (true)
        {
            if ((await NextAsync()).Body is not Dispose { Role: true } told)
                continue;
            Same("the outcome of its message", typeof(Accepted), told.State?.GetType());
            if (told.First <= id && id <= told.Last)
                return;
        }
    }

    private async Task<string> AnswerAsync(uint handle) => TextOf((await NextAsync(handle)).Message);

    private async Task<(uint Id, Message Message)> NextAsync(uint handle)
    {
        while (true)
        {
            var bit = await NextAsync();
            if (bit.Body is not Transfer transfer)
                continue;
            Same("the link of its message", handle, transfer.Handle);
            var payload = new ByteBuffer(bit.Payload, 0, bit.Payload.Length, bit.Payload.Length);
            return (transfer.DeliveryId, Message.Decode(payload));
        }
    }

    private async Task<AmqpBit> NextAsync()
    {
        var bit = await _peer!.NextAsync() ?? throw new FuzzFailure("The bystander was disconnected.");
        if (bit.Kind is AmqpKind.Detach or AmqpKind.End or AmqpKind.Close)
            throw new FuzzFailure($"The bystander was told {bit.Kind}.");
        return bit;
    }

    private static string TextOf(Message message) =>
        Encoding.UTF8.GetString(((global::Amqp.Framing.Data)message.BodySection).Binary);

    private static void Same<T>(string what, T wanted, T found)
    {
        if (!EqualityComparer<T>.Default.Equals(wanted, found))
            throw new FuzzFailure($"Of the bystander, {what} should be '{wanted}' and is '{found}'.");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
