using IoTCentral.Testing;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>Who speaks: what belongs into its packets.</summary>
internal sealed record Speaker(string Id, string Scope, Login Hub, Login Dps);

/// <summary>Sessions as the SDKs have them, packet by packet: what is mutated.</summary>
internal static class Recordings
{
    public const string TwinAnswers = "$iothub/twin/res/#";
    public const string DesiredPatches = "$iothub/twin/PATCH/properties/desired/#";
    public const string Methods = "$iothub/methods/POST/#";
    public const string Registrations = "$dps/registrations/res/#";

    private static readonly string[] Bags =
    [
        "",
        "%24.mid=a-1&%24.ct=application%2Fjson&%24.ce=utf-8",
        "%24.mid=smoke-1&%24.cid=corr%201&%24.sub=thermostat1&iothub-creation-time-utc=2026-11-23T05%3A00%3A10.908Z&odd%20key%2F%C3%A4=a%20b%26c%3Dd%25%2F%2B",
        "$.mid=b&$.ct=application%2fjson&$.ce=utf8&$.uid=u&$.to=t&$.exp=2027-01-01T00:00:00Z&n&e=",
        "k=v/",
    ];

    private static readonly string[] Bodies =
    [
        """{"temperature":22.1}""",
        """{"a":{"b":[1,2,{"c":null}]},"t":"2026-11-23T05:00:00Z","g":{"lat":1.5,"lon":2}}""",
        """{"comp":{"__t":"c","p":{"value":5,"ac":200,"av":3,"ad":"done"}}}""",
        "",
        " ",
    ];

    public static Draft Connect(Login login, bool isClean = true, int keepAlive = 60) =>
        new(
            0x10,
            [
                Field.OfText("MQTT"),
                Field.OfByte(4),
                Field.OfByte(0xC0 | (isClean ? 2 : 0)),
                Field.OfWord(keepAlive),
                Field.OfText(login.ClientId),
                Field.OfText(login.UserName),
                Field.OfText(login.Password),
            ]
        );

    public static Draft ConnectWithWill(Speaker who) =>
        new(
            0x10,
            [
                Field.OfText("MQTT"),
                Field.OfByte(4),
                Field.OfByte(0xC4),
                Field.OfWord(240),
                Field.OfText(who.Hub.ClientId),
                Field.OfText($"devices/{who.Id}/messages/events/why=lost"),
                Field.OfText("""{"gone":true}"""),
                Field.OfText(who.Hub.UserName),
                Field.OfText(who.Hub.Password),
            ]
        );

    /// <param name="packetId">0: QoS 0.</param>
    public static Draft Publish(string topic, string body, int packetId = 0) =>
        new(
            0x30 | (packetId > 0 ? 2 : 0),
            packetId > 0
                ? [Field.OfTopic(topic), Field.OfWord(packetId), Field.OfJson(body)]
                : [Field.OfTopic(topic), Field.OfJson(body)]
        );

    public static Draft Subscribe(int packetId, params (string Filter, int Qos)[] filters) =>
        new(
            0x82,
            [Field.OfWord(packetId), .. filters.SelectMany(f => new[] { Field.OfText(f.Filter), Field.OfByte(f.Qos) })]
        );

    public static Draft SubscribeAll(string id, int packetId) =>
        Subscribe(
            packetId,
            ($"devices/{id}/messages/devicebound/#", 1),
            (TwinAnswers, 0),
            (DesiredPatches, 1),
            (Methods, 1)
        );

    public static Draft Telemetry(string id, int packetId, Random random) =>
        Publish($"devices/{id}/messages/events/{Any(random, Bags)}", Any(random, Bodies), packetId);

    public static Draft Acknowledge(int type, int packetId) => new(type, [Field.OfWord(packetId)]);

    public static Draft Empty(int header) => new(header, []);

