using System.Text;
using Amqp;
using Amqp.Framing;
using IoTCentral.Core.Telemetry;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>Compares what was sent with what was stored and said: own links only, nothing accepted that is not stored.</summary>
internal static class AmqpVerdict
{
    // A body may be several sections, one after the other.
    private const int MostSections = 4;

    public static void Judge(World world, IReadOnlyList<AmqpPeer> peers)
    {
        var stored = world.Log.TakeAll();
        foreach (var peer in peers)
        {
            var sent = AmqpWire.Read(peer.Sent).Bits;
            JudgeHeard(peer, sent);
            JudgeAccepted(peer, sent, stored);
        }

        foreach (var device in peers.GroupBy(p => p.Who.Id))
            JudgeStored(device.Key, [.. device], stored);
        var known = peers.Select(p => p.Who.Id).Append(World.BystanderId).ToHashSet();
        if (stored.FirstOrDefault(m => !known.Contains(m.DeviceId)) is { } stray)
            throw new FuzzFailure($"A message of {stray.DeviceId} is stored, who was not there.");
    }

    /// <summary>Each stored message was sent by its own device.</summary>
    private static void JudgeStored(string id, AmqpPeer[] peers, IReadOnlyList<DeviceMessage> stored)
    {
        var said = peers.SelectMany(SaidBy).ToList();
        foreach (var message in stored.Where(m => m.DeviceId == id))
        {
            // a text that is none was read as one
            if (message.Body.Span.IndexOf("\uFFFD"u8) < 0 && !said.Exists(s => Has(s, message.Body.Span)))
                throw new FuzzFailure(
                    $"A message of {id} is stored that it did not send: {Encoding.UTF8.GetString(message.Body.Span)}"
                );
        }
    }

    private static bool Has(ReadOnlySpan<byte> said, ReadOnlySpan<byte> body)
    {
        for (var sections = 0; sections < MostSections && !body.IsEmpty; sections++)
        {
            var (there, missing) = (0, body.Length + 1);
            while (missing - there > 1)
            {
                var length = (there + missing) / 2;
                if (said.IndexOf(body[..length]) >= 0)
                    there = length;
                else
                    missing = length;
            }

            body = body[there..];
        }

        return body.IsEmpty;
    }

    /// <summary>Everything as it was sent, and the pieces that each link was sent, put together.</summary>
    private static IEnumerable<byte[]> SaidBy(AmqpPeer peer) =>
        AmqpWire
            .Read(peer.Sent)
            .Bits.Where(b => b.Body is Transfer)
            .GroupBy(b => (b.Channel, ((Transfer)b.Body!).Handle))
            .Select(link => link.SelectMany(b => b.Payload).ToArray())
            .Append(peer.Sent.ToArray());

    private static void JudgeHeard(AmqpPeer peer, List<AmqpBit> sent)
    {
        if (peer.Heard is [{ Kind: not (AmqpKind.HeaderAmqp or AmqpKind.HeaderSasl) }, ..])
            throw new FuzzFailure("A header comes first.");
        var closed = peer.Heard.FindIndex(b => b.Body is Close);
        if (closed >= 0 && closed < peer.Heard.Count - 1)
            throw new FuzzFailure($"After its close the hub sent {peer.Heard[closed + 1].Kind}.");
        var receivers = sent.Where(b => b.Body is Attach { Role: true })
            .Select(b => (b.Channel, ((Attach)b.Body!).Handle))
            .ToHashSet();
        foreach (var bit in peer.Heard)
        {
            if (bit.Kind is AmqpKind.HeaderOdd or AmqpKind.SaslInit or AmqpKind.Odd or AmqpKind.Unreadable)
                throw new FuzzFailure($"The hub sent {bit.Kind}.");
            if (bit.Body is Attach attach)
                JudgeLink(peer, attach);
            if (bit.Body is Transfer transfer && !receivers.Contains((bit.Channel, transfer.Handle)))
                throw new FuzzFailure($"The hub sent a message on the link {transfer.Handle}, which takes none.");
            if (AmqpWire.Contains(bit.Payload, $"/{World.BystanderId}/"))
                throw new FuzzFailure($"The hub sent to {peer.Who.Id} what is the bystander's.");
        }
    }

    /// <summary>A link that was opened is the device's own.</summary>
    private static void JudgeLink(AmqpPeer peer, Attach answer)
    {
        var address = answer.Role ? (answer.Target as Target)?.Address : (answer.Source as Source)?.Address;
        if (address is null || address.Equals("$cbs", StringComparison.OrdinalIgnoreCase))
            return;
        var path = Uri.UnescapeDataString(address);
        // ids keep their case, those of registrations do not
        if (!path.Contains($"/{peer.Who.Id}", StringComparison.OrdinalIgnoreCase))
            throw new FuzzFailure($"The hub opened to {peer.Who.Id} the link '{address}'.");
    }

    /// <summary>A message of one frame, whose number no other had, was accepted only if it is stored.</summary>
    private static void JudgeAccepted(AmqpPeer peer, List<AmqpBit> sent, IReadOnlyList<DeviceMessage> stored)
    {
        var accepted = peer
            .Heard.Where(b => b.Body is Dispose { Role: true, State: Accepted })
            .Select(b => (b.Channel, Range: (Dispose)b.Body!))
            .ToList();
        foreach (var channel in sent.GroupBy(b => b.Channel))
        {
            if (!HasPlainEvents(peer.Who, [.. channel]))
                continue;
            var messages = channel.Where(b => b.Body is Transfer).ToLookup(b => ((Transfer)b.Body!).DeliveryId);
            foreach (var message in messages.Where(m => m.Count() == 1).Select(m => m.Single()))
            {
                var transfer = (Transfer)message.Body!;
                if (message.Kind != AmqpKind.TransferEvent || BodyOf(message) is not { Length: > 0 } body)
                    continue;
                var id = transfer.DeliveryId;
                if (!accepted.Exists(a => a.Channel == channel.Key && a.Range.First <= id && id <= a.Range.Last))
                    continue;
                if (!stored.Any(m => m.DeviceId == peer.Who.Id && m.Body.Span.SequenceEqual(body)))
                    throw new FuzzFailure($"Accepted and not stored: {Encoding.UTF8.GetString(body)}");
            }
        }
    }

    /// <summary>Whether its handle was only ever that link, and no message on it came in pieces.</summary>
    private static bool HasPlainEvents(Speaker who, List<AmqpBit> channel) =>
        channel
            .Select(b => b.Body)
            .All(b =>
                b switch
                {
                    Attach { Handle: Handles.Events } attach => AmqpWire.AddressOf(attach)
                        == AmqpRecordings.AddressOf(Handles.Events, who),
                    Transfer { Handle: Handles.Events } transfer => transfer is { More: false, Aborted: false },
                    _ => true,
                }
            );

    private static byte[]? BodyOf(AmqpBit bit)
    {
        try
        {
            var payload = new ByteBuffer(bit.Payload, 0, bit.Payload.Length, bit.Payload.Length);
            return (Message.Decode(payload).BodySection as global::Amqp.Framing.Data)?.Binary;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return null;
        }
    }
}
