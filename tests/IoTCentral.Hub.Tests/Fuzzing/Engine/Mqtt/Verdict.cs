using System.Text;
using IoTCentral.Core.Telemetry;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>Compares what was sent with what was stored and said: own topics only, nothing acknowledged that is not stored.</summary>
internal static class Verdict
{
    private const int Publish = 3;
    private const int PubAck = 4;

    private static readonly string[] Answers =
    [
        "$iothub/twin/res/",
        "$iothub/twin/PATCH/properties/desired/",
        "$iothub/methods/POST/",
        "$dps/registrations/res/",
    ];

    private static readonly PacketKind[] Acknowledged =
    [
        PacketKind.Telemetry1,
        PacketKind.TwinGet,
        PacketKind.TwinReport,
        PacketKind.MethodAnswer,
        PacketKind.Register,
        PacketKind.RegistrationStatus,
    ];

    public static void Judge(World world, IReadOnlyList<Link> links)
    {
        var stored = world.Log.TakeAll();
        foreach (var link in links)
            JudgeHeard(link, stored);
        foreach (var device in links.GroupBy(l => l.Who.Id))
            JudgeStored(device.Key, [.. device], stored);
        var strangers = links.Select(l => l.Who.Id).Append(World.BystanderId).ToHashSet();
        if (stored.FirstOrDefault(m => !strangers.Contains(m.DeviceId)) is { } stray)
            throw new FuzzFailure($"A message of {stray.DeviceId} is stored, who was not there.");
    }

    /// <summary>Each stored message was sent by its own device, as often.</summary>
    private static void JudgeStored(string id, Link[] links, IReadOnlyList<DeviceMessage> stored)
    {
        var sent = links
            .SelectMany(l => Wire.Read(l.Sent).Packets)
            .Where(p => Wire.KindOf(p, id) is PacketKind.Telemetry0 or PacketKind.Telemetry1)
            .CountBy(p => Convert.ToHexString(p.Payload))
            .ToDictionary(StringComparer.Ordinal);
        foreach (
            var (body, count) in stored
                .Where(m => m.DeviceId == id && !m.Flags.HasFlag(MessageFlags.Will))
                .CountBy(m => Convert.ToHexString(m.Body.Span))
        )
        {
            if (sent.GetValueOrDefault(body) < count)
                throw new FuzzFailure($"A message of {id} is stored that it did not send: {body}");
        }
    }

    private static void JudgeHeard(Link link, IReadOnlyList<DeviceMessage> stored)
    {
        var sent = Wire.Read(link.Sent).Packets;
        foreach (var packet in link.Heard)
        {
            if (!IsAnswer(packet.Type))
                throw new FuzzFailure($"The hub sent a packet of type {packet.Type}.");
            if (packet.Type == Publish)
                JudgeTopic(link, packet);
        }

        if (link.Heard.Skip(1).Any(p => p.Type == 2) || link.Heard is [{ Type: not 2 }, ..])
            throw new FuzzFailure("A CONNACK comes first, and once.");
        JudgeAcknowledged(link, sent, stored);
        foreach (var (request, answer) in new[] { (8, 9), (10, 11), (12, 13) })
        {
            if (link.Heard.Count(p => p.Type == answer) > sent.Count(p => p.Type == request))
                throw new FuzzFailure($"There are more answers of type {answer} than were asked for.");
        }
    }

    private static void JudgeTopic(Link link, WirePacket packet)
    {
        var topic = packet.Topic ?? throw new FuzzFailure("The hub sent a PUBLISH that is broken.");
        var isOwn =
            Array.Exists(Answers, a => topic.StartsWith(a, StringComparison.Ordinal))
            || IsCloudMessage(topic, link.Who.Id);
        if (!isOwn || topic.Contains('#', StringComparison.Ordinal) || topic.Contains('\0', StringComparison.Ordinal))
            throw new FuzzFailure($"The hub sent to {link.Who.Id} what is not its own: '{topic}'.");
    }

    /// <summary>The id as the subscription spelled it, and properties that are never empty.</summary>
    private static bool IsCloudMessage(string topic, string deviceId) =>
        topic.Split('/') is ["devices", var id, "messages", "devicebound", var bag]
        && Uri.UnescapeDataString(id) == deviceId
        && bag.StartsWith("%24.", StringComparison.Ordinal);

    private static void JudgeAcknowledged(Link link, List<WirePacket> sent, IReadOnlyList<DeviceMessage> stored)
    {
        var published = sent.Where(p => p is { Type: Publish, Topic: not null, Qos: 1 }).ToLookup(p => p.PacketId);
        var there = stored
            .Where(m => m.DeviceId == link.Who.Id)
            .CountBy(m => Convert.ToHexString(m.Body.Span))
            .ToDictionary(StringComparer.Ordinal);
        foreach (var (id, count) in link.Heard.Where(p => p.Type == PubAck).CountBy(p => p.Id))
        {
            var meant = published[id].ToList();
            if (meant.Count < count)
                throw new FuzzFailure("More was acknowledged than was sent.");
            var kinds = meant.Select(p => Wire.KindOf(p, link.Who.Id)).ToHashSet();
            if (!kinds.Overlaps(Acknowledged))
                throw new FuzzFailure($"Acknowledged was what goes nowhere: '{meant[0].Topic}'.");
            // Where the id was used for other things too, which of them was acknowledged cannot be told.
            if (!kinds.SetEquals([PacketKind.Telemetry1]))
                continue;
            var bodies = meant.Select(p => Convert.ToHexString(p.Payload)).Distinct();
            if (bodies.Sum(there.GetValueOrDefault) < count)
                throw new FuzzFailure($"Acknowledged and not stored: {Encoding.UTF8.GetString(meant[0].Payload)}");
        }
    }

    private static bool IsAnswer(int type) => type is 2 or Publish or PubAck or 9 or 11 or 13;
}