    /// <summary>An unspoilt packet of this kind.</summary>
    public static Draft Of(PacketKind kind, Speaker who, Random random)
    {
        var id = random.Next(1, 20);
        return kind switch
        {
            PacketKind.Reserved0 => Acknowledge(0x00, id),
            PacketKind.Connect => random.Next(3) switch
            {
                0 => Connect(who.Dps),
                1 => ConnectWithWill(who),
                _ => Connect(who.Hub, random.Next(2) == 0, random.Next(3) * 60),
            },
            PacketKind.ConnAck => Acknowledge(0x20, 0),
            PacketKind.Telemetry0 => Telemetry(who.Id, 0, random),
            PacketKind.Telemetry1 => Telemetry(who.Id, id, random),
            PacketKind.TwinGet => Publish($"$iothub/twin/GET/?$rid={id}", " ", random.Next(2) * id),
            PacketKind.TwinReport => Publish(
                $"$iothub/twin/PATCH/properties/reported/?$rid={id}{(random.Next(4) == 0 ? "&$version=1" : "")}",
                Bodies[random.Next(3)],
                random.Next(2) * id
            ),
            PacketKind.MethodAnswer => Publish("$iothub/methods/res/200/?$rid=1", "{}", random.Next(2) * id),
            PacketKind.Register => Publish(
                $"$dps/registrations/PUT/iotdps-register/?$rid={id}",
                $$$"""{"registrationId":"{{{who.Id}}}","payload":{"modelId":"dtmi:com:example:Thermostat;1"}}""",
                random.Next(2) * id
            ),
            PacketKind.RegistrationStatus => Publish(
                $"$dps/registrations/GET/iotdps-get-operationstatus/?$rid={id}&operationId=4.0123456789abcdef.5e0f",
                " ",
                random.Next(2) * id
            ),
            PacketKind.ForeignTopic => Publish("devices/bystander/messages/events/", "{}", random.Next(2) * id),
            PacketKind.OddTopic => Publish("$iothub/nonsense", "{}", random.Next(2) * id),
            PacketKind.Qos2 => Telemetry(who.Id, id, random) with { Header = 0x34 },
            PacketKind.BrokenPublish => Telemetry(who.Id, id, random) with { Header = 0x36 },
            PacketKind.PubAck => Acknowledge(0x40, random.Next(1, 4)),
            PacketKind.PubRec => Acknowledge(0x50, id),
            PacketKind.PubRel => Acknowledge(0x62, id),
            PacketKind.PubComp => Acknowledge(0x70, id),
            PacketKind.Subscribe => random.Next(2) == 0
                ? SubscribeAll(who.Id, id)
                : Subscribe(id, (Any(random, TwinAnswers, Methods, Registrations, "#"), random.Next(3))),
            PacketKind.SubAck => Acknowledge(0x90, id),
            PacketKind.Unsubscribe => new(0xA2, [Field.OfWord(id), Field.OfText(Any(random, Methods, TwinAnswers))]),
            PacketKind.UnsubAck => Acknowledge(0xB0, id),
            PacketKind.PingReq => Empty(0xC0),
            PacketKind.PingResp => Empty(0xD0),
            PacketKind.Disconnect => Empty(0xE0),
            PacketKind.Reserved15 => Empty(0xF0),
            PacketKind.Unfinished => Telemetry(who.Id, id, random) with { LengthLie = 1 + random.Next(5000) },
            PacketKind.Endless => Empty(0x30) with { LengthBytes = 6 },
            _ => Empty(0x30) with { LengthLie = 1_000_000 + random.Next(200_000_000) },
        };
    }

    /// <summary>What a client says after its CONNECT, in the order it says it.</summary>
    public static IReadOnlyList<PacketKind> Hub { get; } =
    [
        PacketKind.Subscribe,
        PacketKind.TwinGet,
        PacketKind.TwinReport,
        PacketKind.Telemetry1,
        PacketKind.Telemetry1,
        PacketKind.Telemetry0,
        PacketKind.PubAck,
        PacketKind.MethodAnswer,
        PacketKind.PingReq,
        PacketKind.Telemetry1,
        PacketKind.Unsubscribe,
        PacketKind.TwinReport,
        PacketKind.Disconnect,
    ];

    /// <inheritdoc cref="Hub"/>
    public static IReadOnlyList<PacketKind> Dps { get; } =
    [
        PacketKind.Subscribe,
        PacketKind.Register,
        PacketKind.PubAck,
        PacketKind.RegistrationStatus,
        PacketKind.RegistrationStatus,
        PacketKind.PingReq,
        PacketKind.Unsubscribe,
        PacketKind.Disconnect,
    ];

    public static T Any<T>(Random random, params T[] some) => some[random.Next(some.Length)];
}
