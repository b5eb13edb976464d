using System.Globalization;
using System.Text;
using IoTCentral.Core.Devices;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>
/// A healthy device beside the attack: it gets exactly its own acknowledgements and answers, in order, and what it sends
/// is stored byte for byte.
/// </summary>
internal sealed class Bystander(World world, Speaker who) : IBystander
{
    private const int PubAck = 4;
    private const int Publish = 3;

    private Link? _link;
    private int _count;
    private long _reported = 1;

    public Task EndAsync()
    {
        _link!.Close();
        return _link.EndAsync();
    }

    public async Task ConnectAsync()
    {
        _link = world.Open(who);
        _link.Send(Recordings.Connect(who.Hub, keepAlive: 0));
        Same("its CONNACK", 0, (await _link.NextAsync(type: 2)).Body[1]);
        _link.Send(Recordings.SubscribeAll(who.Id, 1));
        await _link.NextAsync(type: 9);
    }

    /// <param name="isFull">Besides telemetry its twin, a method and a message to it.</param>
    public async Task CheckAsync(bool isFull)
    {
        await TelemetryAsync();
        if (isFull)
        {
            await TwinAsync();
            await MethodAsync();
            await CloudAsync();
        }

        _link!.Forget();
    }

    private async Task TelemetryAsync()
    {
        var n = ++_count;
        var id = (n & 0x7FFF) + 1;
        var body = Invariant($$"""{"n":{{n}}}""");
        _link!.Send(
            Recordings.Publish(Invariant($"devices/{who.Id}/messages/events/%24.mid=m-{n}&k=v%20{n}"), body, id)
        );
        await AcknowledgedAsync(id);
        var stored = world.Log.Stored(world.DeviceOf(who).Key)[^1];
        Same("its message", body, Encoding.UTF8.GetString(stored.Body.Span));
        Same(
            "its message's properties",
            Invariant($$$"""{"system":{"message-id":"m-{{{n}}}"},"application":{"k":"v {{{n}}}"}}"""),
            Encoding.UTF8.GetString(stored.Properties.Span)
        );
    }

    private async Task TwinAsync()
    {
        _link!.Send(
            Recordings.Publish(
                "$iothub/twin/PATCH/properties/reported/?$rid=r1",
                Invariant($$"""{"n":{{_count}}}"""),
                7
            )
        );
        await AcknowledgedAsync(7);
        _reported++;
        await HeardAsync(Invariant($"$iothub/twin/res/204/?$rid=r1&$version={_reported}"), "");
        _link.Send(Recordings.Publish("$iothub/twin/GET/?$rid=r2", ""));
        await HeardAsync(
            "$iothub/twin/res/200/?$rid=r2",
            Invariant($$$"""{"desired":{"$version":1},"reported":{"n":{{{_count}}},"$version":{{{_reported}}}}}""")
        );
    }

    private async Task MethodAsync()
    {
        var device = world.DeviceOf(who);
        var call = new MethodCall("look", "[1]"u8.ToArray());
        var calling = world.Sessions.CallAsync(device.TenantId, device.Key, call, CancellationToken.None);
        var request = await NextAsync(Publish);
        Same("the method it was asked for", "[1]", Encoding.UTF8.GetString(request.Payload));
        var rid = request.Topic!.Split("$rid=")[1];
        _link!.Send(Recordings.Acknowledge(0x40, request.PacketId));
        _link.Send(Recordings.Publish($"$iothub/methods/res/207/?$rid={rid}", Invariant($"{_count}")));
        var answer = await _link.WaitAsync(calling, "never sees the answer to its method");
        Same("its answer's status", 207, answer.Status);
        Same("its answer", Invariant($"{_count}"), Encoding.UTF8.GetString(answer.Payload.Span));
    }

    private async Task CloudAsync()
    {
        var device = world.DeviceOf(who);
        world.Stores.Queue(device, Invariant($"c-{_count}"));
        world.Sessions.CloudMessageWaits(device.TenantId, device.Key);
        var message = await NextAsync(Publish);
        Same("the message to it", Invariant($"c-{_count}"), Encoding.UTF8.GetString(message.Payload));
        _link!.Send(Recordings.Acknowledge(0x40, message.PacketId));
        await world.UntilAsync(() => world.Stores.Waiting(device) == 0, "a message that was acknowledged still waits");
    }

    private async Task AcknowledgedAsync(int id) => Same("the id acknowledged", id, (await NextAsync(PubAck)).Id);

    private async Task HeardAsync(string topic, string body)
    {
        var packet = await NextAsync(Publish);
        Same("the topic of its answer", topic, packet.Topic);
        Same("its answer", body, Encoding.UTF8.GetString(packet.Payload));
    }

    /// <summary>This comes next, and nothing else.</summary>
    private async Task<WirePacket> NextAsync(int type)
    {
        var packet = await _link!.NextAsync() ?? throw new FuzzFailure("The bystander was disconnected.");
        Same("the packet the bystander gets", type, packet.Type);
        return packet;
    }

    private static void Same<T>(string what, T wanted, T found)
    {
        if (!EqualityComparer<T>.Default.Equals(wanted, found))
            throw new FuzzFailure($"Of the bystander, {what} should be '{wanted}' and is '{found}'.");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
